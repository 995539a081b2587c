#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Lines about items cost a producer next to nothing: beside a console at 115200 baud it
# puts almost as many with log=items as with log=off. Counted in the time of a guest whose
# clock is its instructions, so that the figure is the same on a busy host. Its processors
# take turns: of the 3 % that are allowed, most is the turn of the one that prints.
#
# A console keeps interrupts off while it prints a line, and so delays each timer of its
# processor, whoever prints. For the timer context the console is a fast one.

. "${0%/*}/lib/host.sh"

run_guest --counted yes --timeout 400 <<'GUEST'
put() {
	cat /sys/class/misc/fifo0/put
}

# puts CONTEXT LOG: set puts to the items that a producer puts in a second.
puts() {
	local since before

	load producer rate=max context="$1" log="$2"
	sleep 1
	since=${EPOCHREALTIME/./} before=$(put)
	sleep 3
	puts=$((($(put) - before) * 1000000 / (${EPOCHREALTIME/./} - since)))
	unload producer
}

load slow_console
load fifo engine=waitqueue overflow=drop-oldest size=64
for context in work kthread timer; do
	[[ $context == timer ]] || echo 87 >/sys/module/slow_console/parameters/us
	echo 8 >/proc/sys/kernel/printk
	puts "$context" off
	off=$puts
	section "$context"
	puts "$context" items
	echo 5 >/proc/sys/kernel/printk
	echo 0 >/sys/module/slow_console/parameters/us
	ge "$(dmesg_since section | grep -c 'put item=')" 40 "$context: items have lines"
	note "$context: $off items a second with log=off, $puts with log=items"
	le $((off - puts)) $((off * 3 / 100)) "$context: puts a second, with log=items as with log=off"
done
unload fifo
unload slow_console
GUEST
