#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Softirqs leave threads their share: many timers on one processor that always have
# something to do take about half of it, and not all.

. "${0%/*}/lib/host.sh"

mapfile -t engines < <(awk '$2 == "timer" { print $1 }' "$root/tests/lib/pairs")

run_guest --timeout 120 < <(
	declare -p engines
	cat <<'GUEST'
# The most that timers take of a processor in softirqs, in per cent of the time.
timers_take() {
	trace_read | awk '
		/ softirq_(entry|exit): vec=8 / {
			match($0, /\[[0-9]+\]/)
			cpu = substr($0, RSTART, RLENGTH)
			match($0, /[0-9]+\.[0-9]+: softirq/)
			t = substr($0, RSTART) + 0
			if (!(cpu in first))
				first[cpu] = t
			last[cpu] = t
			if (/softirq_entry/)
				entry[cpu] = t
			else if (cpu in entry)
				sum[cpu] += t - entry[cpu]
		}
		END {
			for (cpu in sum)
				if (last[cpu] - first[cpu] > 1 && sum[cpu] / (last[cpu] - first[cpu]) > most)
					most = sum[cpu] / (last[cpu] - first[cpu])
			printf "%d\n", 100 * most
		}'
}

for engine in "${engines[@]}"; do
	load fifo size=256 overflow=drop-oldest
	load producer instances=16 rate=max log=off context=timer
	load consumer instances=16 rate=max log=off context=timer
	trace_on 8192 irq
	before=$(</sys/class/misc/fifo0/got)
	sleep 3
	trace_off
	got=$(($(</sys/class/misc/fifo0/got) - before))
	is "$(trace_lost)" 0 "$engine: no event was lost"
	taken=$(timers_take)
	ge "$got" 1000 "$engine: 32 timers at rate=max move items"
	ge "$taken" 30 "$engine: and take some of a processor, in per cent"
	le "$taken" 80 "$engine: but not all"
	ok "the modules can be unloaded" unload producer consumer
	unload fifo
done
GUEST
)
