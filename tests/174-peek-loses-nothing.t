#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A consumer that looks at items in place, and is killed before it has released them, has got
# nothing: the next one sees them again. A producer that is killed before its commit has put
# nothing. A consumer that gets items loses some, which the test must notice.
#
#	FIFO_PEEK_ITEMS		items of each case (200000)
#	FIFO_PEEK_KILLS		processes that are killed in each (50)
#	FIFO_PEEK_SEED		of all random choices (a new one)

. "${0%/*}/lib/host.sh"

items=${FIFO_PEEK_ITEMS:-200000}
kills=${FIFO_PEEK_KILLS:-50}
seed=${FIFO_PEEK_SEED:-$((SRANDOM % 1000000 + 1))}
[[ $items =~ ^[1-9][0-9]{3,7}$ ]] || die "FIFO_PEEK_ITEMS=$items: must be from 1000 to 99999999"
((kills >= 1 && kills <= items / 100)) || die "FIFO_PEEK_KILLS=$kills: must be from 1 to a hundredth of FIFO_PEEK_ITEMS"
echo "# seed $seed, $items items, $kills kills"

run_guest --timeout $((100 + items / 10000 + kills / 5)) < <(
	declare -p items kills seed
	cat <<'GUEST'
# Ends a process that waits for one that has failed.
limit=$(((30 + items / 20000 + kills / 10) * slow))

# peek_kills ROLE: sets said, status, and killed, held and repeated.
peek_kills() {
	status=0 killed=0 held=0 repeated=0
	said=$(timeout $limit peek "$1" 0 $items $kills $seed 2>&1) || status=$?
	note "$1: $said"
	((status)) || declare -g $said
}

part=$((items / 3))
rest=$((items - 2 * part))

start_producers() {
	load fifo engine=ring size=$1
	load producer context=work,kthread,timer count=$part,$part,$rest rate=max log=off
}

for size in 16 1024; do
	note "consumers, and $size slots that three producers fill"
	start_producers $size
	peek_kills readers
	is "$status" 0 "each of $items items was seen, in order, and none again after its release"
	ge "$killed" $((kills * 9 / 10)) "readers were killed"
	ge "$held" 1 "some of them between a peek and its release"
	ge "$repeated" 1 "items came a second time"
	le "$repeated" $((killed * 64)) "but none that had been released before"
	ledger_is $items $items 0
	unload producer fifo
done

note "consumers that get what they look at"
start_producers 1024
peek_kills getters
like "$status $said" '^1 .*lost: nobody has seen item' "it is noticed that they lose items"
unload producer fifo

note "a process that puts, and others that look"
load fifo engine=ring size=64
timeout $limit peek readers 0 $items $kills $seed >/run/readers 2>&1 &
readers=$!
library put 0 $items && status=0 || status=$?
wait $readers && read_status=0 || read_status=$?
note "$(</run/readers)"
is "$status $read_status" "0 0" "$items items from a process: none is lost"
ledger_is $items $items 0
unload fifo

note "producers"
load fifo engine=ring size=64
timeout $limit library lines $items </dev/fifo0 &
reader=$!
peek_kills producers
wait $reader && read_status=0 || read_status=$?
is "$status $read_status" "0 0" "the numbers from 1 to $items came once each, in order"
ge "$killed" $((kills * 9 / 10)) "producers were killed"
ge "$held" 1 "some of them between a reserve and its commit"
ledger_is $items $items 0
unload fifo
GUEST
)
