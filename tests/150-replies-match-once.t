#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Commands and replies inside the kernel: each reply matches its command, once. A module
# that is none of ours, samples/ping, sends a command and waits for the reply.

. "${0%/*}/lib/host.sh"

run_guest --timeout 200 <<'GUEST'
counter() {
	cat "/sys/class/misc/fifo$1/$2"
}

counter_is() {
	[[ $(counter "$1" "$2") == "$3" ]]
}

# quick DESCRIPTION COMMAND…: passes if it does not take too long.
quick() {
	le "$(time_us "${@:2}")" $((1000000 * slow)) "$1 (us)"
}

matched='round trip [0-9]+/[0-9]+/[0-9]+ us \(least/mean/most\)'

section "a command and its reply"
load fifo size=8,8
load echo from=0 to=1
load consumer queue=1 rate=max
load producer type=command item=A,hello rate=20 count=5
says 'producer: \[0\] started: command=A rate=20/s queue=0 context=work' "a producer of commands says so"
says 'producer: \[0\] put command=A id=0x[0-9a-f]+00000001 seq=1 queue=0 depth=[0-8]/8' "its commands have ids"
says 'producer: \[1\] put command=hello id=0x[0-9a-f]+00000005 seq=5 queue=0 depth=[0-8]/8' "each producer counts its own"
says 'consumer: \[0\] got reply id=0x[0-9a-f]+00000001 round_trip_us=[0-9]+ seq=[0-9]+ from=echo queue=1 depth=[0-8]/8' "a reply is recognised"
ok "all are replied to" wait_for 10 counter_is 1 got 10
sent=$(dmesg_since section | grep -o ' put command=.* id=[^ ]*' | grep -o '0x.*' | sort)
is "$(sort -u <<<"$sent" | wc -l)" 10 "no id is there twice"
is "$(dmesg_since section | grep -o ' got reply id=[^ ]*' | grep -o '0x.*' | sort)" "$sent" "each reply has the id of its command"
is "$(</sys/module/producer/parameters/type)" command "the parameter can be read"
unload producer consumer
says "consumer: replies: 10 matched, 0 unknown, $matched" "in the end they are summed up"
mean_is_between() {
	[[ $(dmesg_since section) =~ 'round trip '([0-9]+)/([0-9]+)/([0-9]+)' us' ]] &&
		((BASH_REMATCH[1] <= BASH_REMATCH[2] && BASH_REMATCH[2] <= BASH_REMATCH[3]))
}
ok "the mean is between the least and the most" mean_is_between
unload echo

section "a consumer of commands"
load producer type=command,text item=word,T count=1 rate=max queue=0
load consumer rate=max queue=0
says 'consumer: \[0\] got command=word id=0x[0-9a-f]+00000001 seq=1 from=producer\[0\] queue=0 depth=[0-8]/8 wait_us=[0-9]+' "a command is shown"
says 'consumer: \[0\] got item=T seq=1 from=producer\[1\] queue=0 depth=[0-8]/8 wait_us=[0-9]+' "a text beside it"
unload producer consumer
is "$(dmesg_since section | grep -c 'replies:' || true)" 0 "no replies: nothing is said of them"

section "refusals"
refused producer EINVAL 'type="order" is refused: must be text or command' type=order
refused producer EINVAL 'type="" is refused: must be text or command' type=command,
refused producer EINVAL 'type="command" is refused: must be left out if uid is given' type=command uid=0
refused producer EINVAL 'type="text" is refused: must be left out if uid is given' type=text uid=0
refused producer EINVAL 'type="command,text" is refused: it has 2 entries, must be at most 1' type=command,text instances=1
unload fifo

section "repeated and unknown replies"
load fifo size=8,8
load echo from=0 to=1 twice=1 cut=1 others=0,1,0x100000000,0xffffffffffffffff
load consumer queue=1 rate=max
load producer type=command rate=max count=100 log=off
ok "all are got" wait_for 10 counter_is 1 got 700
unload producer consumer
says "consumer: replies: 100 matched, 500 unknown, $matched" "each command is matched once, the rest is counted"
says 'consumer: \[0\] got reply id=0xffffffffffffffff unknown seq=[0-9]+ from=echo queue=1 depth=[0-8]/8' "one of them is shown"
says 'consumer: \[0\] got item=\(type 4, 7 bytes\) seq=[0-9]+ from=echo .*' "what has no room for an id is no reply"
unload echo fifo

section "the index that counts a producer's commands is none of them"
load fifo size=8,8
load producer type=command rate=1 count=1
wait_for 5 counter_is 0 put 1
[[ $(dmesg_since section) =~ ' id=0x'([0-9a-f]+)00000001' ' ]] || die "no command was put"
load echo from=0 to=1 others="0x${BASH_REMATCH[1]}00000000"
load consumer queue=1 rate=max
ok "both replies are got" wait_for 5 counter_is 1 got 2
unload producer consumer echo
says "consumer: replies: 1 matched, 1 unknown, $matched" "it does not match"
unload fifo

section "each engine and context"
# Each engine has a queue for commands and the next one for replies, and each of its contexts
# a producer and a consumer there.
engines='' from='' to='' contexts='' commands='' replies=''
queue=0 pairs=0
declare -a wanted
for name in $(engines_of); do
	reply=$((queue + 1))
	engines+=,$name,$name from+=,$queue to+=,$reply
	for where in $(contexts_of "$name"); do
		contexts+=,$where commands+=,$queue replies+=,$reply
		pairs=$((pairs + 1))
		wanted[$reply]=$((${wanted[$reply]-0} + 1000))
	done
	queue=$((queue + 2))
