#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# An end of a ring queue that a process maps: what the process may do with it, for how
# long it has it, and that nothing it writes there does harm.

. "${0%/*}/lib/host.sh"

# Some cases end in SIGSEGV, of which User-Mode Linux always tells.
guest_prepare_vm
allow=()
if uml_is "$(readlink "$FIFO_VM/vmlinuz")"; then
	allow=(--allow 'mapping\[[0-9]+\]: segfault at')
fi

run_guest --timeout 120 "${allow[@]}" <<'GUEST'
queue() {
	cat "/sys/class/misc/fifo0/$1"
}

# cases NAME: one result for each of its results.
cases() {
	local line ended

	while IFS= read -r line; do
		case $line in
		'ok - '*) pass "${line#ok - }" ;;
		'ended '*) ended=${line#ended } ;;
		*) fail "$line" ;;
		esac
	done < <(
		mapping "$1" 2>&1 && status=0 || status=$?
		echo "ended $status"
	)
	is "$ended" 0 "$1: came to its end"
}

# The log must not report the cases that end in SIGSEGV.
[[ ! -e /proc/sys/debug/exception-trace ]] || echo 0 >/proc/sys/debug/exception-trace
load fifo engine=ring size=128
cases permissions
cases lifetime
cases kicks
is "$(queue mapping_errors)" 0 "nothing made no sense so far"
cases nonsense
ge "$(queue mapping_errors)" 10 "what made no sense was counted"
is "$(queue put)" $(($(queue got) + $(queue depth))) "and the ledger holds"
unload fifo

load fifo engine=semaphore,waitqueue,list,ring overflow=block,block,block,drop-oldest
for n in 0 1 2 3; do
	dmesg_mark refused
	is "$(mapping refused /dev/fifo$n)" EOPNOTSUPP "queue $n: no reader can map it"
	like "$(dmesg_since refused)" "queue $n: cannot be mapped: " "and the log says why"
done
unload fifo
GUEST
