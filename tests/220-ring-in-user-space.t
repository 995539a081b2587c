#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# fifo/engine/turns.h in user space: its edges, and many threads at native speed and
# under ThreadSanitizer. Each variant that is broken on purpose is rejected.
#
#	FIFO_RING_ITEMS	items of each of four native runs (10000000)

. "${0%/*}/lib/host.sh"

packages_need gcc libc6-dev

items=${FIFO_RING_ITEMS:-10000000}
scratch
work=$scratch_dir

# Older versions of ThreadSanitizer do not start if addresses are too random.
tsan=(env TSAN_OPTIONS='halt_on_error=1 exitcode=66')
if setarch -R true 2>/dev/null; then
	tsan+=(setarch -R)
fi

# build PROGRAM SOURCE [OPTION]…: signed numbers wrap, as in the kernel.
build() {
	gcc -std=gnu11 -O2 -g -fwrapv -pthread -Wall -Wextra -Werror "${@:3}" \
		-o "$work/$1" "$root/tests/ring/$2" ||
		fail "the build of $1"
}

# run COMMAND…: sets said and status.
run() {
	status=0
	"$@" >"$work/said" 2>&1 || status=$?
	said=$(<"$work/said")
}

# moves WHAT COMMAND…: all items come out as they must.
moves() {
	local what=$1

	shift
	run "$@"
	if ((status == 0)); then
		pass "$what"
		printf '# %s\n' "$said"
	else
		fail "$what" "status $status" "$(head -n 40 "$work/said")"
	fi
}

# rejected NAME BY PATTERN COMMAND…: the variant fails, and the output matches PATTERN.
rejected() {
	local what="$1 is rejected by $2" pattern=$3

	shift 3
	run "$@"
	if ((status)) && [[ $said =~ $pattern ]]; then
		pass "$what"
		printf '# %s\n' "${BASH_REMATCH[0]}"
	else
		fail "$what" "status $status" "$(head -n 40 "$work/said")"
	fi
}

build cases cases.c
run "$work/cases"
while IFS= read -r line; do
	test_result "${line%% - *}" "${line#* - }"
done <"$work/said"
is "$status" 0 "the cases came to their end"

build native stress.c
#	             producers, consumers, size, batch
moves "1 to 1"           "$work/native" 1 1 1024 1 "$items" block
moves "2 to 2, batches"  "$work/native" 2 2 64 16 "$items" block
moves "4 to 4, batches"  "$work/native" 4 4 256 8 "$items" block
moves "1 to 3, batches"  "$work/native" 1 3 16 32 "$items" block
moves "3 to 1, two slots" "$work/native" 3 1 2 1 $((items / 10)) block
moves "4 to 2, dropping the oldest" "$work/native" 4 2 8 4 "$items" drop

build yields stress.c -DYIELD_ONE_IN=64
moves "stopped between claim and hand-over" "$work/yields" 3 3 8 4 $((items / 20)) block
moves "the same, dropping the oldest"       "$work/yields" 3 3 8 4 $((items / 20)) drop

build tsan stress.c -fsanitize=thread -DYIELD_ONE_IN=64
for policy in block drop; do
	moves "ThreadSanitizer, 2 to 2, $policy" "${tsan[@]}" "$work/tsan" 2 2 8 4 300000 "$policy"
	moves "ThreadSanitizer, 3 to 3, two slots, $policy" "${tsan[@]}" "$work/tsan" 3 3 2 1 100000 "$policy"
done

for broken in ACQUIRE RELEASE FILLED FREED; do
	build "tsan-$broken" stress.c -fsanitize=thread -DYIELD_ONE_IN=64 -DBROKEN_$broken
	rejected $broken ThreadSanitizer 'data race' "${tsan[@]}" "$work/tsan-$broken" 2 2 8 4 300000 block
done
for broken in CLAIM FILLED FREED; do
	build "yields-$broken" stress.c -DYIELD_ONE_IN=64 -DBROKEN_$broken
	rejected $broken "the stress" '(depth|position|put|taken|item|what|nothing) .*' \
		"$work/yields-$broken" 2 2 8 4 300000 block
done
