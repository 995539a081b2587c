#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Reading changes nothing: the kernel counts an error of a process that maps a queue
# when the error begins, not when somebody reads the counter. A list is shown whole.

. "${0%/*}/lib/host.sh"

run_guest --timeout 120 <<'GUEST'
queue() {
	cat "/sys/class/misc/fifo0/$1"
}

# go POSITION: the process publishes this position.
go() {
	local answer

	echo "$1" >&"${astray[1]}"
	read -r answer <&"${astray[0]}"
}

look() {
	local n

	for ((n = 0; n < 20; n++)); do
		queue "$1" >/dev/null
	done
}

puts() {
	trace_read | grep -c fifo_put: || true
}

load fifo engine=ring size=8
coproc astray { exec astray; }
read -r _ <&"${astray[0]}"
is "$(queue mapping_errors)" 0 "a process maps a queue"
go 0x10000000000
for name in size engine overflow depth put got mapping_errors; do
	look $name
	is "$(queue mapping_errors)" 1 "it makes no sense: that counts once, with 20 looks at $name"
done
go 0x20000000000
is "$(queue mapping_errors)" 1 "and goes on to make none"
(exec 5</dev/fifo0; timeout 1 cat <&5) || true
is "$(queue mapping_errors)" 1 "a reader of the other end changes nothing"
go 0
is "$(queue mapping_errors)" 1 "it makes sense again"
go 0x10000000000
is "$(queue mapping_errors)" 2 "and then none: that counts once more"
look put
is "$(queue mapping_errors)" 2 "however often it is looked at"
go 0
queue put >/dev/null

trace_on
go 2
for name in size engine overflow; do
	queue $name >/dev/null
done
is "$(puts)" 0 "a look at what never changes settles nothing"
is "$(queue put)" 2 "a look at a counter does"
is "$(puts)" 2 "and these are two puts"
trace_off
exec {astray[1]}>&-
wait
unload fifo
GUEST

run_guest --timeout 120 <<'GUEST'
rate=/sys/module/producer/parameters/rate

# list N ENTRY: N times the entry.
list() {
	local text

	printf -v text "$2,%.0s" $(seq "$1")
	echo "${text%,}"
}

load fifo size=2 overflow=drop-newest
# too_long CHARACTERS MODULE NAME VALUE: the load is refused because the value is too long.
too_long() {
	dmesg_mark refused
	if insmod "/modules/$2.ko" "$3=$4" 2>/dev/null; then
		rmmod "$2"
		fail "$2: $3 of $1 characters is refused"
	else
		like "$(dmesg_since refused)" "$2: $3=\".*\" is refused: it has $1 characters, must be at most 4094" \
			"$2: $3 of $1 characters is refused"
	fi
}

printf -v zeros '%04100d' 1
too_long 6143 producer rate "$(list 1024 100.5)"
too_long 5119 producer item "$(list 1024 word)"
too_long 5119 consumer count "$(list 1024 1000)"
too_long 4100 producer instances "$zeros"

# The longest allowed value.
most=$(list 682 0.001),10
is ${#most} 4094 "that is 4094 characters"
load producer "rate=$most" log=off
is "$(<$rate)" "$most" "4094 characters are shown whole"
dmesg_mark
not_ok "4095 are refused at run time" eval 'printf "%s" "${most}0" >$rate'
like "$(dmesg_since)" 'producer: rate="0.001,.*" is refused: it has 4095 characters, must be at most 4094' "with a line that says so"
is "$(<$rate)" "$most" "and the list of before holds"
ok "4094 are taken" eval 'printf "%s" "${most/0.001/0.002}" >$rate'
is "$(<$rate)" "${most/0.001/0.002}" "and shown whole"
unload producer fifo
too_long 4100 fifo size "$zeros"
GUEST
