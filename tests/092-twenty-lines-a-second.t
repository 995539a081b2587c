#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# log=items shows 20 items a second of each client, not one more and not one less, however
# many instances it has and however fast they are.

. "${0%/*}/lib/host.sh"

run_guest --timeout 60 <<'GUEST'
# Every second ends with a line that says how many items were left out in it.
left_out() {
	(($(dmesg_since section | grep -c "^$1: [0-9]* more items, not shown" || true) >= 4))
}

# shown MODULE: how many lines about items each second has, from the first that is whole on.
shown() {
	dmesg_since section | awk -v module="$1:" '
		$1 != module { next }
		/ seq=/ { n++ }
		/ more items, not shown/ { if (seconds++ && seconds <= 4) print n; n = 0 }' | xargs
}

for context in $(contexts_of); do
	engine=waitqueue
	section "$context"
	load fifo size=64
	load producer instances=3 rate=max log=items
	load consumer rate=1000 log=items
	wait_for 10 left_out producer
	wait_for 10 left_out consumer
	unload producer consumer fifo
	is "$(shown producer)" "20 20 20" "$context: lines a second of three producers"
	is "$(shown consumer)" "20 20 20" "$context: lines a second of a consumer"
done
GUEST
