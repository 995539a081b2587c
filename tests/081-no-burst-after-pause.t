#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# After a pause of the whole machine no worker bursts, even if none has waited. A worker
# that was merely late makes up everything. In virtual time: a host that stops the machine is a pause, too.

# in virtual time
. "${0%/*}/lib/host.sh"

run_guest --counted yes --cpus 1 --timeout 1600 <<'GUEST'
uptime_ms() {
	echo $((${EPOCHREALTIME/./} / 1000))
}

put() {
	cat /sys/class/misc/fifo0/put
}

at_work() {
	(($(put) > 100))
}

# pause_for MS: sets took, the real length of the pause; items, how many were put from
# before it until after it; and span, the milliseconds of that time.
pause_for() {
	local before start

	before=$(put)
	start=$(uptime_ms)
	load pause ms="$1"
	took=$(</sys/module/pause/parameters/took_ms)
	items=$(($(put) - before))
	span=$(($(uptime_ms) - start))
	unload pause
}

for context in $(contexts_of); do
	engine=waitqueue
	load fifo size=4 overflow=drop-newest
	load producer rate=1000 log=off
	wait_for 10 at_work
	pause_for 200
	ge "$items" $((span - 50)) "$context: $took ms late, it makes all good: items in $span ms"
	pause_for 1500
	le "$items" $((span - took + 300)) "$context: $took ms late, it does not burst: items in $span ms"
	unload producer fifo
done
GUEST
