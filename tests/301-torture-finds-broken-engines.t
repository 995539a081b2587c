#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The torture of 300 catches each engine that is broken on purpose.
#
#	FIFO_TORTURE_SEED	of all random choices (a new one)

. "${0%/*}/lib/host.sh"

seed=${FIFO_TORTURE_SEED:-$((SRANDOM % 1000000 + 1))}
RANDOM=$seed
echo "# seed $seed"

# What the kernel may report about a broken engine.
reports='BUG: K[AC]SAN|Call Trace:|cut here'

# busted PARAMETER: the torture fails a semaphore engine that is broken in this way, or the
# kernel reports it. A lost wake-up takes chance, and 2 s of a queue that stands still: from 12,000
# to 800,000 items by then, as the other queues move on.
busted() {
	local busted=$1 seed=$((RANDOM + 1))

	run_guest --allow "$reports" <<-GUEST
		$(declare -p busted seed)
		$(declare -f log_own_races)
		$(
			cat <<-'SCRIPT'
				found='fifo_torture: error.*|BUG: K[AC]SAN.*'

				caught() {
					dmesg | log_own_races | grep -oE "$found"
				}

				raced() {
					dmesg | log_own_races | grep 'BUG: KCSAN'
				}

				# The time of the first report in the kernel's log, in ms.
				said_at() {
					dmesg | log_own_races | grep -E "$1" | tr -d '[].' | awk 'NR == 1 { print int($1 / 1000) }'
				}

				items() {
					cat /sys/class/misc/fifo*/put | awk '{ n += $1 } END { print n }'
				}

				load busted/fifo "$busted=1" size=1,1,32,256
				printf '<6>test: loading\n' >/dev/kmsg
				load fifo_torture seed="$seed" seconds=0 producers=8 consumers=8 stutter=1
				ok "$busted is caught" wait_for 120 caught
				took="not caught"
				if caught >/dev/null; then
					took="$(items) items, after $(($(said_at "$found") - $(said_at 'test: loading'))) ms: $(caught | awk 'NR == 1')"
				fi
				note "$busted, seed $seed, $took"
				if [[ $busted == busted_lock && -e /sys/module/kcsan ]]; then
					ok "KCSAN sees it, too" wait_for 10 raced
				fi
				unload fifo_torture
				like "$(dmesg | log_own_races)" \
					'fifo_torture: FAILURE: |BUG: K[AC]SAN' "$busted fails"
				if [[ $busted != busted_lock || ! -e /proc/lockdep ]]; then
					unlike "$(dmesg)" 'fifo_torture: SUCCESS' "$busted does not pass"
				fi
				unload fifo
			SCRIPT
		)
	GUEST
}

busted busted_lock
busted busted_wake
busted busted_count
