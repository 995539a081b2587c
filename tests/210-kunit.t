#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The KUnit suites of fifo.ko's functions. They need a kernel with KUnit, as those that
# are built here: scripts/test --kernel debug.

. "${0%/*}/lib/host.sh"

guest_prepare_vm
grep -qsx CONFIG_KUNIT=y "$(dirname "$(readlink "$FIFO_VM/vmlinuz")")/fragments" ||
	skip_all "this kernel has no KUnit: use --kernel debug"

# KUnit's debugfs truncates the log of a suite, the verdict first: so read the kernel's log.
run_guest --timeout 200 --append kunit.enable=1 <<'GUEST'
# suite NAME: prints its lines, from its plan on.
suite() {
	awk -v name="$1" '
		$0 ~ "# Subtest: " name "$" { on = 1; next }
		on { print }
		on && $0 ~ "^(not )?ok [0-9]+ (- )?" name "$" { exit }' /run/kunit
}

dmesg_mark unit
load fifo_unit
dmesg_since unit >/run/kunit
for suite in fifo_schedule fifo_entry fifo_command fifo_wait fifo_poll fifo_worker fifo_pin fifo_batch fifo_engine fifo_sojourn fifo_queue; do
	suite $suite >/run/suite
	results=0
	while read -r line; do
		case $line in
		*"# SKIP"*) fail "$suite: ${line#*ok [0-9]* }" "it was skipped" ;;
		"ok "[0-9]*) pass "$suite: ${line#ok [0-9]* }" ;;
		"not ok "[0-9]*) fail "$suite: ${line#not ok [0-9]* }" "$(grep -B 20 -F "$line" /run/suite)" ;;
		*) continue ;;
		esac
		results=$((results + 1))
	done < <(sed -n 's/^  *\(\(not \)\{0,1\}ok .*\)/\1/p' /run/suite)
	is "1..$results" "$(grep -oE -m 1 '1\.\.[0-9]+$' /run/suite)" "$suite: all of its cases have run"
	like "$(tail -n 1 /run/suite)" "^ok [0-9]+ (- )?$suite\$" "$suite passes"
done
unload fifo_unit
GUEST
