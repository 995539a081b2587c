#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# splice, sendfile and io_uring move bytes from and to the device as with a pipe.

. "${0%/*}/lib/host.sh"

run_guest --timeout 120 <<'GUEST'
dev=/dev/fifo0

load fifo size=16
printf 'one\ntwo\n' >$dev
is "$(splice from $dev 100)" $'8:one\ntwo' "splice takes the lines that are there"
printf 'one\ntwo\n' >$dev
is "$(splice from $dev 6)" 4:one "that fit"
is "$(splice from $dev 6 nonblock)" 4:two "and the next"
is "$(splice from $dev 100 nonblock)" EAGAIN "and waits for none, if it is not to"
is "$(splice to $dev 'one\ntwo\n')" 8 "splice writes lines"
is "$(text read $dev 100)" $'8:one\ntwo' "which are items"
is "$(splice to $dev $'ok\\n\x01\\n')" EINVAL "and refuses what a write does"
is "$(splice to $dev 'begun')" 5 "a line that is begun"
is "$(text read $dev 100)" 6:begun "is put when the file is closed"
(splice from $dev 100 >/run/spliced) &
wait_for 5 grep -qx 1 /sys/class/misc/fifo0/waiting_consumers
echo late >$dev
wait
is "$(</run/spliced)" 5:late "splice waits for a line"

seq 20000 >/run/lines
(splice sendfile $dev /run/lines >/run/sent) &
timeout 60 head -n 20000 $dev >/run/read
wait
is "$(</run/sent)" "$(wc -c </run/lines)" "sendfile writes all of a file"
ok "which is read" cmp /run/lines /run/read
seq 20 >/run/few
is "$(splice sendfile $dev /run/few nonblock)" "EAGAIN $(seq 16 | wc -c)" "as many lines as fit, if it is not to wait"
is "$(timeout 5 head -n 16 $dev | tail -n 1)" 16 "these are there"

if [[ $(splice uring-to $dev 'A\n') == ENOSYS ]]; then
	skip 3 "the kernel has no io_uring"
else
	is "$(text read $dev 100)" 2:A "io_uring writes a line"
	is "$(splice uring-to $dev 'B\n')" 2 "and says so"
	is "$(splice uring-from $dev 100)" 2:B "and takes one"
fi
unload fifo
GUEST

