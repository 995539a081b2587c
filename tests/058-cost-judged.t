#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# scripts/bench refuses clearly what it cannot count, and fails if a figure has grown by more
# than 1 %. Boots no virtual machine: the figures are made up.

. "${0%/*}/lib/host.sh"
. "$root/scripts/lib/cost.sh"

scratch
cost_file=$scratch_dir/cost.txt

# refuses WORDS ARGUMENT…
refuses() {
	local status=0 said

	said=$("$root/scripts/bench" "${@:2}" 2>&1) || status=$?
	is "$status $said" "1 bench: $1" "scripts/bench ${*:2} is refused"
}

refuses "unknown option --fast of cost (--help lists them)" cost --fast
refuses "engines: must be calls, ways, pipelines, runs, scale, loads, memory or waking" cost engines
refuses "what is to be measured: cost, native, rate or waking? (--help explains them)"
refuses "what is to be measured: cost, native, rate or waking? (--help explains them)" engines
refuses "--check is about all figures, not about calls" cost --check calls
refuses "--functions nothing: must be a figure of calls, pipelines or runs in bench/cost.txt" cost --functions nothing
refuses "--functions read/device: must be a figure of calls, pipelines or runs in bench/cost.txt" \
	cost --functions read/device
refuses "--functions put-get/ring:7: batches are of 1, 8, 32 or 64" cost --functions put-get/ring:7

# figures LINE…: a file of figures.
figures() {
	printf '%s\n' '# kernel: 6.1' '# compiler: gcc' '# items at a time 1 8 32 64' "$@"
}

# compares STATUS SAID OLD DESCRIPTION LINE…: with new figures of these lines.
compares() {
	local status=0 said

	figures "${@:5}" >"$scratch_dir/new"
	said=$(cost_compare "$3" "$scratch_dir/new") || status=$?
	is "$status $said" "$1 $2" "$4"
}

figures 'put/ring 600.0 200.0 100.0 90.0' 'full/ring 100.0 - - -' >"$cost_file"
cp "$cost_file" "$scratch_dir/before"
compares 0 '' "$cost_file" "1 % more passes" 'put/ring 606.0 202.0 101.0 90.9' 'full/ring 101.0 - - -'
compares 1 'put/ring, 8 at a time: 202.2, was 200.0 (+1.1 %)' "$cost_file" "more than 1 % in a batch fails" \
	'put/ring 600.0 202.2 100.0 90.0' 'full/ring 100.0 - - -'
compares 1 'full/ring, 1 at a time: 101.1, was 100.0 (+1.1 %)' "$cost_file" "and in a figure without batches" \
	'put/ring 600.0 200.0 100.0 90.0' 'full/ring 101.1 - - -'
compares 0 'put/ring, 64 at a time: 80.0, was 90.0 (-11.1 %)' "$cost_file" "less passes, and is told" \
	'put/ring 600.0 200.0 100.0 80.0' 'full/ring 100.0 - - -'
compares 1 'full/ring is not counted any more' "$cost_file" "a figure that is gone fails" \
	'put/ring 600.0 200.0 100.0 90.0'
compares 1 'try/ring is new' "$cost_file" "one that bench/cost.txt lacks fails" \
	'put/ring 600.0 200.0 100.0 90.0' 'full/ring 100.0 - - -' 'try/ring 500.0 - - -'
compares 0 'try/ring is new' "$scratch_dir/before" "the commit before may lack it" \
	'put/ring 600.0 200.0 100.0 90.0' 'full/ring 100.0 - - -' 'try/ring 500.0 - - -'
compares 1 'put/ring, 1 at a time: 700.0, was 600.0 (+16.7 %)' "$scratch_dir/before" "more than the commit before fails" \
	'put/ring 700.0 200.0 100.0 90.0' 'full/ring 100.0 - - -'

figures 'scale/work/1 1000.0 - - -' 'memory/work 2000 - - -' >"$cost_file"
compares 0 '' "$cost_file" "10 % more of scale and memory passes" 'scale/work/1 1100.0 - - -' 'memory/work 2200 - - -' \
	'# spread: 7'
compares 1 'memory/work, 1 at a time: 2202, was 2000 (+10.1 %)' "$cost_file" "more than 10 % fails" \
	'scale/work/1 1000.0 - - -' 'memory/work 2202 - - -'

# scales STATUS SAID DESCRIPTION LINE…
scales() {
	local status=0 said

	figures "${@:4}" >"$scratch_dir/new"
	said=$(cost_scales "$scratch_dir/new") || status=$?
	is "$status $said" "$1 $2" "$3"
}

scales 0 '' "1.3 times as much for each of many instances passes" 'scale/work/1 100.0 - - -' 'scale/work/32 60.0 - - -' \
	'scale/work/1024 130.0 - - -' 'scale/timer/1 50.0 - - -' 'scale/timer/1024 65.0 - - -'
scales 1 'scale/timer/1024: 65.1, of one 50.0' "more than that fails" 'scale/work/1 100.0 - - -' \
	'scale/work/1024 130.0 - - -' 'scale/timer/1 50.0 - - -' 'scale/timer/1024 65.1 - - -'
