#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Everything that can happen to the modules from outside, at random and at the same
# time: loads and unloads, reads, writes, CPU hotplug, lack of memory, and signals to
# the tasks that do this. Afterwards every item is accounted for, and everything can be
# unloaded.
#
#	FIFO_STORM_SECONDS	how long each storm lasts (10)
#	FIFO_STORM_SEED		of all random choices (a new one)

. "${0%/*}/lib/host.sh"
. "${0%/*}/lib/storm.sh"

# storms [OPTION VALUE]… <STORMS: runs the storms in one guest.
storms() {
	run_guest --timeout $((seconds * 4 + 240)) "$@" <<-GUEST
		$storm_guest
		$(cat)
	GUEST
}

storms <<'GUEST'
storm "clients" client=3 read=2 rate=2 kill
storm "clients, CPU 1" client=3 read rate=2 cpu
GUEST

# A load of a client while fifo is unloaded does not find its symbols; one that is killed while
# it waits for fifo to be loaded finds it busy. The kernel logs both.
storms --allow 'Unknown symbol \w+ \(err -(2|16)\)' <<'GUEST'
storm "fifo" client=3 fifo=2 read=2 rate open=4
GUEST

storms --cpus 4 <<'GUEST'
storm "four CPUs" client=4 read rate=2 cpu=2
GUEST

# The kernel must kill only the eaters of memory. It reports each of these kills, and failed
# allocations.
storms --memory 320 \
	--allow 'Call Trace:|allocation failure|vmalloc error|Unknown symbol \w+ \(err -(2|16)\)' <<'GUEST'
echo -1000 >/proc/self/oom_score_adj
storm "memory" lean client=2 fifo read rate open memory=2
GUEST
