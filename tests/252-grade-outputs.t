#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# What scripts/grade writes is as its readers want it: people, spreadsheets, Gradescope, build
# servers. A class goes on, whatever a submission is called or is made of, and where an earlier
# run has stopped. No virtual machine is booted: nothing here builds, or verdicts are made up.

. "${0%/*}/lib/host.sh"

[[ $(host_arch) == amd64 ]] || skip_all "the virtual machine of scripts/grade is x86-64"
packages_need python3 bubblewrap libxml2-utils
guest_prepare_vm
kernel=$(readlink "$FIFO_VM/vmlinuz")
! uml_is "$kernel" || skip_all "User-Mode Linux has no kprobes"
scratch
chmod 755 "$scratch_dir"
helper=(python3 -B "$root/tests/grade/outputs.py")

# --- files of one submission ----------------------------------------------------

"${helper[@]}" write "$scratch_dir"
is "$("${helper[@]}" gradescope "$scratch_dir/results.json")" "" "results.json keeps to Gradescope's specification"
is "$(xmllint --noout --schema "$root/tests/grade/junit.xsd" "$scratch_dir/junit.xml" 2>&1)" \
	"$scratch_dir/junit.xml validates" "JUnit's XML has what build servers read, and nothing else"
is "$(python3 -c 'import json, sys; print(sorted(json.load(open(sys.argv[1]))))' "$scratch_dir/grade.json")" \
	"['criteria', 'most', 'points', 'seconds']" "grade.json is JSON"
is "$(LC_ALL=C.UTF-8 grep -ac '[[:cntrl:]]' "$scratch_dir/table")" 0 "what a submission says moves no cursor"
is "$(grep -c '^  Read ' "$scratch_dir/table")" 1 "what is lost for one reason is told once"

# --- one submission ------------------------------------------------------------

mkdir "$scratch_dir/one"
names=$(sed -n 's/^\([a-z0-9-]*\) .*/\1/p' "$root/docs/lab/criteria" | xargs)

# short WORD…: without this run's directory.
short() {
	printf '%s' "${*//"$scratch_dir"\//}"
}

# grade WANT OPTION…: its status; sets said.
grade() {
	local status=0

	said=$("$root/scripts/grade" "${@:2}" 2>&1) || status=$?
	is "$status" "$1" "the exit status of scripts/grade $(short "${@:2}")" || diag "$said"
}

for option in "--json" "--json -"; do
	# shellcheck disable=SC2086 # -- and its value
	is "$("$root/scripts/grade" $option "$scratch_dir/one" 2>/dev/null | python3 -c 'import json, sys; print(json.load(sys.stdin)["points"])')" \
		0 "$option is JSON on standard output, and nothing else"
done
grade 1 "$scratch_dir/one" --json
grade 1 --gradescope "$scratch_dir/g.json" --junit "$scratch_dir/j.xml" --json "$scratch_dir/g" "$scratch_dir/one"
is "$("${helper[@]}" gradescope "$scratch_dir/g.json")" "" "--gradescope of what does not build"
is "$(xmllint --noout --schema "$root/tests/grade/junit.xsd" "$scratch_dir/j.xml" 2>&1)" "$scratch_dir/j.xml validates" "--junit likewise"
is "$(find "$scratch_dir" -name '*.new*')" "" "no file is left half written"

# --- a class -------------------------------------------------------------------

class=$scratch_dir/class
mkdir -p "$class"/{anna,.hidden,deep/lab,links,sparse,'space name','comma, "quote"',"o'neil",'=1+1',-dash,@at} \
	"$class/"$'new\nline' "$class/"$'tab\there' "$class/"$'bad\xff' "$class/$(printf 'n%.0s' {1..250})"
echo all: >"$class/deep/lab/Makefile"
printf 'all: ; @cat out root%s; exit 3\n' "$scratch_dir/secret" >"$class/links/Makefile"
echo "of the host" >"$scratch_dir/secret"
chmod 644 "$scratch_dir/secret"
ln -s ../../secret "$class/links/out"
ln -s / "$class/links/root"
echo all: >"$class/sparse/Makefile"
truncate -s 10G "$class/sparse/big"
mkfifo "$class/pipe"
ln -s /etc "$class/outside"
echo x >"$class/archive.zip"

# cells COLUMN [FILE]: of the table, with a line for each submission.
cells() {
	"${helper[@]}" cells "${2:-$class/grades.csv}" | python3 -c '
import json, sys
rows = [json.loads(line) for line in sys.stdin]
for row in rows[1:]:
	print(row[rows[0].index(sys.argv[1])])' "$1"
}

