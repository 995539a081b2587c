#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# scripts/grade judges a lab of another shape: items are lines of a device, a file in /proc counts
# them, and parameters have names of their own.

# measures time
. "${0%/*}/lib/host.sh"

[[ $(host_arch) == amd64 ]] || skip_all "the virtual machine of scripts/grade is x86-64"
packages_need python3 bubblewrap patch
guest_prepare_vm
kernel=$(readlink "$FIFO_VM/vmlinuz")
! uml_is "$kernel" || skip_all "User-Mode Linux has no kprobes"
[[ $(kernel_slowness) == 1 ]] || skip_all "on a kernel with checks, rates are not kept"
scratch
chmod 755 "$scratch_dir"
grades=$root/tests/grade
tree=$scratch_dir/tree
options=(--device lab --stats lab --item-param word --rate-param speed
	--only "builds,produce-10,two,unload-full,device,stats")

# grade NAME: with the patch of that name. Sets status, lost, and words, why.
grade() {
	local patch

	rm -rf "$tree"
	cp -r "$root/docs/lab/skeleton" "$tree"
	for patch in solution.patch successor/successor.patch ${1:+"successor/$1.patch"}; do
		patch --quiet -d "$tree" -p1 <"$grades/$patch"
	done
	status=0
	"$root/scripts/grade" "${options[@]}" --json "$scratch_dir/json" "$tree" >"$scratch_dir/out" 2>&1 || status=$?
	lost=$(report '[row["name"] for row in rows if not row["holds"]]')
	words=$(report '[row["words"] for row in rows if not row["holds"]]')
}

report() {
	python3 -c 'import json, sys; rows = json.load(open(sys.argv[1]))["criteria"]; print(*eval(sys.argv[2]), sep="\n")' "$scratch_dir/json" "$1"
}

grade ''
is "$status $lost" "0 " "a solution loses nothing" || diag "$(<"$scratch_dir/out")"
options=("${options[@]:0:8}" --only "device,stats")
for name in last-first read-ends counts-calls; do
	grade "$name"
	is "$status $(xargs <<<"$lost")" "1 $(sed -n 's/^loses: //p' "$grades/successor/$name.patch")" "$name loses what it must" ||
		diag "$(<"$scratch_dir/out")"
	is "$(grep -cE "$(sed -n 's/^told: //p' "$grades/successor/$name.patch")" <<<"$words")" 1 "and is told why" || diag "$words"
done

# refuses WANT OPTION…
refuses() {
	local status=0 said

	said=$("$root/scripts/grade" "${@:2}" "$tree" 2>&1) || status=$?
	is "$status: $said" "2: grade: $1" "it refuses: ${*:2}"
}

refuses "--device ../etc/passwd: must be a name below /dev" --device ../etc/passwd
refuses "--stats /proc/lab: must be a name below /proc" --stats /proc/lab
refuses "--rate-param a=b: must be the name of a parameter" --rate-param a=b
refuses "the criterion device needs --device NAME" --only device
refuses "the criterion stats needs --device NAME and --stats NAME" --only stats --device lab
options=(--rate-param hertz --only builds)
grade ''
is "$(sort -u <<<"$words")" "producer.ko has no parameter hertz, which --rate-param names: it has speed, word" "a parameter that is not there is named"
