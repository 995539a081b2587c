#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# An instance with cpu= runs on that processor only, in each context, whatever wakes it. If
# the processor goes offline, the instance goes on, and says so once.

. "${0%/*}/lib/host.sh"

run_guest --timeout 200 <<'GUEST'
cpu1=/sys/devices/system/cpu/cpu1/online
if [[ ! -e $cpu1 ]]; then
	skip 1 "this kernel has no second processor that can go offline"
	exit
fi
# Timers need an engine that does not sleep.
[[ $engine != semaphore ]] || engine=waitqueue

# processors EVENT: the processors on which it was traced, as QUEUE:PROCESSOR, each pair once.
processors() {
	trace_read | awk -v event="$1:" '
		index($0, event) {
			match($0, /\[[0-9]+\]/)
			cpu = substr($0, RSTART + 1, RLENGTH - 2) + 0
			match($0, /queue=[0-9]+/)
			print substr($0, RSTART + 6, RLENGTH - 6) ":" cpu
		}' | sort -u | paste -sd ' '
}

put() {
	cat "/sys/class/misc/fifo$1/put"
}

# has_put QUEUE N
has_put() {
	(($(put "$1") >= $2))
}

# goes_on DESCRIPTION: the first queue's items do.
goes_on() {
	ok "$1" wait_for 5 has_put 0 $(($(put 0) + 20))
}

# ports: the processors that debugfs shows.
ports() {
	awk 'NR > 1 { print $3 "=" $7 }' /sys/kernel/debug/fifo/ports | sort | paste -sd ' '
}

went_offline() {
	dmesg_since section | grep -c 'goes offline' || true
}

for context in work kthread timer; do
	section "$context"
	load fifo size=4,4,4
	trace_on
	# Each queue has its producer on one processor and its consumer on another, or on the same.
	load consumer queue=0,1,2 cpu=1,0,0 rate=max log=off
	load producer queue=0,1,2,2 cpu=0,1,0,any rate=200,200,200,0.001 log=off
	says "producer: \[1\] started: item=A rate=200/s queue=1 context=$context cpu=1" "$context: the line of the start names it"
	says "producer: \[3\] started: item=A rate=0\.001/s queue=2 context=$context" "$context: but not if it is any"
	ok "$context: items are put" wait_for 10 has_put 0 100
	# Each write comes from another processor than that of one of the producers.
	for n in {1..20}; do
		taskset $((n % 2 + 1)) sh -c 'echo 500,500,500,0.001 >/sys/module/producer/parameters/rate'
		taskset $((n % 2 + 1)) sh -c 'echo 200,200,200,0.001 >/sys/module/producer/parameters/rate'
	done
	ok "$context: and more at new rates" wait_for 10 has_put 1 300
	trace_off
	is "$(processors fifo_put)" "0:0 1:1 2:0" "$context: each producer puts on its own processor"
	is "$(processors fifo_get)" "0:1 1:0 2:0" "$context: each consumer gets on its own"
	is "$(ports)" "consumer[0]=1 consumer[1]=0 consumer[2]=0 producer[0]=0 producer[1]=1 producer[2]=0 producer[3]=any" \
		"$context: debugfs shows where"
	is "$(</sys/module/producer/parameters/cpu)" 0,1,0,any "$context: sysfs, too"
	unload producer consumer fifo
done

# What user space sees of a thread: also that it cannot move it.
section "threads"
load fifo
load producer context=kthread cpu=1,any rate=0.001 log=off
pinned=$(grep -lx producer/0 /proc/[0-9]*/comm) any=$(grep -lx producer/1 /proc/[0-9]*/comm)
allowed() {
	awk '/^Cpus_allowed_list:/ { print $2 }' "${1%comm}status"
}
is "$(allowed "$pinned") $(allowed "$any")" "1 0-1" "the kernel shows the processors of each thread"
unload producer fifo

for context in work kthread timer; do
	section "$context, offline"
	load fifo size=4,4
	load consumer queue=0,1 cpu=1,1 rate=max log=off
	load producer cpu=1 rate=200 log=off
	goes_on "$context: items are put"
	echo 0 >$cpu1
	says 'producer: \[0\] cpu=1 goes offline: runs on any processor from now on' "$context: a producer says that its processor goes"
	says 'consumer: \[1\] cpu=1 goes offline: runs on any processor from now on' "$context: a consumer that waits, too"
	goes_on "$context: items are still put"
	is "$(ports)" "consumer[0]=any consumer[1]=any producer[0]=any" "$context: debugfs does not show it any more"
	echo 100 >/sys/module/producer/parameters/rate
	goes_on "$context: a new rate does no harm"
	echo 1 >$cpu1
	goes_on "$context: nor does the processor when it is back"
	echo 0 >$cpu1
	goes_on "$context: or goes again"
	is "$(went_offline)" 3 "$context: each has said so once"
	unload producer
	refused producer EINVAL 'producer: cpu="1" is refused: must be any, or a processor that is online: 0$' cpu=1 context=$context
	echo 1 >$cpu1
	unload consumer fifo
done

section "many"
load fifo
load producer instances=25 cpu=0,0,0,0,1 rate=0.001 log=off context=work
echo 0 >$cpu1
is "$(dmesg_since section | grep 'goes offline')" \
	"producer: [3-24] cpu=1 goes offline: those on it run on any processor from now on" \
	"one line stands for many"
echo 1 >$cpu1
unload producer fifo
GUEST
