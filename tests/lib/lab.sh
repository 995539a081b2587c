# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Submissions for scripts/grade and scripts/cse330 --grade, and what these say of them. Skips all where
# nothing can be graded.
# shellcheck disable=SC2154 # host.sh sets root and scratch_dir

[[ $(host_arch) == amd64 ]] || skip_all "the virtual machine of scripts/grade is x86-64"
packages_need python3 bubblewrap patch
guest_prepare_vm
! uml_is "$(readlink "$FIFO_VM/vmlinuz")" || skip_all "User-Mode Linux has no kprobes"
[[ $(kernel_slowness) == 1 ]] || skip_all "on a kernel with checks, rates are not kept"
scratch
chmod 755 "$scratch_dir"
grades=$root/tests/grade

# lab_solution DIRECTORY [PATCH…]: the solution of the lab, with these patches of tests/grade.
lab_solution() {
	local name

	rm -rf "$1"
	cp -r "$root/docs/lab/skeleton" "$1"
	for name in solution "${@:2}"; do
		patch --quiet -d "$1" -p1 -i "$(find "$grades" -name "$name.patch")"
	done
}

# lab_report FILE EXPRESSION: what --json or --gradescope has written, as Python's print shows it;
# rows are the criteria.
lab_report() {
	python3 -c 'import json, sys; report = json.load(open(sys.argv[1])); rows = report.get("criteria"); print(*eval(sys.argv[2]))' "$@"
}

# lab_lost FILE: the names of the criteria that are lost.
lab_lost() {
	lab_report "$1" 'sorted(row["name"] for row in rows if not row["holds"])'
}

# lab_refuses SCRIPT WANT ARGUMENT…
lab_refuses() {
	local status=0 said

	said=$("$root/scripts/$1" "${@:3}" 2>&1) || status=$?
	is "$status: $said" "2: grade: $2" "$1 refuses: ${*:3}"
}
