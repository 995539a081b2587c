#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# What a user sees of the three modules: loading, watching and unloading, in the kernel
# log, in sysfs and in the tracepoints.

. "${0%/*}/lib/host.sh"

# What each guest's script begins with.
common=$(
	cat <<'GUEST'
fifo=/sys/class/misc/fifo
parameters=/sys/module/producer/parameters

# counter QUEUE NAME
counter() {
	cat "$fifo$1/$2"
}

# counter_is QUEUE NAME VALUE, counter_above QUEUE NAME VALUE
counter_is() {
	[[ $(counter "$1" "$2") == "$3" ]]
}

counter_above() {
	(($(counter "$1" "$2") > $3))
}

# lines REGEX: how many lines of this section match it as a whole.
lines() {
	dmesg_since section | grep -cxE -e "$1" || true
}
GUEST
)

run_guest --timeout 120 < <(
	echo "$common"
	cat <<'GUEST'
section "a first session"
load fifo
says 'fifo: queue 0: engine=semaphore size=32 overflow=block' "fifo says what queue it made"
load producer rate=50
says 'producer: \[0\] started: item=A rate=50/s queue=0 context=work' "a producer says that it started"
says 'producer: \[0\] put item=A seq=1 queue=0 depth=1/32' "it says what it put"
says 'producer: \[0\] put item=A seq=3 queue=0 depth=3/32' "and how deep the queue is"
wait_for 5 counter_is 0 waiting_producers 1
is "$(counter 0 depth)/$(counter 0 put)" 32/32 "a full queue holds exactly its size, and the producer waits"
load consumer rate=500
says 'consumer: \[0\] started: rate=500/s queue=0 context=work' "a consumer says that it started"
says 'consumer: \[0\] got item=A seq=1 from=producer\[0\] queue=0 depth=3[01]/32 wait_us=[0-9]+' "it says what it got, from whom, and how long it lay there"
wait_for 5 counter_is 0 waiting_consumers 1
like "$(rmmod fifo 2>&1 || true)" 'Module fifo is in use by: (producer consumer|consumer producer)$' "fifo cannot go while it is used, and rmmod says by whom"
unload producer
says 'producer: \[0\] stopped: [0-9]+ items in [0-9]+\.[0-9]{3} s \([0-9]+\.[0-9]{3}/s\)' "an unloaded producer says what it did"
unload consumer
says 'consumer: \[0\] stopped: [0-9]+ items in [0-9]+\.[0-9]{3} s \([0-9]+\.[0-9]{3}/s\)' "an unloaded consumer says what it did"
put=$(counter 0 put) got=$(counter 0 got) depth=$(counter 0 depth)
exec 5</dev/fifo0
not_ok "fifo cannot go while its device is open" rmmod fifo
exec 5<&-
ok "fifo goes when nobody uses it" rmmod fifo
is "$put" "$((got + depth))" "everything put was got or is in the queue"
says "fifo: queue 0: put=$put got=$got dropped=0 discarded=$depth" "and fifo says so when it goes"
log=$(dmesg_since section)
like "$log" "producer: \[0\] stopped: $put items" "the producer's account is that of the queue"
like "$log" "consumer: \[0\] stopped: $got items" "the consumer's too"
is "$(awk '/ stopped: / {
	gsub(/[(]|\/s[)]/, "")
	off = $7 * $9 - $4
	if (off < 0) off = -off
	if (off > 0.01 * $4) print
}' <<<"$log")" "" "items, time and rate of the stopped lines belong together"

section "defaults"
load fifo
load producer
load consumer
says 'producer: \[0\] started: item=A rate=1/s queue=0 context=work' "a producer's defaults"
says 'consumer: \[0\] started: rate=1/s queue=0 context=work' "a consumer's defaults"
is "$(head -qn 1 $parameters/{item,rate,count,queue,context,log} | tr '\n' ' ')" \
	"A 1 0 0 work items " "sysfs shows the defaults"
unlike "$(cat $parameters/instances)" null "sysfs shows a default for instances"
is "$(head -qn 1 /sys/module/fifo/parameters/{size,engine,overflow} | tr '\n' ' ')" \
	"32 semaphore block " "and those of fifo"
unload consumer producer fifo

section "sysfs"
load fifo size=4,8 overflow=block,drop-oldest
is "$(ls -ld /dev/fifo[0-9]* | awk '{ print substr($1, 1, 10), $NF }' | tr '\n' ' ')" \
	"crw------- /dev/fifo0 crw------- /dev/fifo1 " "each queue has a device, for root only"
