#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Softirqs leave threads their share: many timers that always have something to do take
# about half of their processor.

# in virtual time
. "${0%/*}/lib/host.sh"

mapfile -t engines < <(awk '$2 == "timer" { print $1 }' "$root/vm/pairs")

run_guest --counted yes --timeout 1600 < <(
	declare -p engines
	cat <<'GUEST'
# The time in softirqs during this many us, in percent: of all processors together, where one
# processor is 100, and of the busiest one.
timers_take() {
	trace_read | awk -v window="$1" '
		/ softirq_(entry|exit): vec=8 / {
			match($0, /\[[0-9]+\]/)
			cpu = substr($0, RSTART, RLENGTH)
			match($0, /[0-9]+\.[0-9]+: softirq/)
			t = substr($0, RSTART) + 0
			if (/softirq_entry/)
				entry[cpu] = t
			else if (cpu in entry)
				sum[cpu] += t - entry[cpu]
		}
		END {
			for (cpu in sum) {
				all += sum[cpu]
				if (sum[cpu] > most)
					most = sum[cpu]
			}
			printf "%d %d\n", 1e8 * all / window, 1e8 * most / window
		}'
}

for engine in "${engines[@]}"; do
	load fifo size=256 overflow=drop-oldest
	load producer instances=6 rate=max log=off context=timer
	load consumer instances=6 rate=max log=off context=timer
	trace_on 8192 irq
	window=$(time_us sleep 3)
	trace_off
	is "$(trace_lost)" 0 "$engine: no event was lost"
	read -r all most < <(timers_take "$window")
	ge "$all" 40 "$engine: 12 timers at rate=max take some of the processors, in per cent of one"
	le "$most" 85 "$engine: but not all of one"
	unload producer consumer fifo
done
GUEST
)
