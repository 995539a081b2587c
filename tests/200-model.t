#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The wait, cancel and unload protocol over the semaphores and over the ring,
# checked by spin in all its states; and that spin rejects each of the variants
# that are broken on purpose.

. "${0%/*}/lib/host.sh"

packages_need spin gcc libc6-dev

model=$root/tests/model/port.pml
work=$(mktemp -d)
trap 'rm -rf "$work"; test_end' EXIT

# search WANT KIND DEFINE…: go through all states of the model, and look for those
# where it must not be (KIND is states), or for a way to go on for ever (cycles);
# WANT is right or rejected. The result names the defines, and a note the states and
# the time.
search() {
	local want=$1 kind=$2 verdict detail
	local -a compile=(-DSAFETY) run=()

	shift 2
	[[ $kind == states ]] || compile=(-DNP) run=(-l)
	(
		cd "$work"
		spin "$@" -a "$model" >/dev/null
		gcc -O2 "${compile[@]}" -DCOLLAPSE -o pan pan.c
		timeout 300 ./pan "${run[@]}" -m1000000 >pan.out 2>&1 || true
	)
	verdict=$(awk -v kind="$kind" '/Search not completed/ { cut = 1 }
		/^pan.*: non-progress cycle/ { cycle = 1 }
		/errors:/ {
			if (!$NF)
				print cut ? "unfinished" : "right"
			else
				print kind == "states" || cycle ? "rejected" : "another error"
		}' "$work/pan.out")
	detail=$(grep -hE '^pan:[0-9]*: |states, stored|elapsed time' "$work/pan.out")
	is "$verdict" "$want" "$kind $want: $*"
	printf '%s\n' "$detail" | sed -E 's/^(pan: *)?([0-9]+:)? */# /'
}

holds() {
	search right states "$@"
}

rejects() {
	search rejected states "$@"
}

# Nobody goes on for ever: so whoever is cancelled returns.
ends() {
	search right cycles "$@"
}

goes_on() {
	search rejected cycles "$@"
}

holds -DSIZE=1 -DPRODUCERS=2 -DCONSUMERS=2 -DITEMS=1
holds -DSIZE=2 -DPRODUCERS=2 -DCONSUMERS=2 -DITEMS=1
holds -DSIZE=1 -DPRODUCERS=2 -DCONSUMERS=1 -DITEMS=2
holds -DSIZE=1 -DPRODUCERS=2 -DCONSUMERS=1 -DITEMS=2 -DDROP_OLDEST

ends -DSIZE=1 -DPRODUCERS=2 -DCONSUMERS=1 -DITEMS=1
ends -DSIZE=1 -DPRODUCERS=1 -DCONSUMERS=1 -DITEMS=2 -DDROP_OLDEST
goes_on -DSIZE=1 -DPRODUCERS=1 -DCONSUMERS=1 -DITEMS=1 -DBROKEN_STOP

rejects -DSIZE=1 -DPRODUCERS=2 -DCONSUMERS=2 -DITEMS=1 -DBROKEN_LOOK
rejects -DSIZE=2 -DPRODUCERS=2 -DCONSUMERS=2 -DITEMS=1 -DBROKEN_PASS
rejects -DSIZE=1 -DPRODUCERS=1 -DCONSUMERS=1 -DITEMS=1 -DBROKEN_BARRIER
rejects -DSIZE=1 -DPRODUCERS=1 -DCONSUMERS=2 -DITEMS=1 -DBROKEN_UP

# Items become ready in any order here, and consumers wait for the oldest.
holds -DRING -DSIZE=2 -DPRODUCERS=2 -DCONSUMERS=2 -DITEMS=1
holds -DRING -DSIZE=2 -DPRODUCERS=2 -DCONSUMERS=1 -DITEMS=2
holds -DRING -DSIZE=2 -DPRODUCERS=1 -DCONSUMERS=2 -DITEMS=2 -DBATCH=2
holds -DRING -DSIZE=2 -DPRODUCERS=2 -DCONSUMERS=1 -DITEMS=1 -DFULL -DDROP_OLDEST
holds -DRING -DSIZE=2 -DPRODUCERS=3 -DCONSUMERS=0 -DITEMS=1 -DDROP_OLDEST

ends -DRING -DSIZE=2 -DPRODUCERS=2 -DCONSUMERS=1 -DITEMS=1 -DFULL -DDROP_OLDEST
goes_on -DRING -DSIZE=2 -DPRODUCERS=1 -DCONSUMERS=1 -DITEMS=1 -DBROKEN_STOP

rejects -DRING -DSIZE=2 -DPRODUCERS=2 -DCONSUMERS=2 -DITEMS=1 -DBROKEN_PASS
rejects -DRING -DSIZE=2 -DPRODUCERS=2 -DCONSUMERS=2 -DITEMS=1 -DBROKEN_PASS -DFULL
rejects -DRING -DSIZE=2 -DPRODUCERS=1 -DCONSUMERS=2 -DITEMS=2 -DBROKEN_AGAIN
rejects -DRING -DSIZE=2 -DPRODUCERS=3 -DCONSUMERS=0 -DITEMS=1 -DDROP_OLDEST -DBROKEN_NOTIFY
rejects -DRING -DSIZE=2 -DPRODUCERS=2 -DCONSUMERS=1 -DITEMS=1 -DFULL -DDROP_OLDEST -DBROKEN_OLDEST
