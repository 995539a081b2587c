#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A read or a write is one operation, however many pieces and bytes it has: it does not
# mingle with others, does not wait once it has moved something, and is refused as a
# whole.

. "${0%/*}/lib/host.sh"

run_guest --timeout 240 <<'GUEST'
dev=/dev/fifo0

queue() {
	cat /sys/class/misc/fifo0/$1
}

load fifo size=64
echo A >$dev
is "$(pieces readv $dev 2 100)" $'2:A\n:' "readv does not wait for the second piece"
printf 'one\ntwo\n' >$dev
is "$(pieces readv $dev 6 100)" $'8:one\ntw:o' "a line may span pieces"
is "$(text read $dev 10 nonblock)" EAGAIN "and then there is no more"
is "$(pieces writev $dev 'on' 'e\ntw' 'o\n' '')" 8 "writev"
is "$(text read $dev 100)" $'8:one\ntwo' "writes lines that span pieces"
is "$(pieces writev $dev 'ok\n' 'also\n' $'\x01\n')" EINVAL "a bad byte in the last piece"
is "$(pieces writev $dev 'ok\n' "$(printf 'x%.0s' {1..30})" "$(printf 'x%.0s' {1..30})\n")" EMSGSIZE "a line that is too long by two pieces"
is "$(queue depth) $(queue put)" "0 5" "refuses all of them"
for part in a b 'c\n'; do
	printf "$part"
done >$dev
is "$(text read $dev 100)" 4:abc "a line of three writes is one"

# Without waiting, for this call alone.
is "$(pieces nowait $dev read)" EAGAIN "RWF_NOWAIT does not wait for an item"
seq 64 >$dev
is "$(pieces nowait $dev write)" EAGAIN "nor for room"
is "$(timeout 5 head -n 1 $dev)" 1 "they were all there"
unload fifo

# Long writes.
load fifo size=1048576
long=$(printf 'x%.0s' {1..41})
for bytes in 4097 65536 65537 8388608; do
	is "$(bigwrite $dev $bytes '0123456789abcde\n' "\n$long\n")" EMSGSIZE "$bytes bytes with a line that is too long at the end"
	is "$(bigwrite $dev $bytes '0123456789abcde\n' $'\n\x01\n')" EINVAL "with a bad byte"
	is "$(bigwrite $dev $bytes '0123456789abcde\n' $'\n\xc3\n')" EINVAL "with half a character"
	is "$(queue put)" 0 "are refused as a whole"
done
is "$(bigwrite $dev 8388608 '0123456789abcde\n')" 8388608 "a good one is taken"
is "$(queue put)" 524288 "as so many items"
unload fifo
load fifo size=1048576
is "$(bigwrite $dev 1048583 'ä€🙂xy\n')" 1048583 "where parts of it end is of no matter"
timeout 60 dd if=$dev bs=65536 count=1 iflag=fullblock 2>/dev/null | head -n 5000 | sort -u >/run/lines
is "$(</run/lines)" 'ä€🙂xy' "to lines, nor to characters"
unload fifo

# Several writers of one open file.
load fifo size=16
pieces threads $dev 8 250 >/run/threads 2>&1 &
timeout 60 head -n 2000 $dev >/run/lines
wait
is "$(</run/threads)" "" "8 threads write lines in two pieces each"
is "$(grep -cvE '^([0-9])-[0-9]+-\1$' /run/lines || true)" 0 "no piece of one comes between those of another"
is "$(sort -u /run/lines | wc -l)" 2000 "and each line came"
unload fifo

# The point at which an incomplete long write ends.
load fifo size=512
is "$(timeout 20 text write $dev "$(for i in {100..999}; do printf '%s\\n' $i; done)" nonblock)" 2048 "a write that does not wait ends with a line"
is "$(timeout 5 head -n 512 $dev | tail -n 1)" 611 "of which the last is whole"
unload fifo
GUEST
