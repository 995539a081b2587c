#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# /dev/fifoN as text: one item a line, as through a pipe, with any program.

. "${0%/*}/lib/host.sh"

run_guest --timeout 180 <<'GUEST'
dev=/dev/fifo0

queue() {
	cat "/sys/class/misc/fifo${2-0}/$1"
}

# read_are N: have all readers together read N lines?
read_are() {
	[[ $(cat /run/reader? | wc -l) == "$1" ]]
}

# drain: reads what is there, without waiting.
drain() {
	timeout 1 cat $dev || true
}

# numbered N: N-1 to N-200.
numbered() {
	seq 200 | sed "s/^/$1-/"
}

# asleep: waits until the last started process sleeps.
asleep() {
	wait_for 5 sleeps $!
}

shown() {
	dmesg | grep -q "$1"
}

load fifo size=8

# The simple case.
echo A >$dev
echo "two words" >$dev
is "$(queue depth)" 2 "echo puts an item"
is "$(head -n 2 $dev)" $'A\ntwo words' "head gets two"
is "$(queue depth)" 0 "and no more"
is "$(text write $dev 'a\nb\n\nd\n')" 7 "many lines in one write"
is "$(text read $dev 100)" $'7:a\nb\n\nd' "and in one read; an empty line is one"
is "$(stat -c %a $dev)" 600 "it is for root"

# It does not matter how a program splits its output.
printf 'one\ntwo\nthree\n' | dd of=$dev bs=1 2>/dev/null
is "$(dd if=$dev bs=1 count=14 2>/dev/null)" $'one\ntwo\nthree' "dd byte by byte, both ways"
is "$(queue put) $(queue got)" "9 9" "which are three items"
printf 'no end' >$dev
is "$(head -n 1 $dev)" "no end" "a last line that is not ended is one when the file is closed"
{
	printf 'be'
	printf 'gun\n'
} >$dev
is "$(head -n 1 $dev)" "begun" "a line may come in parts"
(seq 20000 20499 >$dev) &
is "$(head -n 500 $dev | md5sum)" "$(seq 20000 20499 | md5sum)" "500 lines through a queue of 8"
wait
is "$(for i in 1 2 3; do echo $i >$dev; done; head -n 3 $dev)" $'1\n2\n3' "a shell's loop"
while read -r line; do
	echo "<$line>"
	[[ $line != 5 ]] || break
done <$dev >/run/loop &
seq 5 >$dev
wait
is "$(</run/loop)" $'<1>\n<2>\n<3>\n<4>\n<5>' "a shell's loop that reads"
(grep -m 2 x $dev >/run/grep) &
printf 'ax\nb\ncx\n' >$dev
wait
is "$(</run/grep)" $'ax\ncx' "grep"
drain >/dev/null

# Where a read ends.
text write $dev 'hello\nworld\n' >/dev/null
is "$(text read $dev 8)" '6:hello' "a read ends at the end of a line"
is "$(text read $dev 3)" '3:wor' "unless not even one fits"
is "$(queue depth)" 0 "and then the line is got"
is "$(text read $dev 100)" '3:ld' "and the next reader has the rest"

# A refused write does nothing.
long=$(printf 'x%.0s' {1..41})
is "$(text write $dev "ok\n$long\n")" EMSGSIZE "a line of 41 bytes"
is "$(text write $dev "$long")" EMSGSIZE "even without its end"
is "$(text write $dev $'ok\n\x01\n')" EINVAL "a control character"
is "$(text write $dev $'ok\n\xe4\n')" EINVAL "not UTF-8"
is "$(queue depth)" 0 "nothing was put of these"
is "$(text write $dev "${long:1}\n")" 41 "a line of 40 bytes is put"
is "$(text read $dev 100)" "41:${long:1}" "and got"
text write $dev "x\n" >/dev/null
is "$(text fault $dev)" "EFAULT EFAULT 2" "a bad address loses nothing"
is "$(text write $dev '')" 0 "no bytes"
is "$(text read $dev 0)" 0 "none to read"

# Without waiting.
is "$(text read $dev 10 nonblock)" EAGAIN "an empty queue, not to wait for"
is "$(text write $dev '1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n' nonblock)" 16 "as many lines as fit"
is "$(text write $dev '9\n' nonblock)" EAGAIN "and none, not to wait for"
is "$(drain | tr '\n' ' ')" "1 2 3 4 5 6 7 8 " "they are there"

# Waiting: poll, epoll, signals.
is "$(poll $dev inout 0)" out "an empty queue can be written"
is "$(poll $dev in 50)" timeout "and not be read"
for how in '' epoll exclusive; do
	poll $dev in 10000 $how >/run/polled &
	asleep
	echo A >$dev
	wait
	is "$(</run/polled)" in "${how:-poll} sees an item come"
	head -n 1 $dev >/dev/null
done
seq 8 >$dev
is "$(poll $dev inout 0)" in "a full one can be read"
for how in '' epoll; do
	poll $dev out 10000 $how >/run/polled &
	asleep
	text read $dev 2 >/dev/null
	wait
	is "$(</run/polled)" out "${how:-poll} sees room come"
	echo A >$dev
done
is "$(queue depth)" 8 "it is full again"
is "$(text signal $dev write)" EINTR "a signal ends a write that waits"
drain >/dev/null
is "$(text signal $dev read)" EINTR "and a read"
text signal $dev read restart >/run/restarted &
usleep 500000
ok "which waits on after it, if the program wants that" test ! -s /run/restarted
echo A >$dev
wait
is "$(</run/restarted)" 2 "and gets an item"

