#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Named copies of the clients: make builds them, and they load side by side, each once.

. "${0%/*}/lib/host.sh"

run_guest --timeout 60 <<'GUEST'
fifo=/sys/class/misc/fifo0

# says REGEX DESCRIPTION: such a line comes within 5 s.
says() {
	if wait_for 5 log_has "$1"; then
		pass "$2"
	else
		fail "$2" "no line: $1" "$(dmesg_since copies | tail -n 20)"
	fi
}

log_has() {
	dmesg_since copies | grep -qxE -e "$1"
}

dmesg_mark copies
load fifo size=8
load producer item=A rate=20
load producer_video item=frame rate=50
load producer_audio item=sound,speech rate=100,1 log=summary
load consumer count=10 rate=max
load consumer_disk rate=10 instances=2
says 'producer: \[0\] started: item=A rate=20/s queue=0 context=work' "the producer starts"
says 'producer_video: \[0\] started: item=frame rate=50/s queue=0 context=work' "a copy starts, under its own name"
says 'producer_audio: \[1\] started: item=speech rate=1/s queue=0 context=work' "and another"
says 'consumer_disk: \[1\] started: rate=10/s queue=0 context=work' "a copy of the consumer, too"
says 'producer_video: \[0\] put item=frame seq=1 queue=0 depth=[1-8]/8' "a copy puts"
says 'consumer_disk: \[[01]\] got item=frame seq=[0-9]+ from=producer_video\[0\] queue=0 depth=[0-8]/8 wait_us=[0-9]+' "a copy gets what another has put"
says 'consumer_disk: \[[01]\] got item=sound seq=[0-9]+ from=producer_audio\[0\] queue=0 .*' "each under its name"
says 'consumer_disk: \[[01]\] got item=A seq=[0-9]+ from=producer\[0\] queue=0 .*' "the producer is still called producer"
says 'producer_audio: \[0\] [0-9]+ items in [0-9]+ ms, [0-9]+ in all' "each has its own parameters"
says 'consumer: \[0\] stopped: 10 items in .*' "the consumer has its own count"

for module in producer producer_video consumer_disk; do
	like "$(insmod /modules/$module.ko log=off 2>&1 || true)" 'File exists$' "$module is loaded only once"
	ok "$module runs on" loaded $module
done
not_ok "fifo is used by all of them" rmmod fifo
is "$(cat /sys/module/fifo/refcnt)" 5 "by five modules"
echo 1 >/sys/module/producer_video/parameters/rate
is "$(cat /sys/module/producer{,_video}/parameters/rate | tr '\n' ' ')" "20 1 " "each has its own rate"

unload producer_video consumer_disk
says 'producer_video: \[0\] stopped: [0-9]+ items in .*' "a copy stops"
got=$(<$fifo/got)
load consumer_disk rate=max log=off
more() {
	(($(<$fifo/got) > got + 10))
}
ok "the others go on" wait_for 5 more
unload producer producer_audio consumer consumer_disk fifo
log=$(dmesg_since copies)
total() {
	awk -v name="^$1(_[a-z]+)?:$" '$1 ~ name && / stopped: / { n += $4 } END { print n }' <<<"$log"
}
like "$log" "fifo: queue 0: put=$(total producer) got=$(total consumer) dropped=0 discarded=[0-8]$" "the ledger is that of all of them"
GUEST
