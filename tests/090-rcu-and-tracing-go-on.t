#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A worker that never waits blocks nobody else: RCU's grace periods for tasks end,
# tracers can be set, and kprobes removed. With preempt=none no processor is stuck.

. "${0%/*}/lib/host.sh"

common=$(
	cat <<'GUEST'
# Far longer than any of these takes, and far shorter than with a worker that blocks it.
limit=20

put() {
	cat "/sys/class/misc/fifo${1-0}/put"
}

at_work() {
	(($(put "${1-0}") > 1000))
}

# ends DESCRIPTION COMMAND…: within the limit.
ends() {
	local what=$1 pid start=${EPOCHREALTIME/./}

	shift
	"$@" >/run/ended 2>&1 &
	pid=$!
	if wait_for $limit ended $pid && wait $pid; then
		pass "$what"
		note "$what: $(((${EPOCHREALTIME/./} - start) / 1000)) ms"
	else
		fail "$what" "$(</run/ended)"
	fi
}
GUEST
)

run_guest --timeout 300 --append 'ftrace_dump_on_oops=0' < <(
	echo "$common"
	cat <<'GUEST'
tracer=yes
grep -qw function $tracing/available_tracers 2>/dev/null || tracer=''
[[ -e $tracing/kprobe_events ]] || kprobes=none

grace_period() {
	insmod /modules/tasks_rcu.ko && rmmod tasks_rcu
}

set_tracer() {
	echo function >$tracing/current_tracer
	echo nop >$tracing/current_tracer
}

optimized() {
	grep -q 'vfs_statx.*OPTIMIZED' /sys/kernel/debug/kprobes/list
}

# Probes inside a function, at its first instruction that a jump can replace: at the
# function's entry the probe would use ftrace.
set_probe() {
	local offset

	for ((offset = 9; offset < 40; offset++)); do
		echo "p:fifo_test vfs_statx+$offset" >$tracing/kprobe_events 2>/dev/null || continue
		echo 1 >$tracing/events/kprobes/fifo_test/enable
		! wait_for 10 optimized || return 0
		remove_probe
	done
	return 1
}

remove_probe() {
	echo 0 >$tracing/events/kprobes/fifo_test/enable
	echo >$tracing/kprobe_events
}

if [[ $tracer ]]; then
	echo vfs_statx >$tracing/set_ftrace_filter
fi
if [[ ! ${kprobes-} ]] && set_probe 2>/dev/null; then
	remove_probe
else
	kprobes=none
fi

for context in $(contexts_of); do
	for overflow in block drop-newest drop-oldest; do
		what="$context, $overflow"
		engine=waitqueue
		load fifo size=1024 overflow=$overflow
		load producer rate=max log=off
		[[ $overflow != block ]] || load consumer rate=max log=off
		wait_for 20 at_work
		ends "$what: a grace period of Tasks RCU ends" grace_period
		if [[ $tracer ]]; then
			ends "$what: a function tracer can be set and removed" set_tracer
		else
			skip 1 "this kernel has no function tracer"
		fi
		if [[ ! ${kprobes-} ]]; then
			ends "$what: a kprobe can be set and becomes a jump" set_probe
			ends "$what: and it can be removed" remove_probe
		else
			skip 2 "this kernel makes no jump of a kprobe"
		fi
		[[ $overflow != block ]] || unload consumer
		unload producer fifo
	done
done
GUEST
)

# A rate that cannot be reached is like rate=max. The log shows whether the watchdog barked.
run_guest --timeout 120 --append 'preempt=none' < <(
	echo "$common"
	cat <<'GUEST'
if [[ -e /proc/sys/kernel/watchdog_thresh ]]; then
	echo 3 >/proc/sys/kernel/watchdog_thresh
fi
engine=waitqueue context=work
load fifo size=64,64,64,64 overflow=drop-newest,drop-oldest,drop-newest,drop-oldest
load producer queue=0,1,2,3 context=work,work,kthread,kthread rate=max,10000000,10000000,max log=off
for queue in 0 1 2 3; do
	ok "queue $queue: at work" wait_for 20 at_work $queue
done
# The watchdog looks after twice its threshold.
ends "8 s pass" sleep 8
ends "they can be unloaded" rmmod producer
unload fifo
GUEST
)
