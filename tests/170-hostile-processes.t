#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Hostile processes write nonsense to a queue that they have mapped, or are killed while
# they use it. The kernel goes on, other queues do not notice, the ledgers hold, and
# everything can be unloaded. The test also catches a module that trusts such a process.
#
#	FIFO_HOSTILE_SCRIBBLES	stores over each of two mappings (200000)
#	FIFO_HOSTILE_CALLS	random system calls (40000)
#	FIFO_HOSTILE_KILLS	processes that are killed (50)
#	FIFO_HOSTILE_SEED	of all random choices (a new one)

. "${0%/*}/lib/host.sh"

scribbles=${FIFO_HOSTILE_SCRIBBLES:-200000}
calls=${FIFO_HOSTILE_CALLS:-40000}
kills=${FIFO_HOSTILE_KILLS:-50}
seed=${FIFO_HOSTILE_SEED:-$((SRANDOM % 1000000 + 1))}
echo "# seed $seed, $scribbles scribbles, $calls calls, $kills kills"

guest_library=$(
	declare -p scribbles calls kills seed
	cat <<'SCRIPT'
queue() {
	cat "/sys/class/misc/fifo$2/$1"
}

# balance N: by how much queue N's ledger is off, while nothing moves.
balance() {
	echo $(($(queue put "$1") - $(queue got "$1") - $(queue dropped "$1") - $(queue depth "$1")))
}

# mistake CASE: prints its output.
mistake() {
	mistakes "$1" 2>&1 || echo "ended with status $?"
}

# mistake_results CASE: one result for each of its results.
mistake_results() {
	local line

	while IFS= read -r line; do
		case $line in
		'ok - '*) pass "${line#ok - }" ;;
		*) fail "$1: $line" ;;
		esac
	done < <(mistake "$1")
}

# scribble_all CONSUMER PRODUCER: scribbles over a consumer's end of one queue, and a
# producer's end of another.
scribble_all() {
	local first

	scribble consumer "$1" "$scribbles" "$seed" >/run/scribbled.0 2>&1 &
	first=$!
	ok "a producer's mapping is scribbled over" scribble producer "$2" "$scribbles" "$((seed + 1))"
	note "$(</run/output)"
	ok "a consumer's mapping is scribbled over" wait "$first"
	note "$(</run/scribbled.0)"
}
SCRIPT
)

run_guest --timeout $((120 + kills / 10)) <<GUEST
$guest_library
$(
	cat <<'SCRIPT'
load fifo engine=ring,ring,ring size=64 overflow=block,block,drop-newest
for name in double-fetch larger overrun freed notified polled crowd long-write neither; do
	mistake_results "$name"
done
for n in 0 1 2; do
	is "$(balance $n)" 0 "queue $n: the ledger adds up"
done
unload fifo

load fifo engine=ring,ring size=64,32
ok "processes that are killed lose nothing" killed "$kills" "$seed"
note "$(</run/output)"
unload fifo
SCRIPT
)
GUEST

# The kernel reports each allocation in a page fault that was made to fail.
run_guest --timeout $((180 + (scribbles + calls * 10) / 10000)) \
	--allow 'Huh VM_FAULT_OOM leaked out' <<GUEST
$guest_library
$(
	cat <<'SCRIPT'
# Queue 2 has only text, so that its order can be checked; queue 3 has modules.
undisturbed=4000

load fifo engine=ring,ring,ring,ring size=64
load producer queue=0,0,0,3,3,3 context=work,kthread,timer rate=20000,20000,20000,500 log=off
load consumer queue=1,1,1,3,3,3 context=work,kthread,timer rate=max log=off
(for ((n = 1; n <= undisturbed; n++)); do echo $n; done >/dev/fifo2) &
writer=$!
head -n $undisturbed /dev/fifo2 | md5sum >/run/undisturbed &
reader=$!

scribble_all 0 1
wait $writer $reader
is "$(</run/undisturbed)" "$(seq $undisturbed | md5sum)" "another queue's items came in order, each once"
ge "$(queue mapping_errors 0)" 1 "queue 0: what made no sense was counted"
ge "$(queue mapping_errors 1)" 1 "queue 1: likewise"
is "$(queue mapping_errors 2)" 0 "queue 2: nothing there"

# Random calls, while now and then an allocation fails.
failslab=/sys/kernel/debug/failslab
if [[ -e $failslab ]]; then
	echo N >$failslab/ignore-gfp-wait
	echo 0 >$failslab/verbose
fi
ok "random system calls" calls "$calls" 8 "$seed" 0 1 2
note "$(</run/output)"
like "$(</run/output)" 'ended_badly=0$' "nobody was killed for them"
if [[ -e $failslab ]]; then
	unlike "$(</run/output)" 'failed_allocations=0 ' "allocations failed meanwhile"
fi

unload producer consumer
for n in 0 1 2 3; do
	is "$(balance $n)" 0 "queue $n: the ledger adds up"
	is "$(cat /sys/class/misc/fifo$n/waiting_*)" $'0\n0' "queue $n: nobody waits"
done
ge "$(queue got 3)" 100 "queue 3: items went through"
unload fifo
SCRIPT
)
GUEST

# busted PARAMETER CASE: a module that trusts the process is caught, by its behaviour or by
# KASAN.
busted() {
	run_guest --timeout 120 --allow 'BUG: KASAN|Call Trace:|general protection|BUG: unable to handle|Oops' <<-GUEST
		$guest_library
		$(declare -p scribbles | sed 's/=.*/=20000/')
		trust=$1 name=$2
		$(
			cat <<-'SCRIPT'
				load busted/fifo engine=ring,ring size=64 "$trust=0"
				unlike "$(mistake "$name")" '(^|\n)(not ok|ended)' "without $trust=1 it is as good as any"
				unload fifo
				load busted/fifo engine=ring,ring size=64 "$trust=1"
				found=$(mistake "$name" | grep -v '^ok' || true)
				load producer queue=0,0,0 context=work,kthread,timer rate=20000 log=off
				load consumer queue=1,1,1 context=work,kthread,timer rate=20000 log=off
				scribble_all 0 1
				unload producer consumer
				found+=$(for n in 0 1; do
					[[ $(balance $n) == 0 ]] || echo " the ledger of queue $n lacks $(balance $n)"
				done)
				found+=$(dmesg | grep -o -m 1 'BUG: KASAN.*' || true)
				note "$trust: $found"
				is "${found:+found}" found "$trust=1 is found out"
				unload fifo
			SCRIPT
		)
	GUEST
}

busted trust_position overrun
busted trust_length double-fetch