# An exclusive waiter of epoll does not keep a consumer from being woken.
poll $dev in 3000 exclusive >/dev/null &
asleep
timeout 5 text read $dev 10 >/run/got &
wait_for 5 grep -qx 1 /sys/class/misc/fifo0/waiting_consumers
echo A >$dev
wait || true
is "$(</run/got)" '2:A' "one that polls, and does not read, takes no wake-up from one that reads"

# A waiter can be killed.
cat $dev >/dev/null &
reader=$!
ok "a reader waits" wait_for 5 grep -qx 1 /sys/class/misc/fifo0/waiting_consumers
kill -9 $reader
wait $reader 2>/dev/null || true
is "$(queue waiting_consumers)" 0 "and is gone once it was killed"
yes >$dev &
writer=$!
ok "a writer waits" wait_for 5 grep -qx 1 /sys/class/misc/fifo0/waiting_producers
not_ok "fifo.ko cannot go meanwhile" rmmod fifo
kill -9 $writer
wait $writer 2>/dev/null || true
is "$(queue waiting_producers)" 0 "and is gone, too"
drain >/dev/null

# Several readers and writers.
for i in 1 2 3; do
	cat $dev >/run/reader$i &
	echo $! >>/run/cats
done
for i in 1 2 3; do
	(numbered $i >$dev) &
	writers+=($!)
done
wait "${writers[@]}"
ok "all was read" wait_for 5 read_are 600
kill $(</run/cats)
wait || true
is "$(cat /run/reader? | sort | md5sum)" "$(for i in 1 2 3; do numbered $i; done | sort | md5sum)" \
	"three writers, three readers: each line once"
for i in 1 2 3; do
	for k in 1 2 3; do
		grep "^$k-" /run/reader$i | sort -t - -n -k 2 -c || echo "out of order"
	done
done >/run/order 2>&1
is "$(</run/order)" "" "each writer's in order"

# Together with the modules; items that are not text.
load consumer count=1 rate=max
echo "from the shell" >$dev
ok "consumer.ko gets it" wait_for 5 shown 'got item=from the shell seq=1 from=bash'
unload consumer
load producer item=kernel count=2 rate=max
is "$(head -n 2 $dev)" $'kernel\nkernel' "what producer.ko puts is read"
unload producer
load producer uid=0 count=1 log=off
like "$(head -n 1 $dev)" '^type=2 len=40 data=[0-9a-f]{80}$' "a process is shown as bytes"
unload producer
unload fifo

# A process that exits does not wait for room. If there is room, it waits for its turn.
load fifo size=4 overflow=drop-oldest
load producer rate=max log=off
load consumer rate=max log=off
dmesg_mark busy
for ((i = 0; i < 200; i++)); do
	(printf 'no end') >$dev
done
is "$(dmesg_since busy | grep -c 'is lost' || true)" 0 "the last line of a process is put while the queue is busy"
unload producer consumer fifo

load fifo size=2 overflow=drop-newest,drop-oldest
seq 5 >/dev/fifo0
seq 5 >/dev/fifo1
is "$(head -n 2 /dev/fifo0) $(head -n 2 /dev/fifo1)" $'1\n2 4\n5' "a full queue drops as its policy says"
is "$(poll /dev/fifo0 out 0)" out "and can always be written"
is "$(queue put 0) $(queue dropped 0) $(queue put 1) $(queue dropped 1)" "5 3 5 3" "and counts it"
unload fifo

for engine in $(engines_of); do
	load fifo size=4
	(seq 300 >$dev) &
	is "$(head -n 300 $dev | md5sum)" "$(seq 300 | md5sum)" "$engine: 300 lines through a queue of 4"
	wait
	unload fifo
done
unlike "$(dmesg)" "discarded=[^0]" "nothing was left anywhere"
GUEST

# GNU's programs, which unlike busybox's split and buffer their output. One that writes to a
# terminal shows each line at once.
if kernel_is_foreign; then
	skip "GNU's programs are of this machine's architecture"
	exit
fi
run_guest --program grep --program tail --program dd --program script <<'GUEST'
dev=/dev/fifo0

# has FILE TEXT: does it hold exactly this?
has() {
	[[ $(tr -d '\r' <"$1") == "$2" ]]
}

load fifo size=8
grep --line-buffered x $dev >/run/grep &
grep=$!
printf 'ax\nb\ncx\n' >$dev
ok "grep --line-buffered has what matched, and reads on" wait_for 5 has /run/grep $'ax\ncx'
echo dx >$dev
ok "and the next line when it comes" wait_for 5 has /run/grep $'ax\ncx\ndx'
kill $grep
wait $grep || true

mkdir -p /dev/pts
mount -t devpts devpts /dev/pts
script -qfc "exec tail -n +1 -f $dev" /run/typescript >/run/tail &
tail=$!
echo one >$dev
ok "tail -f shows a line" wait_for 5 has /run/tail one
echo two >$dev
ok "and the next when it comes" wait_for 5 has /run/tail $'one\ntwo'
kill $tail
wait $tail || true

(seq 8 >$dev)
is "$(dd if=$dev bs=4 count=4 iflag=fullblock status=none)" $'1\n2\n3\n4\n5\n6\n7\n8' "dd with blocks that it fills"
(seq 100 | dd of=$dev obs=30 status=none) &
is "$(head -n 100 $dev)" "$(seq 100)" "and with blocks that end within a line"
wait
unload fifo
GUEST
