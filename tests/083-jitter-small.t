#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# On an idle processor in virtual time, each context gets the rate that it is asked for, and
# a timer puts no item more than a tenth of a tick off its schedule: scripts/bench rate, as a
# person runs it. Its figures are the same on every machine.

. "${0%/*}/lib/host.sh"

guest_prepare_vm
! kernel_is_foreign || skip_all "sessions are of this machine's architecture"
! uml_is "$(readlink "$FIFO_VM/vmlinuz")" || skip_all "only QEMU counts instructions"
session_where

status=0
table=$("${session[@]}" "$root/scripts/bench" rate "${session_kernel[@]}" 2>&1) || status=$?
is "$status" 0 "scripts/bench rate succeeds"
((status == 0)) || diag "$table"
rows=$(grep -E '^ *[0-9.]+( +[0-9.-]+){7}$' <<<"$table")

# most COLUMN [COLUMN]: the most in a column, or its most difference from another, in percent.
most() {
	awk -v a="$1" -v b="${2-}" '
		{
			x = b ? ($a / $b - 1) * 100 : $a
			x = x < 0 ? -x : x
			if (x > most)
				most = x
		}
		END { print most + 0 }' <<<"$rows"
}

# holds A OPERATOR B DESCRIPTION: numbers.
holds() {
	is "$(awk "BEGIN { print ($1 $2 $3) ? \"yes\" : \"no\" }")" yes "$4 ($1 $2 $3)"
}

is "$(wc -l <<<"$rows")" 15 "with 15 rates"
is "$(awk '{ print $1 }' <<<"$rows" | sed -n '1p;$p' | xargs)" "0.5 1000000" "from 0.5 to 1000000 items a second"
column=2
for context in work kthread timer; do
	# The last item is due at the end, or was a moment before.
	holds "$(most $column 1)" '<=' 1 "$context: a rate differs from that asked for, in percent"
	column=$((column + 1))
done
holds "$(most 8)" '<=' 0.1 "timer: between the earliest item and the latest, in ticks"
holds "$(most 5 1)" '>=' 50 "HZ/rate misses a rate, in percent"
is "$(head -c 5 "$root/build/rate.svg")" "<?xml" "build/rate.svg is a plot"
