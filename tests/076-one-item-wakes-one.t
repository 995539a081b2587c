#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# One item wakes one waiter: of many waiting consumers, about one goes back to sleep for
# each item. The same holds for producers and room.

. "${0%/*}/lib/host.sh"

run_guest --timeout 240 <<'GUEST'
# counter NAME VALUE: does it have this value? Starts no process, as it is called often.
counter() {
	local value

	read -r value <"/sys/class/misc/fifo0/$1"
	[[ $value == "$2" ]]
}

# slept ROLE: prints how often the threads of a role have gone to sleep, in all.
slept() {
	local comm name sum=0 n

	for comm in /proc/[0-9]*/comm; do
		read -r name 2>/dev/null <"$comm" && [[ $name == "$1"/* ]] || continue
		n=$(awk '/^voluntary/ { print $2 }' "${comm%comm}status")
		sum=$((sum + n))
	done
	echo "$sum"
}

# step HOW: the module moves one item, once it gets the engine's lock.
step() {
	until echo 1 >"/sys/module/step/parameters/$1"; do :; done 2>/dev/null
}

# settled ROLE N COUNTER VALUE: was the item moved, and do all wait again?
settled() {
	counter "$3" "$4" && counter "waiting_$1s" "$2"
}

# measure ROLE N COUNTER HOW: how often N waiting threads go to sleep for each item that they
# move, if the other end moves one at a time.
measure() {
	local sleeps first items=100 i

	wait_for 10 counter "waiting_$1s" "$2"
	sleeps=$(slept "$1")
	read -r first <"/sys/class/misc/fifo0/$3"
	for ((i = 1; i <= items; i++)); do
		step "$4"
		settled "$1" "$2" "$3" $((first + i)) || wait_for 10 settled "$1" "$2" "$3" $((first + i))
	done
	sleeps=$(($(slept "$1") - sleeps))
	le "$(awk "BEGIN { printf \"%.2f\", $sleeps / $items }")" 1.05 "$engine: sleeps of $2 ${1}s for each item"
}

for engine in $(engines_of); do
	for n in 2 8; do
		load fifo size=64
		load step
		load consumer context=kthread rate=max log=off instances=$n
		measure consumer $n got put
		unload consumer

		load producer context=kthread rate=max log=off instances=$n
		measure producer $n put get
		unload producer step fifo
	done
done
GUEST
