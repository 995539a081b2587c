#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The KUnit suites of fifo.ko's functions. They need a kernel with KUnit, which
# the kernels built here have: scripts/test --kernel debug.

. "${0%/*}/lib/host.sh"

run_guest --timeout 200 --memory 1024 --append kunit.enable=1 <<'GUEST'
if [[ ! -e /modules/fifo_unit.ko ]]; then
	skip 1 "this kernel has no KUnit: use --kernel debug"
	exit
fi

load fifo_unit
for suite in fifo_schedule fifo_entry fifo_command fifo_queue; do
	results=/sys/kernel/debug/kunit/$suite/results
	ok "the suite $suite has results" grep -q ok $results
	while read -r line; do
		case $line in
		"ok "[0-9]*) pass "$suite: ${line#ok [0-9]* }" ;;
		"not ok "[0-9]*) fail "$suite: ${line#not ok [0-9]* }" "$(grep -B 8 -F "$line" $results)" ;;
		esac
	done < <(tr -d '\r' <$results | sed -n 's/^  *\(\(not \)\{0,1\}ok .*\)/\1/p')
done
unload fifo_unit
GUEST
