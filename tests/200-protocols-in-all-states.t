#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# spin checks in all states: the protocols for waiting, cancelling and unloading over
# the semaphores and over the ring, the one with a process that has mapped the other
# end, and how a worker is stopped. It rejects each variant that is broken on purpose.
# A search that found what it must find is kept in ~/.cache/fifo-vm/models, and is not
# repeated until something changes that it depends on.

. "${0%/*}/lib/host.sh"

packages_need spin gcc libc6-dev

model=$root/tests/model/port.pml
scratch
work=$scratch_dir
searches=${XDG_CACHE_HOME:-$HOME/.cache}/fifo-vm/models
mkdir -p "$searches"

# search WANT KIND DEFINE…: go through all states of the model, and look for forbidden ones
# (KIND is states), or for an endless cycle (cycles). WANT is "right", or what must be found:
#	stranded	a waiter sleeps that must not
#	untold		poll() did not report an item
#	drops		from a queue that is not full
#	counts		are wrong
#	armed		or running, after it was stopped
#	late		a worker that must go on, or go on at another rate
#	hangs		for ever, where it must end
#	cycle
# The result names the model and the defines; a note has the number of states and the time.
search() {
	local want=$1 kind=$2 verdict detail name found

	shift 2
	name=$(searched "$kind" "$@")
	found=$searches/$name
	if [[ ! -e $found ]]; then
		search_anew "$kind" "$@"
		found=$work/pan.out
	fi
	verdict=$(awk 'BEGIN { found = "another error" }
		/Search not completed|max search depth/ { cut = 1 }
		/: non-progress cycle/ { found = "cycle" }
		/: assertion violated \(+running/ { found = "stranded" }
		/: assertion violated \( !\((sleeping|watching)\)/ { found = "untold" }
		/: assertion violated \((slots|\(tail-head\))==[0-9]+\)/ { found = "drops" }
		/: assertion violated \((slots|put)==\(/ { found = "counts" }
		/: assertion violated ( !\(returned\)|\( !\(running\))/ { found = "armed" }
		/: assertion violated \(\(ended/ { found = "late" }
		/: invalid end state/ { found = "hangs" }
		/errors:/ { print $NF ? found : cut ? "unfinished" : "right" }' "$found")
	detail=$(grep -hE '^pan:[0-9]*: |states, stored|elapsed time' "$found")
	[[ $verdict != "$want" || $found == "$searches"/* ]] || mv "$found" "$searches/$name"
	is "$verdict" "$want" "${model##*/}, $kind, $want: $*"
	printf '%s\n' "$detail" | sed -E 's/^(pan: *)?([0-9]+:)? */# /'
}

# searched KIND DEFINE…: a name for all that the search depends on.
searched() {
	{
		spin -V
		declare -f search_anew
		printf '%s\n' "${model##*/}" "$@"
		cat "$root"/tests/model/*.pml
	} | sha256sum | cut -d ' ' -f 1
}

# search_anew KIND DEFINE…: leaves what spin says in pan.out.
search_anew() {
	local -a compile=(-DSAFETY) run=()

	[[ $1 == states ]] || compile=(-DNP) run=(-l)
	(
		cd "$work"
		spin "${@:2}" -a "$model" >/dev/null
		gcc -O1 "${compile[@]}" -DCOLLAPSE -o pan pan.c
		timeout 300 ./pan "${run[@]}" -m1000000 >pan.out 2>&1 || true
	)
}

holds() {
	search right states "$@"
}

# rejects WHAT DEFINE…
rejects() {
	search "$1" states "${@:2}"
}

# No cycle: so a cancelled client returns.
ends() {
	search right cycles "$@"
}

goes_on() {
	search cycle cycles "$@"
}

holds -DSIZE=1 -DPRODUCERS=2 -DCONSUMERS=2 -DITEMS=1
holds -DSIZE=2 -DPRODUCERS=2 -DCONSUMERS=2 -DITEMS=1
holds -DSIZE=1 -DPRODUCERS=2 -DCONSUMERS=1 -DITEMS=2
holds -DSIZE=1 -DPRODUCERS=2 -DCONSUMERS=1 -DITEMS=2 -DDROP_OLDEST

ends -DSIZE=1 -DPRODUCERS=2 -DCONSUMERS=1 -DITEMS=1
ends -DSIZE=1 -DPRODUCERS=1 -DCONSUMERS=1 -DITEMS=2 -DDROP_OLDEST
goes_on -DSIZE=1 -DPRODUCERS=1 -DCONSUMERS=1 -DITEMS=1 -DBROKEN_STOP

rejects stranded -DSIZE=1 -DPRODUCERS=2 -DCONSUMERS=2 -DITEMS=1 -DBROKEN_LOOK
rejects stranded -DSIZE=2 -DPRODUCERS=2 -DCONSUMERS=2 -DITEMS=1 -DBROKEN_PASS
rejects stranded -DSIZE=2 -DPRODUCERS=2 -DCONSUMERS=2 -DITEMS=1 -DBROKEN_EARLY
rejects stranded -DSIZE=1 -DPRODUCERS=1 -DCONSUMERS=1 -DITEMS=1 -DBROKEN_BARRIER
rejects stranded -DSIZE=1 -DPRODUCERS=2 -DCONSUMERS=0 -DITEMS=1 -DDROP_OLDEST -DBROKEN_NOTIFY
rejects counts -DSIZE=1 -DPRODUCERS=1 -DCONSUMERS=2 -DITEMS=1 -DBROKEN_UP

# A client that must not wait does not get the mutex.
holds -DSIZE=1 -DPRODUCERS=2 -DCONSUMERS=1 -DITEMS=1 -DTRY
holds -DSIZE=1 -DPRODUCERS=2 -DCONSUMERS=1 -DITEMS=1 -DTRY -DDROP_OLDEST
rejects stranded -DSIZE=1 -DPRODUCERS=2 -DCONSUMERS=1 -DITEMS=1 -DTRY -DBROKEN_BACK
rejects counts -DSIZE=1 -DPRODUCERS=1 -DCONSUMERS=0 -DITEMS=1 -DTRY -DBROKEN_COUNT

# A signal interrupts a client.
holds -DSIZE=1 -DPRODUCERS=1 -DCONSUMERS=2 -DITEMS=2 -DSIGNAL
ends -DSIZE=1 -DPRODUCERS=1 -DCONSUMERS=1 -DITEMS=1 -DSIGNAL
rejects stranded -DSIZE=1 -DPRODUCERS=1 -DCONSUMERS=2 -DITEMS=1 -DSIGNAL -DBROKEN_LOOK

# Room appears before the oldest item is dropped.
holds -DSIZE=2 -DPRODUCERS=2 -DCONSUMERS=1 -DITEMS=2 -DDROP_OLDEST
rejects drops -DSIZE=2 -DPRODUCERS=2 -DCONSUMERS=1 -DITEMS=2 -DDROP_OLDEST -DBROKEN_ROOM

# Items become ready in any order, and consumers wait for the oldest.
holds -DRING -DSIZE=2 -DPRODUCERS=2 -DCONSUMERS=2 -DITEMS=1
holds -DRING -DSIZE=2 -DPRODUCERS=2 -DCONSUMERS=1 -DITEMS=2
holds -DRING -DSIZE=2 -DPRODUCERS=1 -DCONSUMERS=2 -DITEMS=2 -DBATCH=2
holds -DRING -DSIZE=2 -DPRODUCERS=2 -DCONSUMERS=1 -DITEMS=1 -DFULL -DDROP_OLDEST
holds -DRING -DSIZE=2 -DPRODUCERS=3 -DCONSUMERS=0 -DITEMS=1 -DDROP_OLDEST

ends -DRING -DSIZE=2 -DPRODUCERS=2 -DCONSUMERS=1 -DITEMS=1 -DFULL -DDROP_OLDEST
goes_on -DRING -DSIZE=2 -DPRODUCERS=1 -DCONSUMERS=1 -DITEMS=1 -DBROKEN_STOP

rejects stranded -DRING -DSIZE=2 -DPRODUCERS=2 -DCONSUMERS=2 -DITEMS=1 -DBROKEN_PASS
rejects stranded -DRING -DSIZE=2 -DPRODUCERS=2 -DCONSUMERS=2 -DITEMS=1 -DBROKEN_PASS -DFULL
rejects stranded -DRING -DSIZE=2 -DPRODUCERS=2 -DCONSUMERS=2 -DITEMS=1 -DBROKEN_EARLY
rejects stranded -DRING -DSIZE=2 -DPRODUCERS=1 -DCONSUMERS=2 -DITEMS=2 -DBROKEN_AGAIN
rejects stranded -DRING -DSIZE=2 -DPRODUCERS=3 -DCONSUMERS=0 -DITEMS=1 -DDROP_OLDEST -DBROKEN_NOTIFY
rejects drops -DRING -DSIZE=2 -DPRODUCERS=2 -DCONSUMERS=1 -DITEMS=1 -DFULL -DDROP_OLDEST -DBROKEN_OLDEST

# Waiters at one end, a process that kicks at the other.
model=$root/tests/model/kick.pml
holds -DCONSUMERS=3 -DITEMS=2
holds -DCONSUMERS=2 -DITEMS=3 -DMOST=2 -DAGAIN
ends -DCONSUMERS=2 -DITEMS=2
goes_on -DCONSUMERS=1 -DITEMS=1 -DBROKEN_STOP

rejects stranded -DCONSUMERS=3 -DITEMS=2 -DBROKEN_ANNOUNCE
rejects stranded -DCONSUMERS=2 -DITEMS=2 -DBROKEN_BACK
rejects stranded -DCONSUMERS=2 -DITEMS=2 -DBROKEN_NOTHING
rejects stranded -DCONSUMERS=2 -DITEMS=2 -DBROKEN_PASS
rejects stranded -DCONSUMERS=2 -DITEMS=2 -DBROKEN_SETTLE
rejects stranded -DCONSUMERS=2 -DITEMS=3 -DBROKEN_SILENT

# Tasks that poll or watch there.
holds -DCONSUMERS=1 -DITEMS=2 -DPOLL -DWATCH
holds -DCONSUMERS=0 -DITEMS=2 -DMOST=2 -DPOLL -DWATCH -DTHREADS=2
ends -DCONSUMERS=1 -DITEMS=2 -DPOLL -DWATCH
rejects untold -DCONSUMERS=0 -DITEMS=2 -DWATCH -DBROKEN_WATCH
rejects untold -DCONSUMERS=0 -DITEMS=1 -DWATCH -DTHREADS=2 -DBROKEN_LATE
rejects untold -DCONSUMERS=1 -DITEMS=2 -DPOLL -DBROKEN_BACK

# A worker is stopped while others set its rate.
model=$root/tests/model/worker.pml
holds -DRATES=2
ends -DRATES=2
goes_on -DRATES=1 -DBROKEN_OVER

rejects armed -DRATES=1 -DBROKEN_ARM
rejects armed -DRATES=1 -DBROKEN_LOCK
rejects armed -DRATES=1 -DBROKEN_SYNC
rejects hangs -DRATES=1 -DBROKEN_PORT
rejects late -DRATES=1 -DBROKEN_POKE
