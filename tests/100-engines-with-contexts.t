#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The table vm/pairs has all pairs of engine and context that work. Each pair passes the
# tests of the core that depend on them.
#
#	FIFO_PAIRS=short	items and unloading, in a short form
#	FIFO_PAIRS=full		all of them in full, which takes an hour

. "${0%/*}/lib/host.sh"

guest_prepare_vm
export FIFO_VM
work=$test_logs/pairs
mkdir -p "$work"

short=(020-each-item-once 060-unload-any-time)
full=("${short[@]}" 070-waiting-is-free 080-rates-hold)

# run_test TEST ENGINE CONTEXT
run_test() {
	local output=$work/$1-$2-$3.out status=0

	FIFO_ENGINE=$2 FIFO_CONTEXT=$3 bash "$root/tests/$1.t" >"$output" 2>&1 || status=$?
	echo "status $status" >>"$output"
}

# judge_test TEST ENGINE CONTEXT: one result; shows what failed.
judge_test() {
	local output=$work/$1-$2-$3.out passed skipped

	skipped=$(grep -cE '^ok [0-9]+ # SKIP' "$output") || true
	passed=$(($(grep -c '^ok' "$output" || true) - skipped))
	if [[ $(tail -n 1 "$output") == "status 0" ]] && ((passed)); then
		pass "$2, $3: $1: all $passed results, $skipped skipped"
	else
		fail "$2, $3: $1" "$(grep -A 12 '^not ok' "$output" | head -40)" "all of it: $output"
	fi
}

tests=()
if [[ ${FIFO_PAIRS-} == full ]]; then
	tests=("${full[@]}")
elif [[ ${FIFO_PAIRS-} ]]; then
	tests=("${short[@]}")
	export FIFO_ITEMS=${FIFO_ITEMS:-5000} FIFO_UNLOAD_CYCLES=${FIFO_UNLOAD_CYCLES:-39}
fi
mapfile -t pairs < <(sed '/^#/d' "$root/vm/pairs")
# Runs two at a time; but one in the long form, which measures, and on a slow kernel, whose
# time limits leave no room for two.
running=0
most=2
[[ ${FIFO_PAIRS-} != full ]] && (($(kernel_slowness) == 1)) || most=1
for pair in "${pairs[@]}"; do
	for test in "${tests[@]}"; do
		((running++ < most)) || wait -n
		# shellcheck disable=SC2086
		run_test "$test" $pair &
	done
done
wait
for pair in "${pairs[@]}"; do
	for test in "${tests[@]}"; do
		# shellcheck disable=SC2086
		judge_test "$test" $pair
	done
done

mapfile -t engines < <(core_names engine)
mapfile -t contexts < <(core_names context)
run_guest --timeout 120 < <(
	declare -p engines contexts
	printf 'pairs=(%s)\n' "${pairs[*]@Q}"
	cat <<'GUEST'
for engine in "${engines[@]}"; do
	insmod /modules/fifo.ko engine=$engine
	for context in "${contexts[@]}"; do
		if [[ " ${pairs[*]} " == *" $engine $context "* ]]; then
			ok "$engine, $context: loads" insmod /modules/producer.ko context=$context
			unload producer
		else
			refused producer EINVAL "context=\"$context\" is refused: must be .*engine=$engine, which sleeps" context=$context
		fi
	done
	unload fifo
done
GUEST
)
