#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# scripts/bench native refuses a queue that does not keep its items, and claims no difference
# that is within the spread. Boots no virtual machine; most figures are made up.

. "${0%/*}/lib/host.sh"
. "$root/scripts/lib/native.sh"

packages_need gcc libc6-dev
scratch
work=$scratch_dir
native_dir=$scratch_dir

# --- options -----------------------------------------------------------------

# refuses WORDS ARGUMENT…
refuses() {
	local status=0 said

	said=$("$root/scripts/bench" native "${@:2}" 2>&1) || status=$?
	is "$status $said" "1 bench: $1" "scripts/bench native ${*:2} is refused"
}

refuses "unknown option --fast of native (--help lists them)" --fast
refuses "--rounds 14: must be a whole number from 15 to 99" --rounds 14
refuses "--rounds 2.5: must be a whole number from 15 to 99" --rounds 2.5

# --- items -------------------------------------------------------------------

# build PROGRAM SOURCE [OPTION]…: what measures, with the queues of one file.
build() {
	gcc -std=gnu11 -O2 -fwrapv -pthread -Wall -Wextra -Werror -I "$native_source" "${@:3}" \
		-o "$work/$1" "$native_source"/{main,run}.c "$2" || fail "the build of $1"
}

# measures PROGRAM: one round. Sets said and status.
measures() {
	status=0
	said=$("$work/$1" 1 6400 2>&1) || status=$?
}

# rejects WAY PATTERN
rejects() {
	local last

	build "$1" "$root/tests/native/broken.c" "-DBREAK_$1" -DSTUCK_SECONDS=2
	measures "$1"
	last=$(grep -v '^contender' <<<"$said")
	if ((status == 1)) && [[ $last =~ broken:\ $2$ ]]; then
		pass "$1: a queue that is broken so is refused"
		printf '# %s\n' "$last"
	else
		fail "$1: a queue that is broken so is refused" "status $status" "$said"
	fi
}

if (($(nproc) < 2)); then
	skip "nothing can be measured on one processor"
else
	build good "$native_source/locked.c"
	measures good
	is "$status $(grep -c '^contender' <<<"$said") $(grep -cE '^[12] (1|64) [^ ]+ [0-9.]+$' <<<"$said")" \
		"0 3 12" "queues that keep their items are measured, in four cases each"
	rejects LOSE '[0-9]+ items went in, [0-9]+ came out'
	rejects REPEAT 'item [0-9]+ comes after item [0-9]+'
	rejects SWAP 'item [0-9]+ comes after item [0-9]+'
	rejects TEAR 'an item has words of another'
	rejects STUCK 'a run has no end'
fi

# --- figures -----------------------------------------------------------------

# judged QUEUE RING: the row of a queue, beside fifo:ring; the runs of each, in ns.
judged() {
	# shellcheck disable=SC2086 # a line for each run
	{
		printf 'version libqueue-dev 1.2-3\ncontender queue libqueue-dev\ncontender fifo:ring -\n'
		printf '1 64 queue %s\n' $1
		printf '1 64 fifo:ring %s\n' $2
	} >"$work/samples"
	native_judge "$work/samples" | grep '^queue *1' | xargs
}

is "$(judged '200 201 202 203 204' '100 100 100 100 100')" \
	"queue 1.2-3 5 200.0 202.0 2.0 2.02 times (0.02)" "a difference above the spread is claimed"
is "$(judged '50 50 50 51 51' '100 100 100 100 100')" \
	"queue 1.2-3 5 50.0 50.0 1.0 0.50 times (0.01)" "of a faster queue, too"
is "$(judged '90 95 105 120 150' '100 100 100 100 100')" \
	"queue 1.2-3 5 90.0 105.0 25.0 level" "one that is within the spread is not"
is "$(judged '100 100 100' '100 100 100')" \
	"queue 1.2-3 3 100.0 100.0 0.0 level" "equal figures are level"
is "$(judged '110 330 110 330 110' '100 300 100 300 100')" \
	"queue 1.2-3 5 110.0 110.0 220.0 1.10 times (0.00)" "what shifts whole rounds does not count"
is "$(judged '1000 110 110 110 110' '100 100 100 100 100')" \
	"queue 1.2-3 5 110.0 110.0 0.0 1.10 times (0.00)" "nor does one disturbed run"
