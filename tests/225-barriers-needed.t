#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The orderings that the ring and the waiting need hold in the kernel's memory model.
# None of them holds without the barriers that it names.

. "${0%/*}/lib/host.sh"
. "$root/tests/lib/herd.sh"

herd_prepare
scratch
work=$scratch_dir

# Rewrites the line of a barrier, or of a step, so that it orders nothing.
declare -A without=(
	[A]='/(A)/s/smp_mb();//'
	[B]='/(B)/s/smp_mb();//'
	[C]='/(C)/s/smp_mb__after_spinlock();//'
	[D]='/(D)/s/_acquire//'
	[E]='/(E)/s/_release//'
	[F]='/(F)/s/smp_mb();//'
	[T]='/(T)/s/smp_mb();//'
	[S]='/(S)/s/smp_store_release(position, 1)/WRITE_ONCE(*position, 1)/'
	[H]='/(H)/s/smp_mb();//'
	[K]='/(K)/s/smp_mb();//'
	[J]='/(J)/s/smp_load_acquire(chosen)/READ_ONCE(*chosen)/'
	[lock]='/the lock/d'
	[claim]='/claim \*/s/r1 = .*;/r1 = atomic_read(tail); atomic_set(tail, 3);/'
)

# expect FILE RESULT DESCRIPTION: RESULT is a pattern.
expect() {
	local said result

	said=$(herd "$1") || true
	result=$(herd_result "$said")
	# shellcheck disable=SC2053 # a pattern
	if [[ $result == $2 ]]; then
		pass "$3: $result"
	else
		fail "$3: $result" "$said"
	fi
}

# litmus NAME BARRIER…: the bad outcome never happens, but sometimes without any one of the
# barriers.
litmus() {
	local file=$root/tests/litmus/$1.litmus barrier

	expect "$file" Never "$1"
	for barrier in "${@:2}"; do
		sed "${without[$barrier]}" "$file" >"$work/$1.litmus"
		if cmp -s "$file" "$work/$1.litmus"; then
			fail "$1 without $barrier" "it has none"
		else
			expect "$work/$1.litmus" 'Sometimes*' "$1 without $barrier"
		fi
	done
}

# The tool and the model must give the results that the kernel's own litmus tests name.
disagree() {
	local file want

	for file in "$herd_model"/litmus-tests/*.litmus; do
		want=$(grep -m 1 -oP 'Result: \K\w+' "$file")
		[[ $(herd_result "$(herd "$file")") == "$want" ]] || printf '%s: not %s\n' "$file" "$want"
	done
}

is "$(disagree)" '' "herd7 agrees with what the kernel's own tests say"

litmus put-get D E
litmus get-put D E
litmus moved D E
litmus ahead E
litmus claim D E claim
litmus sleep A B
litmus kick B H
litmus watch K H
litmus pass-on J lock
litmus cancel A C lock
litmus mapped-put S F
litmus mapped-get S
litmus mapped-sleep T A
