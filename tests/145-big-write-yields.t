#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A write that never waits disturbs nobody, however long it is: no processor is stuck in
# it, Tasks RCU goes on, and it can be killed.

. "${0%/*}/lib/host.sh"

run_guest --timeout 900 --append preempt=none <<'GUEST'
# Longer than twice watchdog_thresh, after which the watchdog reports a stuck processor.
seconds=12

[[ ! -e /proc/sys/kernel/watchdog_thresh ]] || echo 5 >/proc/sys/kernel/watchdog_thresh

# writes: is the write still in progress?
writes() {
	[[ ! -s /run/written ]] && kill -0 $writer
}

# system_time: the writer's system time, in ticks.
system_time() {
	cpu_use $writer | cut -d ' ' -f 4
}

for what in 'drop-newest \n' 'drop-oldest \n'; do
	load fifo engine=waitqueue overflow=${what% *} size=4
	bigwrite /dev/fifo0 $((256 << 20)) "${what#* }" >/run/written &
	writer=$!
	ok "$what: a write of 256 MiB begins" wait_for 200 grep -qv '^0$' /sys/class/misc/fifo0/put
	end=$((SECONDS + seconds * slow))
	load tasks_rcu
	le "$(</sys/module/tasks_rcu/parameters/took_ms)" $((10000 * slow)) "$what: Tasks RCU goes on (ms)"
	unload tasks_rcu
	while ((SECONDS < end)) && writes; do
		usleep 200000
	done
	ok "$what: it is still under way" writes
	kill -9 $writer
	le "$(time_us wait_for 20 eval '! kill -0 $writer')" $((2000000 * slow)) "$what: and can be killed at once (us)"
	wait $writer || true
	unload fifo
done

# A blocking write that never has to wait.
load fifo engine=waitqueue size=65536
load consumer context=kthread rate=max log=off
bigwrite /dev/fifo0 $((256 << 20)) '\n' >/run/written &
writer=$!
ok "a write that could wait begins" wait_for 200 grep -qv '^0$' /sys/class/misc/fifo0/put
load tasks_rcu
le "$(</sys/module/tasks_rcu/parameters/took_ms)" $((10000 * slow)) "Tasks RCU goes on (ms)"
unload tasks_rcu
kill -9 $writer
le "$(time_us wait_for 20 eval '! kill -0 $writer')" $((2000000 * slow)) "it can be killed (us)"
wait $writer || true
unload consumer fifo

# The write is checked as a whole first. If it is killed during the check, nothing is put.
load fifo size=4
bigwrite /dev/fifo0 $((256 << 20)) '0123456789012345678901234567890123456789\n' $'\x01\n' >/run/written 2>/run/begun &
writer=$!
wait_for 200 grep -q begins /run/begun
since=$(system_time)
ok "a write is looked at" wait_for 20 eval '(($(system_time) > since + 5))'
ok "for a while" writes
kill -9 $writer
le "$(time_us wait_for 20 eval '! kill -0 $writer')" $((2000000 * slow)) "one that is still looked at can be killed (us)"
wait $writer || true
is "$(</sys/class/misc/fifo0/put)" 0 "and has put nothing"
unload fifo
GUEST
