#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# debugfs has a line for each open file that holds fifo.ko, even if nobody has read or
# written it yet.

. "${0%/*}/lib/host.sh"

run_guest --timeout 120 <<'GUEST'
files=/sys/kernel/debug/fifo/files

# holds LINE: does debugfs have this line?
holds() {
	grep -qxE "$1" $files
}

load fifo engine=ring,ring
is "$(<$files)" "queue how pid name" "nothing is open at first"
exec 7</dev/fifo0 8>/dev/fifo1 9<>/dev/fifo1
ok "a file that nobody has read" holds "0 read $$ bash"
ok "one that nobody has written" holds "1 write $$ bash"
ok "and one for both" holds "1 read-write $$ bash"
not_ok "fifo.ko cannot go meanwhile" rmmod fifo
exec 7<&- 8>&- 9>&-
is "$(<$files)" "queue how pid name" "closed, they are gone"

sleep 1000 </dev/fifo0 &
pid=$!
wait_for 5 holds "0 read [0-9]+ .*"
kill $pid
wait $pid || true
ok "that of a process that has died, too" wait_for 5 eval '[[ $(<$files) == "queue how pid name" ]]'

fifoctl cat 0 --map >/dev/null &
pid=$!
ok "a mapping" wait_for 5 holds "0 mapped-consumer $pid fifoctl"
kill $pid
wait $pid || true

# A name is text.
(
	printf 'a\n9 b\033[1m' >/proc/$BASHPID/comm
	exec 7</dev/fifo0
	cat $files >/run/files
)
is "$(wc -l </run/files)" 2 "no name makes a line"
is "$(tr -d ' -~\n' </run/files | wc -c)" 0 "nor has control characters"

# Many.
(
	ulimit -n 4000
	for ((i = 0; i < 3000; i++)); do
		exec {fd}</dev/fifo0
	done
	cat $files >/run/files
)
is "$(grep -c '^0 read ' /run/files)" 3000 "thousands are shown"
is "$(<$files)" "queue how pid name" "and none is left"
unload fifo
GUEST