for name in size engine overflow depth put got dropped discarded waiting_producers waiting_consumers oldest_age_ns; do
	if [[ $(stat -c %a ${fifo}1/$name) != 444 || $(wc -l <${fifo}1/$name) != 1 || $(wc -w <${fifo}1/$name) != 1 ]]; then
		fail "one value in each counter, for all to read" "$name"
	fi
done
is "$(cd ${fifo}1 && cat size engine overflow depth put got dropped discarded waiting_producers waiting_consumers oldest_age_ns | tr '\n' ' ')" \
	"8 semaphore drop-oldest 0 0 0 0 0 0 0 0 " "eleven counters, of an unused queue"
load producer rate=max count=5 log=off
load consumer instances=3 count=1 queue=0 log=off rate=max
wait_for 5 counter_is 0 got 3
is "$(cd ${fifo}0 && cat size engine overflow depth put got dropped discarded waiting_producers waiting_consumers | tr '\n' ' ')" \
	"4 semaphore block 2 5 3 0 0 0 0 " "and of a used one"
age=$(counter 0 oldest_age_ns)
ge "$age" 1 "an item has an age"
ge "$(counter 0 oldest_age_ns)" $((age + 1)) "which grows"
unload consumer producer fifo

section "lists"
load fifo size=4,8 overflow=block,drop-newest,drop-oldest
says 'fifo: queue 0: engine=semaphore size=4 overflow=block' "the first queue of two lists"
says 'fifo: queue 1: engine=semaphore size=8 overflow=drop-newest' "the second"
says 'fifo: queue 2: engine=semaphore size=8 overflow=drop-oldest' "the third: the shorter list repeats its last entry"
load producer item=A,word,42 rate=0.5,2.25,max queue=0,1 log=off
says 'producer: \[0\] started: item=A rate=0\.5/s queue=0 context=work' "the first instance"
says 'producer: \[1\] started: item=word rate=2\.25/s queue=1 context=work' "the second"
says 'producer: \[2\] started: item=42 rate=max queue=1 context=work' "the third"
is "$(lines 'producer: \[[0-9]+\] started.*')" 3 "there is no fourth"
unload producer
load producer item=A,B rate=5,2 instances=4 log=off
says 'producer: \[1\] started: item=B rate=2/s queue=0 context=work' "instances: the second"
says 'producer: \[3\] started: item=B rate=2/s queue=0 context=work' "and the fourth, which repeats it"
load consumer instances=3 queue=0,2
says 'consumer: \[2\] started: rate=1/s queue=2 context=work' "three consumers"
is "$(lines 'consumer: \[[0-9]+\] started.*')" 3 "and not four"
unload producer consumer
is "$(lines 'producer: \[[0-9]+\] stopped.*')/$(lines 'consumer: \[[0-9]+\] stopped.*')" 7/3 "all say that they stopped"
unload fifo

section "count"
load fifo size=100
load producer count=7,3 rate=max,10
says 'producer: \[0\] stopped: 7 items in .*' "a producer stops after so many items"
says 'producer: \[1\] stopped: 3 items in (0\.[2-9]|[1-9][0-9]*\.)[0-9]* s \([0-9.]*/s\)' "each has its own count"
is "$(counter 0 put)" 10 "no more was put"
load consumer count=4 rate=max
says 'consumer: \[0\] stopped: 4 items in .*' "a consumer stops, too"
is "$(counter 0 depth)" 6 "the others stay in the queue"
unload producer consumer
is "$(lines '(producer|consumer): \[[0-9]\] stopped.*')" 3 "unloading them later says nothing twice"
unload fifo
says 'fifo: queue 0: put=10 got=4 dropped=0 discarded=6' "what nobody got is discarded, and said to be"

section "modprobe"
ok "modprobe producer" modprobe producer rate=100
ok "fifo came with it" loaded fifo
ok "modprobe -r producer" modprobe -r producer
not_ok "fifo went with it" loaded fifo
GUEST
)