# told NAME: why it has lost its points.
told() {
	paste -d : <(cells submission) <(cells lost) | grep -F "$1:"
}

grade 0 --class "$class"
is "$(grep -c '^==' <<<"$said")" 17 "each submission is graded, and no hidden directory"
is "$(cells submission | cut -c 1-12 | LC_ALL=C sort | xargs -d '\n' printf '%s|')" \
	"$(printf '%s\n' "'-dash" "'=1+1" "'@at" anna archive.zip 'bad\udcff' 'comma, "quot' deep links 'new\nline' \
		nnnnnnnnnnnn "o'neil" outside pipe 'space name' sparse 'tab\there' | LC_ALL=C sort | xargs -d '\n' printf '%s|')" \
	"each has a row, and its name is no formula"
is "$(told anna | grep -o ': the .*')" ": the directory has no Makefile" "a directory without a Makefile"
is "$(told deep | grep -o 'no Makefile: .*')" "no Makefile: there is one in lab/, one level too deep" "one that is packed too deep"
is "$(told archive.zip | grep -o 'it is .*')" "it is a file: must be a directory" "a file"
is "$(told pipe | grep -o 'it is .*')" "it is a file: must be a directory" "a pipe"
is "$(told outside | grep -o 'it is .*')" "it is a symbolic link: must be a directory" "a link out of the class"
is "$(told sparse | grep -o 'the dir.*')" "the directory has more than 64 MB" "10 GB of nothing"
is "$(cells report | while read -r name; do [[ -s $class/grades.csv.d/$name ]] || echo "$name"; done)" "" "each has a report for its student"
is "$(grep -l 'of the host' -r "$class/grades.csv.d")" "" "a link out of a submission reads nothing of this machine"
is "$(grep -c 'No such file' "$class/grades.csv.d/links.txt")" 2 "but leads nowhere"

# --- what is missing, and what has changed ---------------------------------------

grade 0 --class "$class"
is "$(grep '^==' <<<"$said")" "" "no submission is graded twice"
mkdir "$class/carl"
mkdir "$class/space name/lab"
echo all: >"$class/space name/lab/Makefile"
touch "$class/links/Makefile"
grade 0 --class "$class"
is "$(grep '^==' <<<"$said" | xargs)" "== carl == space name" "those that are new, or have changed, are graded"
rm -r "$class/carl"
grade 0 --class "$class"
is "$(cells submission | grep -c carl)" 0 "one that is gone has no row"
sed -i 's/"holds": false/"holds": true/' "$class/grades.csv.d/o%27neil.json"
most=$(cells most | head -n 1)
full=100
sed "s/^full  *[0-9]* /full $((full + $(awk '$1 == "full" { print $2 }' "$root/docs/lab/criteria"))) /" "$root/docs/lab/criteria" >"$scratch_dir/criteria"
grade 0 --criteria "$scratch_dir/criteria" --class "$class"
is "$(grep -c '^==' <<<"$said"); $(paste -d : <(cells submission) <(cells points) <(cells most) | grep neil)" "0; o'neil:$((most + full)):$((most + full))" \
	"other points need no other try"
grade 0 --cycles 3 --csv "$scratch_dir/three.csv" --class "$class"
is "$(grep -c '^==' <<<"$said")" 17 "--csv is a table of its own"
grade 0 --cycles 4 --csv "$scratch_dir/three.csv" --class "$class"
is "$(grep -c '^==' <<<"$said")" 17 "other options need another try"
truncate -s 100 "$class/grades.csv.d/anna.json"
grade 0 --class "$class"
is "$(grep '^==' <<<"$said")" "== anna" "a record that is cut off is made again"

# --- it is stopped, and goes on ------------------------------------------------------

stopped=$scratch_dir/stopped
mkdir -p "$stopped"/{a,b,c}
for name in a c; do
	touch "$stopped/$name/file"
done
echo 'all: ; sleep 150' >"$stopped/b/Makefile"
: >"$scratch_dir/said"
"$root/scripts/grade" --class "$stopped" 2>>"$scratch_dir/said" &
grader=$!
until grep -q '^== b' "$scratch_dir/said" || [[ ! -e /proc/$grader ]]; do
	sleep 0.1
done
grade 2 --class "$stopped"
is "$said" "grade: $stopped/grades.csv: another run is grading this class" "two runs do not meet"
kill "$grader"
status=0
wait "$grader" || status=$?
is "$status $(tail -n 1 "$scratch_dir/said")" "2 grade: stopped" "it can be stopped"
is "$(cells submission "$stopped/grades.csv" | xargs)" "a" "and leaves a table of what was done"
rm "$stopped/b/Makefile"
grade 0 --class "$stopped"
is "$(grep '^==' <<<"$said" | xargs) $(cells submission "$stopped/grades.csv" | xargs)" "== b == c a b c" "the same command goes on"

