#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The memory of an instance is bounded, beside its queue of works or its thread, and does not
# grow with the number of possible processors. 1024 instances load, run and unload in each
# context.

. "${0%/*}/lib/host.sh"

guest_prepare_vm
config=$(dirname "$(readlink "$FIFO_VM/vmlinuz")")/build/.config
! grep -qsxE 'CONFIG_NR_CPUS=[0-9]{1,2}' "$config" ||
	skip_all "this kernel has room for few processors only"

# Possible processors, of which the kernel starts two.
run_guest --timeout 300 --cpus 128 --append maxcpus=2 <<'GUEST'
instances=1024

possible=$(</sys/devices/system/cpu/possible)
note "possible processors: $possible"
if ((${possible#*-} < 100)); then
	skip 1 "this kernel has no room for so many processors"
	exit
fi

# The kernel memory that is taken, in kB, once slabs have given back their unused pages.
kernel_kb() {
	local cache

	sleep 1
	for cache in /sys/kernel/slab/*/shrink; do
		[[ ! -w $cache ]] || echo 1 >"$cache"
	done
	awk '/^(SUnreclaim|VmallocUsed|Percpu):/ { n += $2 } END { print n }' /proc/meminfo
}

# take N: set taken to the kB of kernel memory with N instances, each of which has put an item.
take() {
	local took

	load fifo size=4 engine=waitqueue overflow=drop-newest
	took=$(time_us insmod /modules/producer.ko instances="$1" rate=1 log=off context="$context")
	ok "$context: $1 instances, loaded in $((took / 1000)) ms, each put an item" wait_for 60 all_put "$1"
	taken=$(kernel_kb)
	took=$(time_us rmmod producer)
	note "$context: unloaded in $((took / 1000)) ms"
	unload fifo
}

# All have the same rate.
all_put() {
	(($(</sys/class/misc/fifo0/put) >= $1))
}

declare -A bytes
for context in work kthread timer; do
	take 1
	one=$taken
	take $instances
	bytes[$context]=$(((taken - one) * 1024 / (instances - 1)))
	note "$context: ${bytes[$context]} bytes for an instance"
done
if ((slow == 1)); then
	# A timer is a part of its instance.
	le "${bytes[timer]}" 2048 "the bytes that an instance takes are bounded"
else
	skip 1 "this kernel puts more around each object than is in it"
fi
le "${bytes[work]}" 32768 "and those with its queue of works"

# Each instance has its own workqueue: waiting ones keep none from running.
load fifo size=4
load producer instances=8 rate=max log=off context=work
load consumer rate=max log=off context=work
got() {
	(($(</sys/class/misc/fifo0/got) >= 100))
}
ok "a consumer gets items while eight producers wait" wait_for 20 got
unload producer consumer fifo
GUEST
