#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Each memory allocation of loading a module, and of opening, reading and writing its
# files, fails once. An operation that fails leaves nothing behind, and the next one
# works. An operation that succeeds all the same, because the kernel allocates in
# another way, works. Then some allocations fail at random, while items flow. Needs a
# kernel that injects failures: scripts/test --kernel debug.
#
#	FIFO_STORM_SECONDS, FIFO_STORM_SEED	see 320-storms.t

. "${0%/*}/lib/host.sh"
. "${0%/*}/lib/storm.sh"

# One queue for each engine, and a second one of the last.
queues=$(($(tr -cd , <<<"$engines" | wc -c) + 2))

# What the kernel prints if memory runs out during a load. Failures of tracepoints are its
# own: a module whose events cannot be shown works. So are those of the dynamic linker of a
# program that gets no memory.
out_of_memory='vmalloc error: size|Call Trace:|kobject_add_internal failed for .* \(error: -12|Unknown symbol \w+ \(err -(2|12|16)\)|VM_FAULT_OOM leaked out|segfault at .* in ld-linux'
# The kernel leaks the name of a cache whose directory in sysfs cannot be made.
leak_of_caches='kmemleak: [0-9]+ new suspected'

# failslab_guest <SCRIPT: exempts objects of some slabs from failing and from counting: the
# checkers', which work without them, and those for showing events, for which the kernel
# prints a warning or nothing.
failslab_guest() {
	run_guest --timeout 900 --allow "$out_of_memory|$leak_of_caches" --append \
		'slub_debug=A;-,kmemleak_*,debug_objects_cache,dentry,tracefs_inode_cache,ftrace_event_field,trace_event_file' \
		<<-GUEST
			$(declare -p queues)
			$storm_guest
			$failslab
			$(cat)
		GUEST
}

failslab=$(
	cat <<'SCRIPT'
faults=/sys/kernel/debug

if [[ ! -e $faults/failslab ]]; then
	skip 1 "this kernel injects no failures: use --kernel debug"
	exit
fi

allow_leaks sysfs_slab_add
echo 0 | tee $faults/{failslab,fail_page_alloc}/verbose >/dev/null
echo N | tee $faults/fail_page_alloc/ignore-gfp-{wait,highmem} >/dev/null
# Grace periods take most of the time of loading and unloading.
echo 1 >/sys/kernel/rcu_expedited

# Objects of slabs, except those that kmem_cache_flags() was told to exempt.
fail_objects() {
	echo Y >$faults/failslab/cache-filter
	echo N >$faults/failslab/ignore-gfp-wait
	echo 100 >$faults/fail_page_alloc/min-order
}

# Pages, and the few objects that are allocated without waiting.
fail_pages() {
	echo Y >$faults/failslab/ignore-gfp-wait
	echo 0 >$faults/fail_page_alloc/min-order
}

# Each workqueue has one, and kmemleak cannot detect a leaked workqueue, which is in the
# kernel's list. Freed objects are not returned at once, unless asked for.
workqueues() {
	echo 1 >/sys/kernel/slab/pool_workqueue/shrink
	cut -d ' ' -f 1 /sys/kernel/slab/pool_workqueue/objects
}

workqueues_are() {
	(($(workqueues) == $1))
}

left_over() {
	grep -oE '^(producer|consumer|fifo)' /proc/modules || true
	find /dev /sys/class/misc -name 'fifo*'
	at_work
}

# each_fails WHAT OPERATION…: an operation of fail-nth.
each_fails() {
	local what=$1 before failed swallowed errors began=$SECONDS

	before=$(workqueues)
	if ! fail-nth "${@:2}" >/run/failed 2>/run/output; then
		fail "$what" "$(</run/output)"
		rmmod consumer producer fifo 2>/dev/null || true
		return
	fi
	read -r failed swallowed errors </run/failed
	note "$what: $((SECONDS - began)) s"
	is "$errors" ENOMEM "$what: $failed allocations failed it, $swallowed more failed and did no harm"
	ok "$what: no workqueue is left" wait_for 5 workqueues_are "$before"
}

# upto N: 0,1,2, … N-1.
upto() {
	seq -s , 0 $(($1 - 1))
}

sizes="size=2,4,8"
clients="queue=$(upto "$queues") context=$contexts rate=max count=50 log=off"

try_loads() {
	local fifo="fifo $sizes engine=$engines,${engines##*,}"

	each_fails "loading fifo, $1" load 0 50 \
		"$fifo overflow=block,drop-newest,drop-oldest" "producer $clients" "consumer $clients"
	each_fails "loading a producer, $1" load 1 50 "$fifo" "producer $clients item=A,B" "consumer $clients"
	each_fails "loading a consumer, $1" load 1 50 "$fifo" "consumer $clients" "producer $clients"
	is "$(left_over)" "" "$1: nothing is left"
}

# A producer of processes puts as many items as it found at the load.
try_census() {
	each_fails "loading a producer of processes, $1" load 1 0 \
		"fifo size=1024" "producer uid=0 rate=max log=off" "consumer rate=max log=off"
	is "$(left_over)" "" "$1: nothing is left"
}

try_files() {
	load fifo
	load producer rate=5
	each_fails "opening /dev/fifo0, $1" open /dev/fifo0
	each_fails "reading a counter, $1" read /sys/class/misc/fifo0/put
	each_fails "reading a rate, $1" read /sys/module/producer/parameters/rate
	each_fails "writing a rate, $1" write /sys/module/producer/parameters/rate $'7\n'
	unload producer fifo
}

SCRIPT
)

failslab_guest <<'GUEST'
fail_objects
try_loads objects
try_census objects
try_files objects
GUEST

# Files need no whole pages.
failslab_guest <<'GUEST'
fail_pages
try_loads pages
try_census pages
GUEST

# Under load, in any process.
failslab_guest <<'GUEST'
fail_objects
echo -1 >$faults/failslab/times
storm "allocations fail" lean faults client=3 fifo read=2 rate=2 open=3
GUEST