run_guest --timeout 120 < <(
	echo "$common"
	cat <<'GUEST'
section "log=items"
load fifo size=1024
load producer rate=2000
load consumer rate=max
start=$EPOCHSECONDS
says '(producer): [0-9]+ more items, not shown: .*' "a producer says that it left out items"
says '(consumer): [0-9]+ more items, not shown: .*' "a consumer says so"
wait_for 5 counter_above 0 put 6000
unload producer consumer
seconds=$((EPOCHSECONDS - start + 2))
log=$(dmesg_since section)
for module in producer consumer; do
	items=$(grep -cE "^$module: \[0\] (put|got) " <<<"$log")
	le "$items" $((seconds * 20)) "$module: at most 20 items a second are shown"
	ge "$items" 40 "$module: some are"
	le "$(grep -c "^$module: .* not shown" <<<"$log")" "$seconds" "$module: one line a second tells of the others"
	is "$(awk -v items="$items" -v module="$module:" '
		$1 == module && / not shown/ { items += $2 }
		$1 == module && / stopped: / { total = $4 }
		END { print items - total }' <<<"$log")" 0 "$module: shown and left out are all"
done
unload fifo

section "log=summary"
load fifo
load producer instances=2 rate=40 log=summary
load consumer rate=max log=off
start=$EPOCHSECONDS
# A slow kernel may not get to it in that second.
second='[34][0-9] items in (9[0-9][0-9]|10[0-9]{2}) ms'
((slow == 1)) || second='[0-9]+ items in [0-9]+ ms'
says "producer: \\[0\\] $second, [0-9]+ in all" "each second"
says "producer: \\[1\\] $second, [0-9]+ in all" "of each instance"
wait_for 5 counter_above 0 put 200
unload producer consumer
log=$(dmesg_since section)
is "$(lines 'producer: .* seq=.*')" 0 "no single items"
is "$(grep -c '^consumer: \[0\] ' <<<"$log")" 2 "log=off: the start and the end only"
is "$(awk '/^producer: \[1\] .* in all$/ { total += $3; if ($(NF - 2) != total) print }' <<<"$log")" "" "with what it did so far"
summaries=$(grep -cE '^producer: \[1\] .* in all' <<<"$log")
le "$summaries" $((EPOCHSECONDS - start + 2)) "not more than one line a second"
unload fifo

section "overflow"
load fifo size=4 overflow=drop-newest,drop-oldest
trace_on
load producer item=N,O queue=0,1 count=10 rate=max log=off
says 'producer: \[0\] stopped: 10 items .*' "drop-newest lets the producer go on"
says 'producer: \[1\] stopped: 10 items .*' "drop-oldest, too"
for queue in 0 1; do
	is "$(cd $fifo$queue && cat put got dropped depth | tr '\n' ' ')" "10 0 6 4 " "queue $queue: put = got + dropped + depth"
done
load consumer queue=0,1 count=4 rate=max
says 'consumer: \[0\] stopped: 4 items .*' "what is left can be got"
says 'consumer: \[1\] stopped: 4 items .*' "from both queues"
log=$(dmesg_since section)
seqs() {
	sed -n "s/.*$1.* seq=\([0-9]*\) .*/\1/p" | tr '\n' ' '
}
is "$(seqs 'got item=N' <<<"$log")" "1 2 3 4 " "drop-newest keeps the oldest"
is "$(seqs 'got item=O' <<<"$log")" "7 8 9 10 " "drop-oldest keeps the newest"
trace_off
is "$(trace_read | grep 'queue=0 .*dropped=newest' | seqs fifo_drop:)" "5 6 7 8 9 10 " "the tracepoint says which were dropped: the newest"
is "$(trace_read | grep 'queue=1 .*dropped=oldest' | seqs fifo_drop:)" "1 2 3 4 5 6 " "or the oldest"
unload producer consumer fifo
says 'fifo: queue 0: put=10 got=4 dropped=6 discarded=0' "the ledger of drop-newest"
says 'fifo: queue 1: put=10 got=4 dropped=6 discarded=0' "the ledger of drop-oldest"

section "what a full queue drops"
insmod /modules/fifo.ko engine=semaphore,waitqueue,list,ring size=4 overflow=drop-oldest
trace_on
load producer queue=0,1,2,3 count=6 rate=max log=off
for queue in 0 1 2 3; do
	says "producer: \\[$queue\\] stopped: 6 items .*" "$(<$fifo$queue/engine): drop-oldest lets the producer go on"
done
trace_off
for queue in 0 1 2 3; do
	is "$(trace_read | grep "fifo_drop: queue=$queue " | grep -o ' depth=[^ ]*' | tr -d '\n')" " depth=3 depth=3" "$(<$fifo$queue/engine): the tracepoint has the depth without the item"
done
unload producer fifo

section "a rate written at run time"
load fifo size=100000
load producer rate=1,0.5 log=off
is "$(cat $parameters/rate)" 1,0.5 "the rate can be read"
is "$(stat -c %a $parameters/rate)/$(stat -c %a $parameters/count)" 644/444 "it can be written, count cannot"
echo 1000,2000 >$parameters/rate
is "$(cat $parameters/rate)" 1000,2000 "a new one is shown"
ok "and holds" wait_for 3 counter_above 0 put 1000
for rate in 0 -1 '' x 1e3 0x10 0.0001 10000001 '5,' ,5 5,6,7 '5 6' '+5' 99999999999999999999; do
	dmesg_mark write
	error=$( (echo "$rate" >$parameters/rate) 2>&1) && error="it was accepted"
	said=$(dmesg_since write)
	if [[ $error != *"Invalid argument" ]]; then
		fail "rate='$rate' is refused" "$error"
	elif [[ ! $said =~ ^"producer: rate=\"$rate\"".*(0\.001\ to\ 10000000|at\ most\ 2) &&
		! $said =~ ^'producer: rate="" is refused: must be from 0.001 to 10000000' ]]; then
		fail "rate='$rate' is refused with a reason" "$said"
	elif [[ $(cat $parameters/rate) != 1000,2000 ]]; then
		fail "rate='$rate' changes nothing" "$(cat $parameters/rate)"
	else
		pass "rate='$rate' is refused"
	fi
done
before=$(counter 0 put)
ok "the old rate holds" wait_for 3 counter_above 0 put $((before + 1000))
echo 0.001 >$parameters/rate
before=$(counter 0 put)
sleep 0.3
le "$(counter 0 put)" $((before + 2)) "a single rate is that of all instances"
unload producer fifo

section "tracepoints"
load fifo size=2,2
is "$(cd $tracing/events/fifo && echo */)" \
	"fifo_drop/ fifo_get/ fifo_put/ fifo_wait/" "the events are there"
has_fields() {
	local field

	for field in "${@:2}"; do
		grep -qE "field:.*[ ]$field(\[.*\])?;" "$tracing/events/fifo/$1/format" || return
	done
}
ok "fifo_put has its fields" has_fields fifo_put queue source seq depth
ok "fifo_get has its fields" has_fields fifo_get queue source seq depth wait_ns
ok "fifo_drop has its fields" has_fields fifo_drop queue source seq depth
ok "fifo_wait has its fields" has_fields fifo_wait queue wait_ns
if [[ -e $tracing/events/fifo/fifo_put/hist ]]; then
	echo 'hist:keys=queue,source' >$tracing/events/fifo/fifo_put/trigger
	trace_on
	load consumer queue=0,1 rate=max log=off
	load producer queue=0,1 instances=3 count=20,30,40 rate=max log=off
	wait_for 5 counter_is 0 got 20
	wait_for 5 counter_is 1 got 70
	is "$(sed -n 's/.*queue: *\([0-9]*\), .*hitcount: *\([0-9]*\).*/\1:\2/p' $tracing/events/fifo/fifo_put/hist | sort | tr '\n' ' ')" \
		"0:20 1:30 1:40 " "a hist trigger counts the puts of each queue and source"
	echo '!hist:keys=queue,source' >$tracing/events/fifo/fifo_put/trigger
	unload producer consumer
	trace_off
	like "$(trace_read | grep fifo_wait:)" 'fifo_wait: queue=[01] role=consumer .*wait_ns=[0-9]+ result=0 ' "a wait is traced when it is over"
	like "$(trace_read | grep fifo_wait:)" 'fifo_wait: queue=[01] role=consumer .*wait_ns=[0-9]+ result=-125 ' "also one that was cancelled"
else
	skip 3 "this kernel has no hist triggers"
fi
unload fifo

section "ports in debugfs"
load fifo size=4,4
load producer rate=0.5,max count=0,9 queue=0,1 context=work,kthread log=off
load consumer queue=1 rate=max log=off context=work
cat /dev/fifo0 >/dev/null &
reader=$!
wait_for 5 counter_is 1 got 9
wait_for 5 counter_is 0 waiting_consumers 1
is "$(sort </sys/kernel/debug/fifo/ports | sed 's/ 0\.5\/s [01] / 0.5\/s N /; s/ [1-9][0-9]*$/ US/')" "0 consumer cat - - - - US
0 producer producer[0] work 0.5/s N any 0
1 consumer consumer[0] work max 9 any US
1 producer producer[1] kthread max 9 any 0
queue role name context rate moved cpu waiting_us" "each port, with its context and rate, and for how long it waits"
echo 7 >/sys/module/producer/parameters/rate
like "$(</sys/kernel/debug/fifo/ports)" 'producer\[0\] work 7/s ' "a new rate is shown"
kill $reader
wait || true
unload producer consumer
is "$(</sys/kernel/debug/fifo/ports)" "queue role name context rate moved cpu waiting_us" "none is left"
unload fifo
not_ok "nor the directory" test -e /sys/kernel/debug/fifo
GUEST
)
