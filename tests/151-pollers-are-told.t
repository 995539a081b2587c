#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Each waiter for items or for room is told of each, however it waits: by poll, select,
# all modes of epoll, io_uring or signals; through the device or through a mapped end;
# and whoever moves items: a module, text, or a process that has mapped the other end.

. "${0%/*}/lib/host.sh"

run_guest --timeout 300 <<'GUEST'
# Only an event that never comes takes this long.
limit=$((20 * slow))
items=20

# table DIRECTION WAITS MOVES: one result for each way to wait.
table() {
	local line ended

	while IFS= read -r line; do
		case $line in
		'ok - '*) pass "$engine: ${line#ok - }" ;;
		'skip - '*) skip 1 "${line#skip - }" ;;
		'ended '*) ended=${line#ended } ;;
		*) fail "$engine: $line" ;;
		esac
	done < <(
		told "$1" "$2" "$3" $items $limit 2>&1 && status=0 || status=$?
		echo "ended $status"
	)
	is "$ended" 0 "$engine: $2, $1, $3: came to its end"
}

# both_ways WAITS MOVES: waits for items, and then for room.
both_ways() {
	load fifo size=4
	load step
	table in "$@"
	text write /dev/fifo0 'x\nx\nx\nx\n' nonblock >/dev/null
	table out "$@"
	unload step fifo
}

for engine in ring semaphore; do
	both_ways device kernel
	both_ways device text
done
engine=ring
both_ways device mapped
both_ways mapped kernel
both_ways mapped text
both_ways mapped mapped

# From softirqs.
load fifo size=64
load producer context=timer rate=200 log=off
table in device nobody
table in mapped nobody
unload producer fifo
GUEST
