#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# What a queue costs fifoctl forward: items per second from a queue that producers fill, beside the
# same transport fed from a file, in turns.
#
#	FIFO_FORWARD_RATES	items each time (2000)
#	FIFO_FORWARD_ROUNDS	times that each is measured, an odd number (5)
#	FIFO_FORWARD_SERVERS	which (mqtt,redis,kafka)

. "${0%/*}/lib/host.sh"
. "${0%/*}/lib/servers.sh"

items=${FIFO_FORWARD_RATES:-2000}
rounds=${FIFO_FORWARD_ROUNDS:-5}
servers=${FIFO_FORWARD_SERVERS:-mqtt,redis,kafka}
[[ $items =~ ^[1-9][0-9]{3,5}$ ]] || die "FIFO_FORWARD_RATES=$items: must be from 1000 to 999999"
[[ $rounds =~ ^[1-9]?[13579]$ ]] || die "FIFO_FORWARD_ROUNDS=$rounds: must be an odd number up to 99"

scratch
servers_prepare

run_guest --counted yes --timeout $((300 + rounds * items / 30)) --file "$servers_dir" < <(
	declare -p items rounds servers servers_dir
	cat "$root/tests/lib/serving.sh"
	cat <<'GUEST'
limit=$((60 + items / 100))

# from_queue SERVER: sets took, in microseconds.
from_queue() {
	local began

	load producer count="$items" rate=max log=off
	began=${EPOCHREALTIME/./}
	begin bridge fifoctl forward 0 --to "$1://127.0.0.1:$port/items"
	wait_for "$limit" got_at_least $((${2} * items))
	took=$((${EPOCHREALTIME/./} - began))
	finish bridge TERM
	unload producer
}

from_file() {
	local began=${EPOCHREALTIME/./}

	feed "$servers_dir/transports/$1.so" "$1" 127.0.0.1 "$port" items </run/lines
	took=$((${EPOCHREALTIME/./} - began))
}

# spread FILE: the median, the least and the most of its numbers.
spread() {
	sort -n "$1" | awk '{ n[NR] = $1 } END { print n[(NR + 1) / 2], n[1], n[NR] }'
}

yes A | head -n "$items" >/run/lines
for server in ${servers//,/ }; do
	rm -f /run/*.log /run/{queue,file,ratio}
	load fifo engine=ring size=4096
	"${server}_begin"
	for ((round = 1; round <= rounds; round++)); do
		from_queue "$server" "$round"
		queue=$took
		from_file "$server"
		echo $((items * 1000000 / queue)) >>/run/queue
		echo $((items * 1000000 / took)) >>/run/file
		echo $((took * 100 / queue)) >>/run/ratio
	done
	read -r median least most < <(spread /run/ratio)
	note "$server: $rounds times $items items: from a queue $(spread /run/queue) items/s, from a file $(spread /run/file) (median, least, most)" \
		"$server: rate from a queue: $median % of that from a file, $least to $most"
	# The fastest of each: librdkafka may begin with a second in which it sends nothing, whatever feeds it.
	read -r _ _ queue < <(spread /run/queue)
	read -r _ _ file < <(spread /run/file)
	ge $((queue * 100 / file)) 40 "$server: forward has at least 40 % of the rate of the same transport without a queue"
	"${server}_end" >/run/came
	sort -u /run/came >/run/seen
	is "$(wc -l </run/seen)" $((rounds * items + items)) "$server: all items are there"
	unload fifo
done
GUEST
)
