#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# close() puts a line without an end, or returns why not. It waits for room whatever
# others do with the file, whatever signals come, and however often it is frozen
# meanwhile, until it is killed.

. "${0%/*}/lib/host.sh"

run_guest --timeout 240 <<'GUEST'
dev=/dev/fifo0

waiting() {
	[[ $(</sys/class/misc/fifo0/waiting_producers) == "${1-1}" ]]
}

put_is() {
	[[ $(</sys/class/misc/fifo0/put) == "$1" ]]
}

told() {
	grep -qx "$1" /run/closing
}

# begin CASE: fills the queue, and starts the case until it is about to close the file.
begin() {
	dmesg_mark closing
	closing $dev $1 >/run/closing 2>&1 &
	closer=$!
	wait_for 20 told closing
}

# lines N: gets N lines.
lines() {
	timeout $((20 * slow)) head -n "$1" $dev | xargs
}

# ends WANT LINES DESCRIPTION: gets LINES, which makes room; then the case must have printed
# WANT.
ends() {
	is "$(lines $(wc -w <<<"$2"))" "$2" "$3: the line comes out"
	ok "$3: it comes to its end" wait_for 20 ended "$closer"
	kill -9 $closer 2>/dev/null || true
	wait $closer 2>/dev/null || true
	is "$(xargs </run/closing)" "closing $1" "$3: and close() said so"
	is "$(dmesg_since closing | grep 'is lost' || true)" "" "$3: nothing is lost"
	(printf '1\n2\n' >$dev)
}

load fifo size=2
printf begun >$dev
is "$(</sys/class/misc/fifo0/put)" 1 "close() puts the line once"
is "$(lines 1)" begun "as it was written"
(printf '1\n2\n' >$dev)

begin ''
ok "close() waits for room" wait_for 10 waiting
ends closed "1 2 begun" "nobody else has the file"

begin polled
ok "close() waits beside a poll()" wait_for 10 waiting
ends closed "1 2 begun" "another thread polls"

# The other thread continues if there is room for its line; close() waits for more room.
begin written
wait_for 10 waiting
put=$(</sys/class/misc/fifo0/put)
is "$(text read $dev 2)" "2:1" "there is room for one"
wait_for 10 put_is $((put + 1))
ok "close() waits, when a line was put that another thread wrote" wait_for 10 waiting
ends closed "2 begun-ended another" "another thread writes"

begin signals
ok "close() waits, while many signals come" wait_for 10 waiting
for ((i = 0; i < 100; i++)); do
	kill -ALRM $closer
done
ok "and goes on waiting" wait_for 10 waiting
ends closed "1 2 begun" "signals come"

begin passed
ok "the last close of a file that no descriptor is left of waits" wait_for 10 waiting
ends "closed gone" "1 2 begun" "the file was in a socket"

is "$(lines 2)" "1 2" "there is room"
begin kept
is "$(lines 1)" "begun-ended" "a line goes on by another descriptor, whatever another thread does"
wait $closer
is "$(xargs </run/closing)" "closing closed" "and its close() ends well"
(printf '1\n2\n' >$dev)

dmesg_mark closing
is "$(closing $dev nonblock | xargs)" "closing EAGAIN" "a close() that is not to wait says that the line did not fit"
like "$(dmesg_since closing)" "queue 0: the last line of closing, which was not ended, did not fit and is lost" "and the log says that it is lost"

begin ''
wait_for 10 waiting
kill -9 $closer
ok "one that waits in close() can be killed" wait_for 10 waiting 0
wait $closer 2>/dev/null || true
like "$(dmesg_since closing)" "queue 0: the last line of closing, which was not ended, did not fit and is lost" "and what is lost is said"
is "$(lines 2)" "1 2" "nothing of it was put"
(printf '1\n2\n' >$dev)

# in_group DIRECTORY CASE: as begin, in a cgroup.
in_group() {
	dmesg_mark closing
	(
		echo 0 >"$1/cgroup.procs"
		exec closing $dev >/run/closing 2>&1
	) &
	closer=$!
	wait_for 20 told closing
	wait_for 10 waiting
}

mkdir -p /run/v2 /run/v1
if mount -t cgroup2 none /run/v2 2>/dev/null && mkdir /run/v2/a && [[ -e /run/v2/a/cgroup.freeze ]]; then
	in_group /run/v2/a
	echo 1 >/run/v2/a/cgroup.freeze
	usleep 500000
	echo 0 >/run/v2/a/cgroup.freeze
	usleep 200000
	ok "close() waits, after its process was frozen and thawed" wait_for 10 waiting
	ends closed "1 2 begun" "frozen by version 2 of the groups"
else
	skip 5 "this kernel has no groups of processes"
fi

frozen() {
	[[ $(</run/v1/a/freezer.state) == FROZEN ]]
}

# This freezer works as the one that suspends the machine.
if mount -t cgroup -o freezer none /run/v1 2>/dev/null && mkdir /run/v1/a; then
	in_group /run/v1/a
	echo FROZEN >/run/v1/a/freezer.state
	ok "a process that waits in close() is frozen there" wait_for 10 frozen
	(echo other >$dev) &
	writer=$!
	wait_for 10 waiting 2
	is "$(text read $dev 2)" "2:1" "one is got"
	ok "and its room is for one that waits and is not frozen" wait_for 10 waiting 1
	wait $writer
	is "$(lines 2)" "2 other" "which has put its line"
	echo THAWED >/run/v1/a/freezer.state
	is "$(lines 1)" "begun" "thawed, its line comes out"
	wait $closer || true
	is "$(xargs </run/closing)" "closing closed" "and close() ended well"
else
	skip 6 "this kernel has no freezer of version 1"
fi
unload fifo
GUEST
