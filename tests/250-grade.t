#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# scripts/grade gives a good solution of the lab its points, takes from each broken one of
# tests/grade/ just those that its patch names, and gives hostile ones a verdict. The solution
# is the skeleton of docs/lab with solution.patch; the others are patches to that.
#
#	FIFO_GRADED	what is graded, with commas: names of patches, solution, ours (this
#			tree), or all (sleeps-in-down,panics)
#	FIFO_GRADED_ON	what they are judged on: all, or few, the criteria that they lose and
#			two others (few)

# measures time
. "${0%/*}/lib/host.sh"

[[ $(host_arch) == amd64 ]] || skip_all "the virtual machine of scripts/grade is x86-64"
packages_need python3 bubblewrap patch git
guest_prepare_vm
case $(readlink "$FIFO_VM/vmlinuz") in
*-debug-*/vmlinuz | *-kcsan-*/vmlinuz | *-gcov-*/vmlinuz) skip_all "on a kernel with checks, rates are not kept" ;;
esac
! uml_is "$(readlink "$FIFO_VM/vmlinuz")" || skip_all "User-Mode Linux has no kprobes"
scratch
chmod 755 "$scratch_dir"
grades=$root/tests/grade

# solution NAME: sets tree, the solution with the patch of that name.
solution() {
	tree=$scratch_dir/$1
	cp -r "$root/docs/lab/skeleton" "$tree"
	patch --quiet -d "$tree" -p1 <"$grades/solution.patch"
	[[ $1 == solution ]] || patch --quiet -d "$tree" -p1 <"$(echo "$grades"/*/"$1".patch)"
}

# field EXPRESSION FILE: of the JSON that --json has written, as Python's print shows it.
field() {
	python3 -c 'import json, sys; report = json.load(open(sys.argv[2])); print(*eval(sys.argv[1]))' "$1" "$2"
}

lost() {
	field '[row["name"] for row in report["criteria"] if not row["holds"]]' "$1"
}

# chosen NAME…: sets only, the options that have these judged and two others, or all of them.
chosen() {
	only=()
	[[ ${FIFO_GRADED_ON:-few} == all ]] || only=(--only "$(printf '%s,' "$@")builds,in-use")
}

# grade_it NAME WANT [OPTION…]: grades tree, and compares what it loses.
grade_it() {
	local status=0 want

	want=$(tr ' ' '\n' <<<"$2" | sort | xargs)
	"$root/scripts/grade" "${@:3}" --json "$scratch_dir/$1.json" "$tree" >"$scratch_dir/$1.out" 2>&1 || status=$?
	if ! is "$(lost "$scratch_dir/$1.json" | tr ' ' '\n' | sort | xargs)" "$want" "$1 loses: ${want:-nothing}" ||
		[[ $(lost "$scratch_dir/$1.json" | wc -w) != $(wc -w <<<"$want") ]]; then
		diag "$(<"$scratch_dir/$1.out")"
	fi
	is "$status" "$((${#want} > 0))" "$1: the exit status"
	printf '# %s: %s s\n' "$1" "$(field '[report["seconds"]]' "$scratch_dir/$1.json")"
}

grade_ours() {
	tree=$scratch_dir/ours
	mkdir "$tree"
	git -C "$root" ls-files -z | (cd "$root" && xargs -0 cp --parents -t "$tree")
	chosen order full empty
	grade_it ours '' --put fifo_put_many --get fifo_get_many --many "${only[@]}"
}

grade_solution() {
	solution solution
	chosen order full empty
	grade_it solution '' "${only[@]}"
}

grade_broken() {
	local loses seen

	solution "$1"
	loses=$(sed -n 's/^loses: //p' "$grades/broken/$1.patch")
	seen=$(sed -n 's/^seen in: //p' "$grades/broken/$1.patch")
	# shellcheck disable=SC2086 # each word is one
	chosen $loses $seen
	grade_it "$1" "$loses" "${only[@]}"
}

