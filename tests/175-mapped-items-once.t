#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Items that go through a mapping, each way and from one process to another: each comes
# once, whole, and in the order of its producer. A process that waits there uses no
# processor time.
#
#	FIFO_EXACT_ITEMS	items each way (1000000)

. "${0%/*}/lib/host.sh"

items=${FIFO_EXACT_ITEMS:-1000000}
[[ $items =~ ^[1-9][0-9]{2,8}$ ]] || die "FIFO_EXACT_ITEMS=$items: must be from 100 to 999999999"

run_guest --timeout $((100 + items / 20000)) < <(
	echo "items=$items"
	cat <<'GUEST'
# Ends a process that waits for one that has failed.
limit=$(((30 + items / 50000) * slow))

counter() {
	cat "/sys/class/misc/fifo$1/$2"
}

# timed COMMAND…: notes how many items a second that was.
timed() {
	local start=${EPOCHREALTIME/./}

	"$@" || return
	diag "$((items * 1000000 / (${EPOCHREALTIME/./} - start))) items/s: $*"
}

part=$((items / 3))
rest=$((items - 2 * part))

note "kernel to process: a producer in delayed work, one in a kthread, one in a timer"
load fifo engine=ring size=1024
load producer context=work,kthread,timer count=$part,$part,$rest rate=max log=off
got=$(timed timeout $limit library get 0 $items 2>&1) && status=0 || status=$?
is "$status $(wc -l <<<"$got")" "0 3" "$items items of 3 producers came once each, in order"
((status == 0)) || diag "$got"
is "$(awk '{ print $2 }' <<<"$got" | sort -n | xargs)" "$part $part $rest" "and all of each"
ledger_is $items $items 0
unload producer fifo

note "process to kernel: six consumers"
load fifo engine=ring size=1024
load consumer context=work,kthread,timer,work,kthread,timer rate=max log=off
dmesg_mark consumers
timed timeout $limit library put 0 $items && status=0 || status=$?
is "$status" 0 "$items items were put"
# What the process has put before it ends is there for consumers.
taken() {
	[[ $(counter 0 got) == "$items" ]]
}
ok "and got" wait_for 10 taken
ledger_is $items $items 0
unload consumer
sum=$(dmesg_since consumers | sed -n 's/.* stopped: \([0-9]*\) items.*/\1/p' | awk '{ n += $1 } END { printf "%d", n }')
is "$sum" $items "the consumers have got as many"
unload fifo

note "process to kernel: one reader of the device, who sees the order"
load fifo engine=ring size=1024
timeout $limit library lines $items </dev/fifo0 &
reader=$!
timed timeout $limit library put 0 $items && status=0 || status=$?
wait $reader && read_status=0 || read_status=$?
is "$status $read_status" "0 0" "the numbers from 1 to $items were put, and read in order"
ledger_is $items $items 0
unload fifo

note "process to process"
load fifo engine=ring size=1024
timeout $limit library numbers 0 $items >/run/numbers &
reader=$!
timed timeout $limit library put 0 $items && status=0 || status=$?
wait $reader && read_status=0 || read_status=$?
is "$status $read_status $(awk '{ print $2 }' /run/numbers)" "0 0 $items" "the numbers from 1 to $items were put, and got in order"
ledger_is $items $items 0
unload fifo

note "what must be noticed"
load fifo engine=ring size=16
printf '1\n3\n' >/dev/fifo0
like "$(library numbers 0 2 2>&1 || echo "status $?")" "item 2 is '3'.*status 1" "a number that is missing"
printf '1\n2\n' >/dev/fifo0
fifoctl cat 0 --map --count 1 >/dev/null
like "$(library get 0 1 2>&1 || echo "status $?")" "item 2 came after 0.*status 1" "an item that is missing"
printf '1\n3\n' >/run/lines
like "$(library lines 2 2>&1 </run/lines || echo "status $?")" "line 2 is 3.*status 1" "a line that is missing"
unload fifo

# --- waiting -----------------------------------------------------------------

seconds=15
note "a consumer and a producer that wait for $seconds s"
load fifo engine=ring size=64,1024
library numbers 0 1 >/run/waiter &
consumer=$!
library put 1 1025 &
producer=$!
wait_for 10 sleeps $producer
is "$(counter 1 depth)" 1024 "the producer finds no room: the first look at a counter shows all that it has put"
wait_for 10 sleeps $consumer
usleep 100000
before=$(cpu_use $consumer $producer)
sleep $seconds
after=$(cpu_use $consumer $producer)
is "$after" "$before" "after $seconds s neither has used the processor, nor been woken"
unlike "$(awk '{ print $2 }' <<<"$after")" '[^S[:space:]]' "both sleep interruptibly"
echo 1 >/dev/fifo0
wait $consumer && status=0 || status=$?
is "$status" 0 "the consumer goes on when there is an item"
read -r line </dev/fifo1
wait $producer && status=0 || status=$?
is "$line $status" "1 0" "the producer goes on when there is room"
unload fifo
GUEST
)
