#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The bytes behind an item's length are zero in every queue, whoever put the item: they
# show nothing of the kernel's memory, of an earlier line, or of another process.

. "${0%/*}/lib/host.sh"

run_guest --timeout 120 <<'GUEST'
# dirty QUEUE: lists slots with nonzero bytes behind an item's length.
dirty() {
	tails look "$1" | grep -vc 'zero$' || true
}

# clean ITEMS WHAT: in each queue the module "tails" has found so many items, and nothing
# behind their length.
clean() {
	local queue name

	for queue in /sys/class/misc/fifo*; do
		name=${queue##*/fifo}
		like "$(dmesg_since)" "queue $name: $1 items, 0 with something behind" "$(<"$queue/engine"): $2"
	done
}

engines=$(engines_of | paste -sd ,)

# Items from a module's stack, through each engine.
load fifo size=64 engine=$engines
dmesg_mark
load tails
clean 41 "41 items of a module, of each length"
unload tails fifo

# The oldest item is replaced.
load fifo size=16 engine=$engines overflow=drop-oldest
dmesg_mark
load tails
clean 16 "those that have replaced others"
unload tails fifo

# In the pages of a ring, as a process sees them.
load fifo size=64 engine=ring
load tails leave=1
is "$(tails look 0 | wc -l)" 41 "a process sees the items of a module"
is "$(dirty 0)" 0 "and nothing behind"
unload tails fifo

load fifo size=64,64 engine=ring
printf '%s\n' 'the-password-is-1234567890-1234567890' x '' yz >/run/lines
dd if=/run/lines of=/dev/fifo0 bs=64 2>/dev/null
exec 5>/dev/fifo0
echo 'another-long-line-of-the-same-open-file' >&5
echo y >&5
exec 5>&-
is "$(tails look 0 | wc -l) $(dirty 0)" "6 0" "short lines behind long ones"
ok "a process puts items by its mapping" tails put 1
is "$(tails look 1 | wc -l) $(dirty 1)" "41 0" "and of those, too, nothing is behind"
is "$(tails look 1 | cut -d ' ' -f 2 | paste -sd ' ')" "$(seq -s ' ' 0 40)" "they have the lengths that they had"
unload fifo

# Replies.
load fifo size=8,8 engine=ring
load echo from=0 to=1
load producer type=command item=A count=4 rate=max
replied() {
	(($(</sys/class/misc/fifo1/put) == 4))
}
ok "commands have replies" wait_for 10 replied
unload producer
is "$(tails look 1 | wc -l) $(dirty 1)" "4 0" "with nothing behind them"
unload echo fifo
GUEST
