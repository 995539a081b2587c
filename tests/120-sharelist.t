#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# scripts/sharelist, as a person runs it: each round adds up.
#
#	FIFO_ROUNDS	how many (10)

. "${0%/*}/lib/host.sh"

rounds=${FIFO_ROUNDS:-10}
guest_prepare_vm
! kernel_is_foreign || skip_all "sessions are of this machine's architecture"
session_where

# play OPTION…: leaves output and status.
play() {
	status=0
	output=$("${session[@]}" "$root/scripts/sharelist" "${session_kernel[@]}" "$@" 2>&1) || status=$?
	output=${output//$'\r'/}
}

play --rounds "$rounds"
is "$status" 0 "$rounds rounds of 200 threads and a timer"
is "$(awk '/^== Round/ { n = $3 } /^   added by/ && (n % 2 == 0 || $NF == 200)' <<<"$output" | wc -l)" "$rounds" \
	"each that waits for its threads adds 200 items"
tables=$(awk '
	/^   added by/ { added = $NF }
	/^   (taken by|dropped,|destroyed)/ { sum += $NF }
	/^   destroyed/ { print added == sum ? "right" : "wrong"; sum = 0 }' <<<"$output" | sort | uniq -c | xargs)
is "$tables" "$rounds right" "each table adds up"
((status == 0)) || diag "$(tail -40 <<<"$output")"

play --rounds 0
is "$status ${output##*$'\n'}" "1 sharelist: --rounds 0: must be a whole number from 1 to 1000" "no rounds at all are refused"
