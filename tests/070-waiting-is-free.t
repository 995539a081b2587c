#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Waiting is free: clients that wait for half a minute cost no processor time and no
# load average, and are not reported as hung tasks.

. "${0%/*}/lib/host.sh"

run_guest --timeout 120 <<'GUEST'
seconds=30

queue() {
	cat "/sys/class/misc/fifo$1/$2"
}

waiting() {
	echo "$(queue 0 waiting_producers) $(queue 0 waiting_consumers)" \
		"$(queue 1 waiting_producers) $(queue 1 waiting_consumers)"
}

all_wait() {
	[[ $(waiting) == "5 0 0 5" ]]
}

uninterruptible() {
	awk '{ sub(/.*\) /, ""); if ($1 == "D") n++ } END { print n + 0 }' /proc/[0-9]*/stat
}

if [[ -e /proc/sys/kernel/hung_task_timeout_secs ]]; then
	echo 5 >/proc/sys/kernel/hung_task_timeout_secs
	is "$(cat /proc/sys/kernel/hung_task_timeout_secs)" 5 "tasks that hang for 5 s are reported"
else
	skip 1 "this kernel does not look for hung tasks"
fi

# A timer has no process: each of its runs leaves an event.
timer_runs() {
	trace_read | grep -c 'function=fire ' || true
}

load fifo size=4,4
[[ $context != timer ]] || trace_on 4096 timer/hrtimer_expire_entry
load producer queue=0 rate=max instances=5 log=off
load consumer queue=1 rate=max instances=5 log=off
wait_for 10 all_wait
mapfile -t workers < <(workers)
is "${#workers[@]}" "$([[ $context == timer ]] && echo 0 || echo 10)" "each of 10 clients waits in a worker"

# Nothing else may run meanwhile: the load average samples every 5 s the tasks that run or
# sleep uninterruptibly.
before=$(cpu_use "${workers[@]}")
runs=$(timer_runs)
read -r load_before _ </proc/loadavg
sleep $seconds
read -r load_after _ </proc/loadavg
after=$(cpu_use "${workers[@]}")

is "$(waiting)" "5 0 0 5" "5 producers and 5 consumers wait, as the queues say"
is "$after" "$before" "after $seconds s no worker has used the processor, nor been woken"
if [[ $context == timer ]]; then
	ge "$runs" 10 "each timer has run, and found that it has to wait"
	is "$(timer_runs)" "$runs" "after $seconds s none of them has run again"
	trace_off
fi
unlike "$(awk '{ print $2 }' <<<"$after")" '[^S[:space:]]' "all sleep interruptibly"
is "$(uninterruptible)" 0 "no task sleeps uninterruptibly"

# The average of the samples of this time alone: one task that always counts makes it 1. A
# sample may count the guest's own tasks. The average from before has decayed to e^(-30/60),
# 0.6065, of it.
average=$(awk -v a="$load_before" -v b="$load_after" 'BEGIN {
	v = (b - a * 0.6065) / (1 - 0.6065); printf "%.2f", v < 0 ? 0 : v }')
diag "load average $load_before before, $load_after after $seconds s; $average in them"
le "$average" 0.5 "the clients are no load"
is "$(queue 0 put) $(queue 0 depth) $(queue 1 got)" "4 4 0" "nothing moved"

unload consumer producer
is "$(waiting)" "0 0 0 0" "nobody waits any more"
is "$(workers)" "" "no worker is left"
unload fifo
GUEST
