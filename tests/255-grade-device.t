#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# scripts/grade judges a lab of another shape: items are lines of a device, a file in /proc counts
# them, and parameters have names of their own.

# measures time
. "${0%/*}/lib/host.sh"
. "$root/tests/lib/lab.sh"
tree=$scratch_dir/tree
options=(--device lab --stats lab --item-param word --rate-param speed
	--only "builds,produce-10,two,unload-full,device,stats")

# grade [NAME]: with the patch of that name. Sets status, lost, and words, why.
grade() {
	lab_solution "$tree" successor "$@"
	status=0
	"$root/scripts/grade" "${options[@]}" --json "$scratch_dir/json" "$tree" >"$scratch_dir/out" 2>&1 || status=$?
	lost=$(lab_lost "$scratch_dir/json")
	words=$(lab_report "$scratch_dir/json" '["\n".join(row["words"] for row in rows if not row["holds"])]')
}

grade
is "$status $lost" "0 " "a solution loses nothing" || diag "$(<"$scratch_dir/out")"
options=("${options[@]:0:8}" --only "device,stats")
for name in last-first read-ends counts-calls; do
	grade "$name"
	is "$status $lost" "1 $(sed -n 's/^loses: //p' "$grades/successor/$name.patch")" "$name loses what it must" ||
		diag "$(<"$scratch_dir/out")"
	is "$(grep -cE "$(sed -n 's/^told: //p' "$grades/successor/$name.patch")" <<<"$words")" 1 "and is told why" || diag "$words"
done

lab_refuses grade "--device ../etc/passwd: must be a name below /dev" --device ../etc/passwd "$tree"
lab_refuses grade "--stats /proc/lab: must be a name below /proc" --stats /proc/lab "$tree"
lab_refuses grade "--rate-param a=b: must be the name of a parameter" --rate-param a=b "$tree"
lab_refuses grade "the criterion device needs --device NAME" --only device "$tree"
lab_refuses grade "the criterion stats needs --device NAME and --stats NAME" --only stats --device lab "$tree"
options=(--rate-param hertz --only builds)
grade
is "$(sort -u <<<"$words")" "producer.ko has no parameter hertz, which --rate-param names: it has speed, word" "a parameter that is not there is named"