# Whatever fails: the grader itself, or one of its machines.
for name in a b c; do
	echo all: >"$stopped/$name/Makefile"
done
python3 -B - "$root" "$stopped" >"$scratch_dir/said" <<'PYTHON'
import sys

sys.path.insert(0, sys.argv[1] + "/scripts/lib/grade")
from course import Course
from criteria import read_criteria
from guest import BootFailed
from options import parse
from report import Report
from verdict import Verdict

criteria = read_criteria(sys.argv[1] + "/docs/lab/criteria")


def try_one(path):
    if path.endswith("a"):
        raise BootFailed("no machine")
    if path.endswith("b"):
        raise ZeroDivisionError
    return Report(criteria, dict.fromkeys([criterion.name for criterion in criteria], Verdict(True)), 1)


options = parse(["--class", sys.argv[2], "--csv", sys.argv[2] + "/fails.csv"])
print("status", Course(options, criteria, try_one, print).run())
PYTHON
is "$(grep -E '^(status|. is not)' "$scratch_dir/said")" "a is not graded: no machine
b is not graded: the grader has failed
status 2" "what fails is named, and stops nothing"
is "$(cells submission "$stopped/fails.csv" | xargs)" "c" "and has no row, nor has another table"

# --- what it refuses --------------------------------------------------------------

# refuses WANT OPTION…
refuses() {
	local status=0

	said=$("$root/scripts/grade" "${@:2}" 2>&1) || status=$?
	is "$status: $said" "2: grade: $1" "it refuses: $(short "${@:2}")"
}

echo "my own" >"$scratch_dir/mine.csv"
mkdir "$scratch_dir/yours.csv.d"
refuses "$scratch_dir/mine.csv is no table of the grader: name another file with --csv" --csv "$scratch_dir/mine.csv" --class "$stopped"
is "$(<"$scratch_dir/mine.csv")" "my own" "and leaves it as it is"
refuses "$scratch_dir/yours.csv.d is not of the grader: name another file than $scratch_dir/yours.csv with --csv" \
	--csv "$scratch_dir/yours.csv" --class "$stopped"
refuses "--csv is for --class" --csv x "$stopped"
refuses "--json is for one submission: with --class, the reports are beside the table" --json x --class "$stopped"
refuses "--junit /nowhere/x: there is no directory /nowhere" --junit /nowhere/x "$stopped"
refuses "--gradescope /tmp: must be a file, is a directory" --gradescope /tmp "$stopped"
refuses "only one of --json, --gradescope and --junit may be -, standard output" --json - --junit - "$stopped"
refuses "--sandbox none: must be one of bwrap, user" --sandbox none "$stopped"
refuses "--only full,,empty: no criterion without a name: must be of $names" \
	--only full,,empty "$stopped"

# table WANT LINE…: a table of criteria with these lines.
table() {
	printf '%s\n' "${@:2}" >"$scratch_dir/criteria"
	said=$(cd "$scratch_dir" && "$root/scripts/grade" --criteria criteria "$stopped/a" 2>&1) || true
	is "$said" "grade: criteria${1:+$1}" "a table is refused: ${1#:?: }"
}

table ":1: must be a name, points, a page and a text" "full 5 hints.md#full"
table ":2: full is there for the second time" "full 5 hints.md#full waits" "full 6 hints.md#full waits"
table ":1: the points of full are -3: must be a whole number up to 9999" "full -3 hints.md#full waits"
table ":1: the points of full are five: must be a whole number up to 9999" "full five hints.md#full waits"
table ":1: must be UTF-8" $'full 5 hints.md#full w\xe4its'
table ":1: the page and the text of full must be of printable characters" $'full 5 hints.md#full w\e[2Jaits'
table ": no criterion is in it" "# full 5 hints.md#full waits"
refuses "/nowhere/criteria: No such file or directory" --criteria /nowhere/criteria "$stopped"

# A page of a teacher's own.
printf 'full 5 https://course/week-5 waits\n' >"$scratch_dir/criteria"
is "$("$root/scripts/grade" --criteria "$scratch_dir/criteria" --explain full | xargs)" "full: waits Read https://course/week-5" \
	"--explain names a page that is not the lab's"
is "$("$root/scripts/grade" --criteria "$scratch_dir/criteria" "$stopped/a" 2>/dev/null | tail -n 1)" "  Read https://course/week-5" \
	"and so does the table"
is "$("$root/scripts/grade" --explain full,empty | grep -c '^[a-z]*: ')" 2 "--explain takes several"