done
load fifo size=16 engine=${engines#,}
load echo from=${from#,} to=${to#,}
load consumer queue=${replies#,} context=${contexts#,} rate=max log=off
load producer type=command queue=${commands#,} context=${contexts#,} count=1000 rate=max log=off
for queue in "${!wanted[@]}"; do
	ok "$(counter "$queue" engine): all replies are got" wait_for 30 counter_is "$queue" got "${wanted[$queue]}"
done
unload producer consumer
says "consumer: replies: ${pairs}000 matched, 0 unknown, $matched" "each is matched"
note "$(dmesg_since section | grep 'replies:')"
unload echo fifo

section "at most 65536 without a reply"
most=65536
load fifo size=1024 engine=waitqueue
load consumer rate=max log=off
load producer type=command context=work,kthread,timer rate=max log=off
ok "three producers put so many each" wait_for 60 counter_is 0 put $((3 * most))
says "producer: \[[0-2]\] waits for replies: $most commands have none" "it is said why they wait"
sleep 0.3
is "$(counter 0 put)" $((3 * most)) "and no more"
quick "they are unloaded while all that is outstanding" unload producer
load producer type=command count=1000 rate=max log=off
ok "what they waited for is forgotten" wait_for 10 counter_is 0 put $((3 * most + 1000))
unload producer consumer fifo

section "replies that come after their producer has gone"
load fifo size=128
load producer type=command rate=max count=100 log=off
wait_for 5 counter_is 0 put 100
unload producer fifo
load fifo size=128,128
load producer type=command rate=max log=off
wait_for 5 counter_is 0 waiting_producers 1
quick "a producer whose commands find no room is unloaded" unload producer
load consumer queue=1 rate=max log=off
load echo from=0 to=1
ok "its commands are replied to" wait_for 5 counter_is 1 got 128
unload consumer
says 'consumer: replies: 0 matched, 128 unknown' "nobody waits for that any more"

section "clients that come and go"
load consumer queue=1 rate=max log=off
for ((i = 0; i < 30; i++)); do
	load producer type=command instances=3 context=work,kthread rate=max log=off
	usleep 10000
	unload producer
done
drained() {
	counter_is 0 depth 0 && counter_is 1 depth 0 && [[ $(counter 0 got) == $(counter 1 got) ]]
}
ok "every command has a reply" wait_for 10 drained
replies=$(($(counter 1 got) - 128))
unload consumer
[[ $(dmesg_since section) =~ 'replies: '([0-9]+)' matched, '([0-9]+)' unknown' ]] || true
is "$((BASH_REMATCH[1] + BASH_REMATCH[2]))" "$replies" "each reply was matched or unknown"
ge "${BASH_REMATCH[1]}" 1 "most were matched: ${BASH_REMATCH[0]}"
unload echo fifo

# --- samples/ping ------------------------------------------------------------

# pings REGEX DESCRIPTION [NAME=VALUE…]: ping loads, and prints such a line.
pings() {
	dmesg_mark section
	load ping "${@:3}"
	says "$1" "$2"
	unload ping
}

# left_behind: what is left of ping: users of fifo, and waiters.
left_behind() {
	echo "$(</sys/module/fifo/refcnt)$(cat /sys/class/misc/fifo*/waiting_* | tr -d '0\n')"
}

replied='ping: reply to "hello" after [0-9]+ us'
timed_out='Connection timed out'

section "ping"
for engine in $(engines_of); do
	load fifo size=4,4
	load echo from=0 to=1
	pings "$replied" "$engine: ping gets a reply"
	pings "$replied" "$engine: and again" timeout_ms=5000
	unload echo
	dmesg_mark section
	refused ping "$timed_out" 'ping: no reply to "hello" within 50 ms' timeout_ms=50
	is "$(left_behind)" 0 "$engine: and leaves nothing but its command"
	is "$(counter 0 depth)/$(counter 1 depth)" 1/0 "$engine: which is in the queue"
	unload fifo
done
engine=semaphore

section "ping and replies that are not its own"
load fifo size=2,8
load echo from=0 to=1 twice=1 cut=1 others=0,77
pings "$replied" "ping gets its reply"
pings "$replied" "and takes no other for it"
unload echo
before=$(left_behind)
refused ping "$timed_out" 'within 100 ms' timeout_ms=100
refused ping "$timed_out" 'within 100 ms' timeout_ms=100
refused ping "$timed_out" 'ping: no reply to "hello" within 100 ms' timeout_ms=100
is "$(counter 0 depth)" 2 "it does not wait for room for ever either"
is "$(left_behind)" "$before" "nothing is left"

section "ping is killed"
insmod /modules/ping.ko timeout_ms=60000 replies=1 commands=0 &
pid=$!
waits() {
	[[ $(cat /sys/class/misc/fifo*/waiting_*) == *1* ]]
}
wait_for 5 waits
kill $pid
quick "it does not wait for its time" wait_for 5 eval "! kill -0 $pid"
wait $pid || true
says 'ping: no reply to "hello": error -4' "it says why"
not_ok "it is not loaded" loaded ping
is "$(left_behind)" "$before" "nothing is left"

section "ping is refused"
refused ping EINVAL 'timeout_ms="0" is refused: must be a whole number from 1 to 60000' timeout_ms=0
refused ping EINVAL 'timeout_ms="60001" is refused' timeout_ms=60001
refused ping EINVAL 'replies="1" is refused: must be another queue than commands' commands=1
refused ping ENODEV 'commands="2" is refused: must be an existing queue: fifo.ko has 0 to 1' commands=2
refused ping ENODEV 'replies="9" is refused: must be an existing queue: fifo.ko has 0 to 1' replies=9
is "$(left_behind)" "$before" "nothing is left"
unload fifo
GUEST
