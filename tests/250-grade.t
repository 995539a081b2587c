#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# scripts/grade gives a good solution of the lab its points, takes from each broken one of
# tests/grade/ just those that its patch names, leaves unusual ones theirs, and gives hostile ones a
# verdict. The solution is the skeleton of docs/lab with solution.patch; the others are patches to
# that.
#
#	FIFO_GRADED	what is graded, with commas: names of patches, solution, ours (this
#			tree), paused (the solution, on machines that stand still), or all
#			(sleeps-in-down,numbers,panics,paused)
#	FIFO_GRADED_ON	what they are judged on: all, or few, the criteria that they lose and
#			two others, without those that need the debug kernel (few)

# measures time
. "${0%/*}/lib/host.sh"
. "$root/tests/lib/lab.sh"
packages_need git

# solution NAME: sets tree, the solution with the patch of that name.
solution() {
	tree=$scratch_dir/$1
	if [[ $1 == solution ]]; then
		lab_solution "$tree"
	else
		lab_solution "$tree" "$1"
	fi
}

# chosen NAME…: sets only, the options that have these judged and two others, or all of them.
chosen() {
	only=()
	[[ ${FIFO_GRADED_ON:-few} == all ]] || only=(--only "$(printf '%s\n' "$@" | without_checked | tr '\n' ,)builds,in-use")
}

# Lines but those that name a criterion of the debug kernel, which takes minutes to build.
without_checked() {
	grep -vxE 'memory|timers|locks' || true
}

# grade_it NAME WANT MAY [OPTION…]: grades tree, and compares what it loses: all of WANT, and
# nothing else but what it may lose where the machine is not quick.
grade_it() {
	local status=0 want got

	want=$(tr ' ' '\n' <<<"$2" | sort | xargs)
	"$root/scripts/grade" "${@:4}" --json "$scratch_dir/$1.json" "$tree" >"$scratch_dir/$1.out" 2>&1 || status=$?
	got=$(lab_lost "$scratch_dir/$1.json" | tr ' ' '\n' | { grep -vxF "$(tr ' ' '\n' <<<"${3:-none}")" || true; } | sort | xargs)
	is "$got" "$want" "$1 loses: ${want:-nothing}"
	[[ $got == "$want" ]] || diag "$(<"$scratch_dir/$1.out")"
	is "$status" "$((${#want} > 0))" "$1: the exit status"
	printf '# %s: %s s\n' "$1" "$(lab_report "$scratch_dir/$1.json" '[report["seconds"]]')"
}

grade_ours() {
	tree=$scratch_dir/ours
	mkdir "$tree"
	git -C "$root" ls-files -z | (cd "$root" && xargs -0 cp --parents -t "$tree")
	chosen order full empty
	grade_it ours '' '' --put fifo_put_many --get fifo_get_many --many "${only[@]}"
}

grade_solution() {
	solution solution
	chosen order full empty
	grade_it solution '' '' "${only[@]}"
}

grade_broken() {
	local loses seen may file=$grades/$2/$1.patch
	local -a options

	solution "$1"
	loses=$(sed -n 's/^loses: //p' "$file")
	[[ ${FIFO_GRADED_ON:-few} == all ]] || loses=$(tr ' ' '\n' <<<"$loses" | without_checked | xargs)
	seen=$(sed -n 's/^seen in: //p' "$file")
	may=$(sed -n 's/^may lose: //p' "$file")
	IFS=, read -ra options <<<"$(sed -n 's/^options: //p' "$file")"
	# shellcheck disable=SC2086 # each word is one
	chosen $loses $seen
	grade_it "$1" "$loses" "$may" "${only[@]}" "${options[@]}"
}

