#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# No wake-up is lost with a cancelled waiter. If a timer was chosen for a wake-up and
# does not run any more, it passes the wake-up on to the next waiter. If its port is
# cancelled, it ends without help. If it is woken for nothing again and again, it leaves
# its processor in between.

. "${0%/*}/lib/host.sh"

mapfile -t engines < <(awk '$2 == "timer" { print $1 }' "$root/vm/pairs")

run_guest --timeout 60 < <(
	declare -p engines
	cat <<'GUEST'
waiting() {
	[[ $(</sys/class/misc/fifo0/waiting_consumers) == "$1" ]]
}

got_one() {
	[[ $(</sys/class/misc/fifo0/got) == 1 ]]
}

for engine in "${engines[@]}"; do
	load fifo size=4
	load stalled
	wait_for 10 waiting 1
	load consumer rate=max log=off
	wait_for 10 waiting 2
	echo 1 >/sys/module/stalled/parameters/cancel
	ok "$engine: who waits behind a timer that was woken and cancelled gets the item" wait_for 10 got_one
	unload consumer stalled fifo
done

stopped() {
	[[ $(</sys/module/stalled/parameters/stopped) == Y ]]
}

for engine in "${engines[@]}"; do
	load fifo size=4
	load stalled
	wait_for 10 waiting 1
	echo 1 >/sys/module/stalled/parameters/close
	ok "$engine: a timer that stalls in a port that is cancelled comes to its end" wait_for 10 stopped
	unload stalled fifo
done

gave_up() {
	(($(</sys/module/restless/parameters/took_ms)))
}

# 2000 looks: a few in a row, and then a tick passes.
for engine in "${engines[@]}"; do
	load fifo size=4
	load restless
	wait_for 10 gave_up
	ge "$(</sys/module/restless/parameters/took_ms)" 400 "$engine: a timer that is always woken looks again later, and not at once, in ms"
	unload restless fifo
done
GUEST
)
