#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The age of a process is its age at the put, as ps has it, including time that the
# machine was suspended before. It does not grow if the machine is suspended while the
# item is in a queue.

. "${0%/*}/lib/host.sh"

run_guest --timeout 100 <<'GUEST'
# The time that it sleeps, in seconds.
asleep=20

alarm=/sys/class/rtc/rtc0/wakealarm

# doze: suspends the machine; its clock wakes it.
doze() {
	echo 0 >$alarm
	echo +$asleep >$alarm
	echo mem >/sys/power/state
}

# youngest: the lowest age of the processes got since then, in seconds.
youngest() {
	dmesg_since here | sed -nE 's/.* got pid=.* elapsed=([0-9]+):([0-9]+):([0-9]+) .*/\1 \2 \3/p' |
		awk '{ print $1 * 3600 + $2 * 60 + $3 }' | sort -n | head -n 1
}

all_got() {
	(($(</sys/class/misc/fifo0/depth) == 0))
}

if ! grep -qw mem /sys/power/state 2>/dev/null || [[ ! -e $alarm ]]; then
	skip 1 "this machine cannot sleep"
	exit
fi
load fifo size=1024
exec {crowd}< <(exec crowd 1001 3 0)
crowd_pid=$!
read -r ready <&"$crowd"
is "$ready" ready "three processes are started"
load producer uid=1001 log=off
before=$(awk '{ print int($1) }' /proc/uptime)
doze
slept=$(($(awk '{ print int($1) }' /proc/uptime) - before))
ge "$slept" $((asleep - 2)) "the machine was asleep (s)"
dmesg_mark
load consumer rate=max
wait_for 20 all_got
unload consumer
le "$(youngest)" $((asleep / 2)) "the youngest process is no older than it was when it was put (s)"

# Suspended time before the put counts, as it does for ps.
unload producer
load producer uid=1001 log=off
dmesg_mark
load consumer rate=max
wait_for 20 all_got
unload consumer producer
kill $crowd_pid
# Up to a second of slept comes of whole seconds of the uptime.
ge "$(youngest)" $((slept - 1)) "a sleep before the put counts (s)"
unload fifo
GUEST
