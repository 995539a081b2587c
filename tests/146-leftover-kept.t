#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# What a reader leaves of a line is there for the next reader. FIONREAD does not promise
# more than there is.

. "${0%/*}/lib/host.sh"

run_guest --timeout 120 <<'GUEST'
dev=/dev/fifo0

queue() {
	cat /sys/class/misc/fifo0/$1
}

# part BYTES: what dd reads from the device.
part() {
	dd if=$dev bs="$1" count=1 2>/dev/null
}

load fifo size=64
printf 'hello\nworld\n' >$dev
is "$(part 2)" he "dd reads a part of a line"
is "$(queue depth) $(queue got)" "1 1" "which is got"
is "$(text read $dev 100)" $'10:llo\nworld' "the next reader begins with the rest"
is "$(queue got)" 2 "and each line is got once"
printf 'hello\n' >$dev
for letter in h e l l o; do
	is "$(part 1)" $letter "'$letter' by a file of its own"
done
is "$(poll $dev in 0)" in "poll sees that the end of the line is left"
is "$(text read $dev 100 nonblock)" "1:" "which is read without waiting"
is "$(poll $dev in 0)" timeout "then there is no more"

# Other waiting readers are woken.
printf 'hello\n' >$dev
exec 7<$dev
read -r -N 2 -u 7 two
is "$two" he "a file that stays open keeps the rest for itself"
timeout 20 text read $dev 100 >/run/read 7<&- &
ok "while another reader waits" wait_for 5 grep -qx 1 /sys/class/misc/fifo0/waiting_consumers
exec 7<&-
wait
is "$(</run/read)" 4:llo "which has it when the file is closed"
for how in '' epoll; do
	printf 'hello\n' >$dev
	exec 7<$dev
	read -r -N 2 -u 7 two
	poll $dev in 20000 $how >/run/polled 7<&- &
	wait_for 5 sleeps $!
	exec 7<&-
	wait
	is "$(</run/polled)" in "${how:-poll} sees it then, too"
	is "$(text read $dev 100 nonblock)" 4:llo "and it is there"
done
(timeout 20 text read $dev 100 >/run/read) &
wait_for 5 grep -qx 1 /sys/class/misc/fifo0/waiting_consumers
echo A >$dev
wait
is "$(</run/read)" 2:A "a reader still waits for items"

# Many at a time.
seq 100 150 >$dev
for ((i = 0; i < 40; i++)); do
	part 2 >/run/part.$i &
	parts+=($!)
done
wait "${parts[@]}"
timeout 5 cat $dev >/run/rest || true
is "$(cat /run/part.* /run/rest | tr -d '\n' | wc -c)" $((51 * 3)) "forty readers of parts lose no byte"
is "$(queue got)" "$(queue put)" "and no item"

# A reader gets no more than fits.
seq 100 150 >$dev
is "$(text read $dev 100 | head -n 1)" 60:100 "a short read has whole lines"
is "$(queue depth)" 36 "and has got no others"
timeout 1 cat $dev >/dev/null || true

# What FIONREAD reports.
is "$(count $dev r reads)" "0 -1" "FIONREAD of an empty queue"
printf 'one\ntwo\n' >$dev
is "$(count $dev r reads)" "8 8" "of two lines"
printf 'one\ntwo\n' >$dev
is "$(count $dev rw)" 8 "without a read then"
is "$(text read $dev 100)" $'8:one\ntwo' "they are still there"
printf 'hello\n' >$dev
part 2 >/dev/null
is "$(count $dev r reads)" "4 4" "of what is left of a line"
echo A >$dev
is "$(count $dev w)" 0 "nothing, of a file that cannot be read"
is "$(queue depth)" 1 "which gets no item"
text read $dev 10 >/dev/null
timeout 5 count $dev r busy >/run/count || true
is "$(</run/count)" 0 "nothing while another thread waits in a read"
seq 50 >$dev
counted=$(count $dev r reads)
ge "${counted#* }" "${counted% *}" "it never promises more than a read returns"
ge "${counted% *}" 2 "nor nothing, when there is something"
is "$(timeout 1 cat $dev | wc -l)" 0 "that read had all"

# Unloading with text left.
printf 'hello\n' >$dev
part 2 >/dev/null
unload fifo
like "$(dmesg | tail -n 1)" 'fifo: queue 0: put=[0-9]+ got=[0-9]+ dropped=0 discarded=0' "what is left at the end was got"
GUEST
