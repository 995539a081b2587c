#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The memory of an instance does not grow with the number of possible processors: it has
# one queue of works, not one for each processor.

. "${0%/*}/lib/host.sh"

# Possible processors, of which the kernel starts two.
run_guest --timeout 200 --cpus 128 --append maxcpus=2 --memory 1024 <<'GUEST'
instances=1024

# The free memory of the machine, in kB.
free_kb() {
	awk '/^MemFree:|^Cached:/ { n += $2 } END { print n }' /proc/meminfo
}

possible=$(</sys/devices/system/cpu/possible)
note "possible processors: $possible"
if ((${possible#*-} < 100)); then
	skip 1 "this kernel has no room for so many processors"
	exit
fi
load fifo size=4
# The first load makes what exists only once.
load producer instances=8 rate=0.001 log=off
unload producer
before=$(free_kb)
took=$(time_us insmod /modules/producer.ko instances=$instances rate=0.001 log=off context=work)
taken=$(((before - $(free_kb)) / instances))
note "$instances instances: $taken kB each, loaded in $((took / 1000)) ms"
le "$taken" 32 "an instance takes no more than so many kB"
unload producer

# Each instance has its own workqueue: waiting ones keep none from running.
load producer instances=8 rate=max log=off context=work
load consumer rate=max log=off context=work
got() {
	(($(</sys/class/misc/fifo0/got) >= 100))
}
ok "a consumer gets items while eight producers wait" wait_for 20 got
unload producer consumer fifo
GUEST
