#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Lines about items cost a producer next to nothing: beside a console at 115200 baud it
# puts almost as many with log=items as with log=off: at most 2 % fewer. Counted in the time
# of a guest whose clock is its instructions, so that the figure is the same on a busy host.
# Its two processors take turns, so that one that prints takes up to half of that time from
# the other: that is allowed as well. A producer that printed itself would lose all of it.
#
# A console keeps interrupts off while it prints a line, and so delays each timer of its
# processor: a timer would lose all of it on the processor that prints. On the other it
# loses nothing, not even a turn: a run is short, and the turn of a processor lasts until
# the other's next timer. On a kernel that checks each access to memory a run is longer than
# that, and the turn counts there as well.

# in virtual time
. "${0%/*}/lib/host.sh"

run_guest --counted yes --timeout 1600 <<'GUEST'
put() {
	cat /sys/class/misc/fifo0/put
}

console_us() {
	cat /sys/module/slow_console/parameters/spent_us
}

# puts CONTEXT LOG: set puts to the items that a producer puts in a second, and printing to
# the microseconds of it that the console takes.
puts() {
	local since before console us

	load producer rate=max context="$1" log="$2"
	sleep 1
	since=${EPOCHREALTIME/./} before=$(put) console=$(console_us)
	sleep 3
	us=$((${EPOCHREALTIME/./} - since))
	puts=$((($(put) - before) * 1000000 / us))
	printing=$((($(console_us) - console) * 1000000 / us))
	unload producer
}

# allowed CONTEXT: how many puts of a second the lines may take.
allowed() {
	local turn=$((printing / 2))

	[[ $1 != timer ]] || ((slow > 1)) || turn=0
	echo $((off * (20000 + turn) / 1000000))
}

load slow_console
load fifo engine=waitqueue overflow=drop-oldest size=64
for context in work kthread timer; do
	echo 87 >/sys/module/slow_console/parameters/us
	echo 8 >/proc/sys/kernel/printk
	puts "$context" off
	off=$puts
	section "$context"
	puts "$context" items
	echo 5 >/proc/sys/kernel/printk
	echo 0 >/sys/module/slow_console/parameters/us
	ge "$(dmesg_since section | grep -c 'put item=')" 40 "$context: items have lines"
	note "$context: $off items a second with log=off, $puts with log=items, $printing us of printing"
	le $((off - puts)) "$(allowed "$context")" "$context: puts a second, with log=items as with log=off"
done
unload fifo
unload slow_console
GUEST
