#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Ready means ready: the only reader of a queue gets an item whenever poll() has said that
# there is one, also if it has preempted a producer that has claimed a place and not filled
# it. It runs at a real-time priority, so that the producer could not go on meanwhile.

. "${0%/*}/lib/host.sh"

run_guest --timeout 180 --program chrt --append preempt=full <<'GUEST'
for engine in $(engines_of); do
	load fifo size=64
	load producer context=kthread rate=max instances=4 log=off
	taskset 1 chrt -f 50 ready /dev/fifo0 3 >/run/ready
	read -r had refused longest </run/ready
	unload producer fifo
	ge "$had" 100 "$engine: items are read"
	is "$refused" 0 "$engine: each time that poll() says so (at most $longest refusals in a row)"
done
GUEST
