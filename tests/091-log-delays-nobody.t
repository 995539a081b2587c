#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Logging delays nobody: lines about items are printed in process context, many
# instances have few lines about their start and stop, and with a slow console clients
# are unloaded as fast, except for the lines that must not be lost.

# in virtual time
. "${0%/*}/lib/host.sh"

run_guest --counted yes --timeout 1600 <<'GUEST'
queue() {
	cat "/sys/class/misc/fifo0/$1"
}

holds() {
	[[ $(queue "$1") == "$2" ]]
}

# --- where lines are printed --------------------------------------------------

# The trace shows the context of an event: h, H and s are interrupts and softirqs.
printed() {
	trace_read | grep -E ' console: .*(producer|consumer): \[0\] (put|got|stopped)'
}

printed_many() {
	(($(printed | wc -l) >= 20))
}

for context in $(contexts_of); do
	engine=waitqueue
	trace_on 1024 printk
	load fifo size=4
	load producer rate=20
	load consumer rate=20
	ok "$context: items have lines" wait_for 20 printed_many
	unload producer consumer fifo
	trace_off
	is "$(printed | grep -E '\] +[^ ]{2}[hHsZz]' | head -n 3)" "" "$context: none was printed in an interrupt or softirq"
done

# --- what many instances say ---------------------------------------------------

# line_count REGEX
line_count() {
	dmesg_since section | grep -cE -e "$1" || true
}

context=work
section "21 instances"
load fifo size=4
load producer instances=20 rate=0.001 log=off
is "$(line_count 'producer: .* started: ')" 20 "20 instances have a line each"
unload producer
is "$(line_count 'producer: .* stopped: ')" 20 "when they stop, too"
section "21 instances"
load producer instances=21 count=1 rate=max queue=0 log=off
wait_for 10 holds depth 4
load consumer rate=max log=off
wait_for 10 holds got 21
says 'producer: \[3-20\] started: 18 more instances' "of 21, the first few, and a line for the rest"
is "$(line_count 'producer: .* started: ')" 4 "and no more"
unload producer
is "$(line_count 'producer: .* stopped: ')" 4 "likewise when they stop"
is "$(dmesg_since section | awk '/producer: .* stopped: / { n += $4 } END { print n }')" 21 "which account for all items"
unload consumer
section "summaries of many"
load consumer instances=200 log=summary
says 'consumer: \[3-199\] 0 items in [0-9]+ ms, 0 in all' "their summaries are few, too"
is "$(line_count 'consumer: \[([3-9]|[1-9][0-9]+)\] 0 items in ')" 0 "the others have none of their own"
unload consumer fifo

# --- a slow console -----------------------------------------------------------

load slow_console
echo 8 >/proc/sys/kernel/printk

# console US: microseconds for each character.
console() {
	echo "$1" >/sys/module/slow_console/parameters/us
}

# The time that the lines of a section take on the slow console, with their time stamps.
lines_us() {
	dmesg_since section | awk '{ n += length($0) + 17 } END { print n * 87 }'
}

load fifo size=4
for log in off summary items; do
	for us in 0 87; do
		console 0
		load consumer instances=1000 rate=max log=$log
		wait_for 30 holds waiting_consumers 1000
		section "unload"
		console $us
		took[us]=$(time_us rmmod consumer)
		console 0
		lines[us]=$(lines_us)
	done
	le "$((took[87] - took[0]))" $((lines[87] + 300000 * slow)) \
		"log=$log: 1000 consumers are unloaded as soon beside a slow console, but for its lines: us more than beside a fast one (${took[0]})"
done
unload fifo
echo 5 >/proc/sys/kernel/printk
unload slow_console
GUEST
