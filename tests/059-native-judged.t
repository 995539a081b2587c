#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# scripts/bench native refuses a queue that does not keep its items, and claims no difference
# that is within the spread; nor does scripts/bench waking. Boots no virtual machine; most
# figures are made up.

. "${0%/*}/lib/host.sh"
. "$root/scripts/lib/native.sh"
. "$root/scripts/lib/waking.sh"

packages_need gcc libc6-dev
scratch
work=$scratch_dir
native_dir=$scratch_dir

# --- options -----------------------------------------------------------------

# refuses WORDS ARGUMENT…
refuses() {
	local status=0 said

	said=$("$root/scripts/bench" "${@:2}" 2>&1) || status=$?
	is "$status $said" "1 bench: $1" "scripts/bench ${*:2} is refused"
}

refuses "unknown option --fast of native (--help lists them)" native --fast
refuses "--rounds 14: must be a whole number from 15 to 99" native --rounds 14
refuses "--rounds 2.5: must be a whole number from 15 to 99" native --rounds 2.5
refuses "unknown option --fast of waking (--help lists them)" waking --fast
refuses "--rounds 14: must be a whole number from 15 to 999" waking --rounds 14
refuses "--rounds 1000: must be a whole number from 15 to 999" waking --rounds 1000
one_processor=$(taskset -c "$(taskset -pc $$ | sed -E 's/.*: ([0-9]+).*/\1/')" "$root/scripts/bench" waking 2>&1) || true
is "$one_processor" "bench: waking needs two processors, this machine has one" "scripts/bench waking on one processor is refused"

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

# rejects WAY PATTERN: in the first case or in a later one, as the two sides rarely meet in the
# queue on a busy machine.
rejects() {
	local last

	build "$1" "$root/tests/native/broken.c" "-DBREAK_$1" -DSTUCK_SECONDS=2
	measures "$1"
	last=$(grep -vE '^contender|^[12] ' <<<"$said")
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

# --- wake-ups ----------------------------------------------------------------

# woken PATH BY-HAND: the row of a path, from the wake-ups of some rounds, a word with commas each.
woken() {
	local round

	{
		for round in $1; do
			printf 'idle ring %s\n' "${round//,/ }"
		done
		for round in $2; do
			printf 'idle by-hand/wake-up %s\n' "${round//,/ }"
		done
	} | waking_judge | grep '^ring' | xargs
}

is "$(woken '200,201,209 202,203,204' '100,100,100 100,101,100')" \
	"ring 6 200 201 202 204 2.02 times (0.01)" "the figures of a path are of all wake-ups, a ratio is of a round's medians"
is "$(woken '110,110,110 330,330,330' '100,100,100 300,300,300')" \
	"ring 6 110 110 220 330 1.10 times (0.00)" "what shifts a whole round does not count"
is "$(woken '90,90,90 120,120,120' '100,100,100 100,100,100')" \
	"ring 6 90 90 105 120 1.05 times (0.15), level" "a difference within the spread is not claimed"
status=0
said=$(waking_judge </dev/null) || status=$?
is "$status $said" "1 " "no wake-ups are no result"