# A hostile one has a verdict, not all points, and a sentence that says why.
grade_hostile() {
	local file=$scratch_dir/$1.json

	solution "$1"
	"$root/scripts/grade" --only order,full --json "$file" "$tree" >"$scratch_dir/$1.out" 2>&1 || true
	is "$(field '[report["most"], report["points"] < report["most"]]' "$file")" "11 True" "$1 loses points" ||
		diag "$(<"$scratch_dir/$1.out")"
	is "$(field '[all(row["holds"] or row["words"] for row in report["criteria"])]' "$file")" True "$1 is told why"
	printf '# %s: %s s, %s\n' "$1" "$(field '[report["seconds"]]' "$file")" \
		"$(field '[row["words"] for row in report["criteria"] if not row["holds"]][:1]' "$file")"
}

names() {
	if [[ ${FIFO_GRADED-} == all ]]; then
		echo solution ours
		find "$grades"/*/ -name '*.patch' -printf '%f\n' | sed 's/\.patch$//' | sort
	else
		tr , '\n' <<<"${FIFO_GRADED:-sleeps-in-down,panics}"
	fi
}

for name in $(names); do
	if [[ $name == solution || $name == ours ]]; then
		"grade_$name"
	elif [[ -e $grades/broken/$name.patch ]]; then
		grade_broken "$name"
	elif [[ -e $grades/hostile/$name.patch ]]; then
		grade_hostile "$name"
	else
		die "FIFO_GRADED=$FIFO_GRADED: no $name in tests/grade"
	fi
done

# --- reports, of submissions that do not build ------------------------------------

mkdir -p "$scratch_dir"/class/{anna,ben}
echo 'all: ; exit 3' >"$scratch_dir/class/ben/Makefile"

# grade_class: grades all, and prints the names in the table.
grade_class() {
	"$root/scripts/grade" --class "$scratch_dir/class" 2>"$scratch_dir/said" >/dev/null || fail "a class is graded" "$(<"$scratch_dir/said")"
	cut -d , -f 1-3 "$scratch_dir/class/grades.csv" | xargs
}

is "$(grade_class)" "submission,points,most anna,0,100 ben,0,100" "a class has a row for each submission"
mkdir "$scratch_dir/class/carl"
is "$(grade_class)" "submission,points,most anna,0,100 ben,0,100 carl,0,100" "a class goes on"
is "$(grep '^==' "$scratch_dir/said")" "== carl" "no submission is graded twice"
"$root/scripts/grade" --gradescope "$scratch_dir/results.json" --junit "$scratch_dir/junit.xml" "$scratch_dir/class/ben" >/dev/null 2>&1 || true
is "$(field '[report["score"], len(report["tests"]), sorted(report["tests"][0])]' "$scratch_dir/results.json")" \
	"0 22 ['max_score', 'name', 'output', 'score', 'status', 'visibility']" "results.json is as Gradescope reads it"
is "$(python3 -c 'import sys, xml.dom.minidom as m; print(len(m.parse(sys.argv[1]).getElementsByTagName("failure")))' "$scratch_dir/junit.xml")" \
	22 "JUnit's XML has a failure for each lost criterion"

# --- the command line ----------------------------------------------------------

# refuses WANT OPTION…
refuses() {
	local said status=0

	said=$("$root/scripts/grade" "${@:2}" 2>&1) || status=$?
	is "$status: $said" "2: grade: $1" "it refuses: ${*:2}"
}

refuses "name the directory of a submission, or --class DIR (see --help)"
refuses "/nowhere is no directory" /nowhere
refuses "unknown option --wrong (--help lists them)" --wrong 1
refuses "--cycles 0: must be a whole number from 1 to 1000" --cycles 0 /tmp
refuses "--fifo queue: must be the path of a module in the directory, as lab/queue.ko" --fifo queue /tmp
printf 'speed 5 hints.md#rates fast\n' >"$scratch_dir/criteria"
is "$("$root/scripts/grade" --criteria "$scratch_dir/criteria" /tmp 2>&1 | grep -c 'no criterion speed: must be one of builds')" 1 \
	"it refuses a table with a criterion that it does not know"

# Each criterion of the table has a hint.
while read -r name _; do
	"$root/scripts/grade" --explain "$name"
done < <(grep "^[^#]" "$root/docs/lab/criteria") >"$scratch_dir/hints"
is "$(grep -c '^[a-z0-9-]*: ' "$scratch_dir/hints") $(awk '/^[a-z0-9-]*: / { if (n == 1) print; n = 0 } NF { n++ }' "$scratch_dir/hints")" \
	"$(grep -c '^[^#]' "$root/docs/lab/criteria") " "--explain has a hint for each criterion"