# The solution again, on machines that stand still for longer than the kernel's watchdogs like, as
# if this machine had no processor for them: that is no fault of a solution.
grade_paused() {
	local status=0 grader

	solution solution
	"$root/scripts/grade" --only produce-100,unload-busy,together,left,log --json "$scratch_dir/paused.json" "$tree" >"$scratch_dir/paused.out" 2>&1 &
	grader=$!
	pause_machines "$grader" 25 >"$scratch_dir/stopped"
	wait "$grader" || status=$?
	is "$status $(lab_lost "$scratch_dir/paused.json")" "0 " "a machine that stands still costs a solution nothing" ||
		diag "$(<"$scratch_dir/paused.out")"
	is "$(($(wc -l <"$scratch_dir/stopped") > 1))" 1 "machines have stood still"
}

# pause_machines GRADER SECONDS: until it ends. Each of its first machines stands still once, when it
# has been at work for some seconds; that which only has its clock looked at is not among them.
pause_machines() {
	local machine seen=' ' n=0
	local -a pausing=()

	while [[ -e /proc/$1 ]]; do
		for machine in $(children "$1"); do
			if [[ $seen == *" $machine "* ]] || ! grep -qsa isa-serial "/proc/$machine/cmdline"; then
				continue
			fi
			seen+="$machine "
			n=$((n + 1))
			if ((n > 1 && n < 5)); then
				pause_machine "$machine" "$2" &
				pausing+=("$!")
			fi
		done
		sleep 0.2
	done
	wait "${pausing[@]}"
}

# children PID
children() {
	cat /proc/[0-9]*/stat 2>/dev/null |
		awk -v parent="$1" '{ pid = $1; sub(/.*\) [A-Za-z] /, ""); if ($1 == parent) print pid }'
}

pause_machine() {
	sleep 6
	kill -STOP "$1" 2>/dev/null || return 0
	echo "$1"
	sleep "$2"
	kill -CONT "$1" 2>/dev/null || true
}

# A hostile one has a verdict, not all points, and a sentence that says why.
grade_hostile() {
	local file=$scratch_dir/$1.json

	solution "$1"
	"$root/scripts/grade" --only order,full --json "$file" "$tree" >"$scratch_dir/$1.out" 2>&1 || true
	is "$(lab_report "$file" '[report["most"], report["points"] < report["most"]]')" "9 True" "$1 loses points" ||
		diag "$(<"$scratch_dir/$1.out")"
	is "$(lab_report "$file" '[report["seconds"] < 300]')" True "$1 is told within five minutes"
	is "$(lab_report "$file" '[all(row["holds"] or row["words"] for row in rows)]')" True "$1 is told why"
	printf '# %s: %s s, %s\n' "$1" "$(lab_report "$file" '[report["seconds"]]')" \
		"$(lab_report "$file" '[row["words"] for row in rows if not row["holds"]][:1]')"
}

names() {
	if [[ ${FIFO_GRADED-} == all ]]; then
		echo solution ours paused
		find "$grades"/{broken,unusual,hostile} -name '*.patch' -printf '%f\n' | sed 's/\.patch$//' | sort
	else
		tr , '\n' <<<"${FIFO_GRADED:-sleeps-in-down,numbers,panics,paused}"
	fi
}

# What it makes of what it has seen.
while IFS= read -r line; do
	test_result "${line%% - *}" "${line#* - }"
done < <(python3 -B "$grades/judging.py" || echo "not ok - judging.py has come to its end")

for name in $(names); do
	if [[ $name == solution || $name == ours || $name == paused ]]; then
		"grade_$name"
	elif [[ -e $grades/broken/$name.patch ]]; then
		grade_broken "$name" broken
	elif [[ -e $grades/unusual/$name.patch ]]; then
		grade_broken "$name" unusual
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
is "$(lab_report "$scratch_dir/results.json" '[report["score"], len(report["tests"]), sorted(report["tests"][0])]')" \
	"0 26 ['max_score', 'name', 'output', 'score', 'status', 'visibility']" "results.json is as Gradescope reads it"
is "$(python3 -c 'import sys, xml.dom.minidom as m; print(len(m.parse(sys.argv[1]).getElementsByTagName("failure")))' "$scratch_dir/junit.xml")" \
	26 "JUnit's XML has a failure for each lost criterion"

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
refuses "--fifo-params size: must be parameters and values, as size=32" --fifo-params size /tmp
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
