#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# scripts/cse330 --grade gives a solution of the project all points, takes from each broken one of
# tests/grade/cse330 just those that its patch names, and has a verdict for what does not build.
#
#	FIFO_GRADED_ON	the criteria that they are judged on: all, or few, those of two test
#			cases, without a thousand processes (few)

# measures time
. "${0%/*}/lib/host.sh"
. "$root/tests/lib/lab.sh"
grades+=/cse330
few=case1-items,case1-exit,case3-items,case3-time,case3-exit,left
only=()
[[ ${FIFO_GRADED_ON:-few} == all ]] || only=(--only "$few")

# grade FILE OPTION…: sets status, and said; writes FILE.json.
grade() {
	status=0
	said=$("$root/scripts/cse330" --grade "$@" --json "$1.json" 2>&1) || status=$?
}

# words FILE NAME: why.
words() {
	lab_report "$1.json" "[row['words'] for row in rows if row['name'] == '$2']"
}

# judged NAME…: those of these names that are judged.
judged() {
	printf '%s\n' "$@" | grep -xE "$([[ ${#only[@]} == 0 ]] && echo '.*' || echo "${few//,/|}")" | sort | xargs
}

tree=$scratch_dir/tree
mkdir "$tree"
source=$tree/producer_consumer.c
for name in solution hangs-at-rmmod wrong-total; do
	cp "$grades/producer_consumer.c" "$source"
	want=''
	if [[ $name != solution ]]; then
		patch --quiet -d "$tree" -p1 <"$grades/$name.patch"
		# shellcheck disable=SC2046 # each word is a name
		want=$(judged $(sed -n 's/^loses: //p' "$grades/$name.patch"))
	fi
	grade "$source" "${only[@]}"
	is "$status: $(lab_lost "$source.json")" "$((${#want} > 0)): $want" "$name loses: ${want:-nothing}" || diag "$said"
	[[ $name != hangs-at-rmmod ]] || is "$(words "$source" case1-exit | grep -o 'it waits in kthread_stop() for the thread to end')" \
		"it waits in kthread_stop() for the thread to end" "it is told what hangs"
done

# --- what does not build, and other names ------------------------------------------------

echo 'int x = ;' >"$scratch_dir/wrong.c"
grade "$scratch_dir/wrong.c"
is "$status $(lab_lost "$scratch_dir/wrong.c.json" | wc -w) $(words "$scratch_dir/wrong.c" builds | grep -o 'make failed: .*wrong.c.*error')" \
	"1 19 make failed: wrong.c:1:9: error" "a file that does not compile has a verdict"

sed 's/module_param(buff_size,/module_param_named(slots, buff_size,/; s/module_param(prod,/module_param_named(left, prod,/' \
	"$grades/producer_consumer.c" >"$scratch_dir/names.c"
grade "$scratch_dir/names.c" --only case2-items,case2-exit
is "$status $(words "$scratch_dir/names.c" case2-items)" \
	"1 which parameter is BUFFER is not clear: the module has cons, left, slots, uuid; name all with --parameters BUFFER,PRODUCERS,CONSUMERS,UID" \
	"parameters with other names are asked for"
grade "$scratch_dir/names.c" --only case2-items,case2-exit --parameters slots,left,cons,uuid
is "$status $(lab_lost "$scratch_dir/names.c.json")" "0 " "and can be named" || diag "$said"

lab_refuses cse330 "/nowhere/project.c is no file" --grade /nowhere/project.c
lab_refuses cse330 "/etc/passwd: must be a file in C, of letters, digits, - and _, such as producer_consumer.c" --grade /etc/passwd
lab_refuses cse330 "/tmp: --grade grades one file, /nowhere/project.c" --grade /nowhere/project.c /tmp
lab_refuses cse330 "--parameters a,b: must be four names with commas, for BUFFER,PRODUCERS,CONSUMERS,UID" --grade /nowhere/project.c --parameters a,b
while read -r name _; do
	"$root/scripts/cse330" --grade "$grades/producer_consumer.c" --explain "$name"
done < <(grep "^[^#]" "$root/docs/lab/cse330") >"$scratch_dir/hints"
is "$(grep -c '^[a-z0-9-]*: ' "$scratch_dir/hints") $(awk '/^[a-z0-9-]*: / { if (n == 1) print; n = 0 } NF { n++ }' "$scratch_dir/hints")" \
	"$(grep -c '^[^#]' "$root/docs/lab/cse330") " "--explain has a hint for each criterion"
