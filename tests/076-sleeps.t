#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# An item wakes one: of many consumers that wait, as many go to sleep again as items
# were got, and hardly more; and room that comes wakes one of many producers.

. "${0%/*}/lib/host.sh"

run_guest --timeout 240 <<'GUEST'
queue() {
	cat "/sys/class/misc/fifo0/$1"
}

# slept ROLE: how often the threads of a role have gone to sleep, in all.
slept() {
	local comm sum=0 n

	for comm in /proc/[0-9]*/comm; do
		[[ $(<"$comm") == "$1"/* ]] || continue
		n=$(awk '/^voluntary/ { print $2 }' "${comm%comm}status")
		sum=$((sum + n))
	done
	echo "$sum"
}

# waiting ROLE N
waiting() {
	[[ $(queue "waiting_$1s") == "$2" ]]
}

moved() {
	[[ $(queue "$1") == "$2" ]]
}

# measure ROLE N COUNTER OTHER: how often N threads that wait go to sleep for each item
# that they move when the other end's module moves so many, one by one.
measure() {
	local sleeps until items=600

	wait_for 10 waiting "$1" "$2"
	sleeps=$(slept "$1")
	until=$(($(queue "$3") + items))
	load "$4" context=kthread rate=200 count=$items log=off
	wait_for 60 moved "$3" $until
	wait_for 10 waiting "$1" "$2"
	sleeps=$(($(slept "$1") - sleeps))
	le "$(awk "BEGIN { printf \"%.2f\", $sleeps / $items }")" 1.05 "$engine: sleeps of $2 ${1}s for each item"
	unload "$4"
}

for engine in semaphore waitqueue list ring; do
	for n in 2 8; do
		load fifo size=64
		load consumer context=kthread rate=max log=off instances=$n
		measure consumer $n got producer
		unload consumer

		load producer context=kthread rate=max log=off instances=$n
		measure producer $n put consumer
		unload producer fifo
	done
done
GUEST
