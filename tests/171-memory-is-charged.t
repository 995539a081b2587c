#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A process is charged for what it has of a queue: open files that it has read and
# written, and mapped ends with the pages that it writes items to. If its memory cgroup
# is at its limit, the process is stopped, and the machine goes on.

. "${0%/*}/lib/host.sh"

# What the kernel prints if a cgroup is at its limit.
run_guest --timeout 300 --allow 'Call Trace:' <<'GUEST'
cgroups=/run/cgroups
megabyte=1048576

if ! grep -q '^memory' /proc/cgroups; then
	skip 1 "this kernel has no memory cgroups"
	exit
fi
mkdir $cgroups
mount -t cgroup2 cgroups $cgroups
echo +memory >$cgroups/cgroup.subtree_control
mkdir $cgroups/{small,large}
limit=$((32 * megabyte))
echo $limit >$cgroups/small/memory.max

# hoard_in CGROUP ARGUMENT…: waits until it has all that it can get; sets hoard_pid.
hoard_in() {
	# Empty it here, so that the output of the last one is not mistaken for this one's.
	: >/run/hoard
	(
		echo 0 >"$cgroups/$1/cgroup.procs"
		exec hoard "${@:2}"
	) >/run/hoard 2>&1 &
	hoard_pid=$!
	wait_for 200 hoard_settled || die "hoard ${*:2} goes on for ever"
}

hoard_settled() {
	[[ -s /run/hoard || ! -e /proc/$hoard_pid || $(</proc/$hoard_pid/stat) == *') Z '* ]]
}

# What became of it: its output, or that it was killed.
hoard_fate() {
	[[ -s /run/hoard ]] && cat /run/hoard || echo killed
}

hoard_end() {
	kill -9 "$hoard_pid" 2>/dev/null || true
	wait "$hoard_pid" 2>/dev/null || true
	wait_for 10 gone_from "$1"
}

gone_from() {
	[[ ! -s $cgroups/$1/cgroup.procs ]]
}

# The free memory of the machine, in bytes.
available() {
	echo $(($(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo) * 1024))
}

load fifo engine=waitqueue size=64
files=6000
before=$(available)
hoard_in large open $files
like "$(</run/hoard)" "^all $files$" "$files open files, where nothing limits them"
taken=$((before - $(available)))
charged=$(<$cgroups/large/memory.current)
note "$((taken / files)) bytes for each, $((charged / files)) of them charged"
ge $((charged * 100 / taken)) 80 "what they take is charged to their process (%)"
hoard_end large

before=$(available)
hoard_in small open 100000
like "$(hoard_fate)" '^(killed|[0-9]+, then ENOMEM)$' "a process in a cgroup of 32 MB cannot have 100000 of them"
note "$(hoard_fate)"
le $(((before - $(available)) / megabyte)) 64 "the machine lacks no more than that (MB)"
echo A >/dev/fifo0
timeout 5 head -n 1 /dev/fifo0 >/dev/null
pass "others open, write and read"
hoard_end small
unload fifo

load fifo engine=ring size=1048576
hoard_in large map 0
is "$(</run/hoard)" "all 1" "a queue of 64 MB is mapped, where nothing limits it"
ge $(($(<$cgroups/large/memory.current) / megabyte)) 64 "the pages that its producer writes are charged (MB)"
hoard_end large
before=$(available)
hoard_in small map 0
like "$(hoard_fate)" '^(killed|0, then ENOMEM)$' "a process in a cgroup of 32 MB cannot map it"
note "$(hoard_fate)"
le $(((before - $(available)) / megabyte)) 64 "the machine lacks no more than that (MB)"
hoard_end small
hoard_in large map 0
is "$(</run/hoard)" "all 1" "and another one can"
hoard_end large
unload fifo
GUEST
