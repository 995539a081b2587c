#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A user's processes as items: the cases of the project of CSE330, as a person runs
# them; zombies; users without processes; processes that come and go all the time.

. "${0%/*}/lib/host.sh"

packages_need procps
guest_prepare_vm
! kernel_is_foreign || skip_all "sessions are of this machine's architecture"

# --- scripts/cse330 ------------------------------------------------------------

session_where

# play ARGUMENT…: leaves output and status.
play() {
	status=0
	output=$("${session[@]}" "$root/scripts/cse330" "${session_kernel[@]}" "$@" 2>&1) || status=$?
	output=${output//$'\r'/}
}

play --cpu 3 20 5 2 2 10
is "$status ${output##*$'\n'}" "0 OK: all criteria hold, kernel log clean." "cse330 --cpu 3 20 5 2 2 10"
printf '%s\n' "$output" | sed -n '/^Totals/,/^$/s/^/# /p'
((status == 0)) || diag "$output"

# case_refused WANT ARGUMENT…
case_refused() {
	play "${@:2}"
	is "$status ${output##*$'\n'}" "1 cse330: $1" "cse330 ${*:2} is refused"
}

case_refused "0 arguments were given, must be 5"
case_refused "4 arguments were given, must be 5" 10 5 1 1
case_refused "PROCESSES is 2001: must be a whole number from 0 to 2000 (see --help)" 2001 5 1 1 25
case_refused "BUFFER is 0: must be a whole number from 1 to 1048576 (see --help)" 10 0 1 1 25
case_refused "PRODUCERS is x: must be a whole number from 0 to 1024 (see --help)" 10 5 x 1 25
case_refused "--cpu is 11: must be a whole number from 0 to 10 (see --help)" --cpu 11 10 5 1 1 25

# --- the other cases, parameters, zombies, namespaces -------------------------

run_guest --timeout 300 --program ps < <(
	echo "cat >/run/cse330 <<'SESSION'"
	cat "$root/vm/guest/cse330"
	echo SESSION
	cat <<'GUEST'
fifo=/sys/class/misc/fifo0

counter_is() {
	[[ $(<$fifo/"$1") == "$2" ]]
}

# start_crowd ARGUMENT…: sets crowd_pid. $crowd_name is the name of its processes.
crowd_name=crowd
start_crowd() {
	local ready crowd

	exec {crowd}< <(exec "$crowd_name" "$@")
	crowd_pid=$!
	read -r ready <&"$crowd"
	[[ $ready == ready ]] || die "crowd $*: $ready"
}

end_crowd() {
	kill "$crowd_pid"
	wait_for 10 gone 1001
}

# No process of this user is there.
gone() {
	[[ ! $(awk -v uid="$1" '/^Uid:/ && $2 == uid' /proc/[0-9]*/status 2>/dev/null) ]]
}

# Have this many instances of the producer finished?
have_stopped() {
	(($(dmesg_since here | grep -c 'producer: .* stopped: ') == $1))
}

has_said() {
	like "$(dmesg_since here)" "$1" "$2"
}

# case_holds ARGUMENT…: one that a session of its own would have.
case_holds() {
	echo "$* 0" >/guest/arguments
	ok "cse330 $*" bash /run/cse330
	note "$(sed -n '/^Totals/,/^$/p' /run/output)"
	wait_for 10 gone 1001
}

cd /modules
case_holds 10 5 1 0 25
case_holds 10 5 0 1 25
case_holds 10 50 1 1 25
case_holds 100 50 1 1 25
case_holds 1000 50 1 1 100
case_holds 100 50 1 2 25
case_holds 1000 1 10 10 50
case_holds 1000 50 4 100 50
case_holds 0 5 1 1 25

load fifo size=100
refused producer EINVAL 'item="A" is refused: must be left out if uid is given' uid=1001 item=A
refused producer EINVAL 'state="Z" is refused: must be left out if uid is not given' state=Z
refused producer EINVAL 'state="zombie" is refused: must be R, S, D, T, t, Z or I' uid=1001 state=zombie
refused producer EINVAL 'uid="-1" is refused: must be a whole number from 0 to 4294967294' uid=-1
refused producer EINVAL 'uid="root" is refused: must be a whole number' uid=root
refused producer EINVAL 'uid="4294967295" is refused: must be a whole number' uid=4294967295
refused producer EINVAL 'uid="1,2" is refused: it has 2 entries, must be at most 1' uid=1,2 instances=1

dmesg_mark
load producer uid=1001
is "$(cat /sys/module/producer/parameters/{uid,rate})" $'1001\nmax' "the rate of a user's processes is max, unless another is given"
wait_for 5 have_stopped 1
unload producer
has_said 'producer: uid 1001 has no processes' "a user without processes: that is said"
has_said 'producer: \[0\] started: uid=1001 rate=max queue=0' "the start names the user"
is "$(<$fifo/put)" 0 "and nothing is put"

start_crowd 1001 zombies 7
dmesg_mark
load producer uid=1001 state=Z
load consumer rate=max
ok "zombies: each is put and got" wait_for 10 counter_is got 7
unload producer consumer
has_said 'consumer: \[0\] got pid=[0-9]+ ppid=[0-9]+ comm=crowd state=Z elapsed=0:00:[0-9]+ cpu=0:00:00 seq=7 from=producer\[0\] queue=0 depth=[0-9]+/100' "a zombie's line"
has_said 'consumer: uid 1001: 7 processes, elapsed 0:00:[0-9]+, cpu 0:00:00' "zombies are counted"
dmesg_mark
load producer uid=1001 state=S
unload producer
has_said 'uid 1001 has no processes in state S' "none of them sleeps"
end_crowd

# Whoever starts a process gives it its name.
crowd_name=$'/run/new\nline'
cp "$(command -v crowd)" "$crowd_name"
start_crowd 1001 zombies 1
dmesg_mark
load producer uid=1001
load consumer rate=max
ok "a name with a line break: the process is put and got" wait_for 10 counter_is got 8
unload producer consumer
has_said 'producer: \[0\] put pid=[0-9]+ comm=new\\nline state=Z seq=1' "the producer has it on one line"
has_said 'consumer: \[0\] got pid=[0-9]+ ppid=[0-9]+ comm=new\\nline state=Z' "and so has the consumer"
end_crowd
crowd_name=crowd
unload fifo

# Each instance gets its share. What does not fit at once comes later.
start_crowd 1001 40 0
load fifo size=3
load producer uid=1001 instances=5 rate=max,100
load consumer rate=200 log=off
ok "five share 40 processes in a queue of 3" wait_for 20 counter_is got 40
is "$(<$fifo/put)" 40 "each was put once"
unload producer consumer
# Two users, and one that is there twice, under one module.
dmesg_mark
load producer uid=1001,0,1001 log=off
load consumer rate=max log=off
wait_for 20 have_stopped 3
wait_for 20 counter_is depth 0
unload producer consumer
has_said 'uid 1001: 40 processes' "of two users, the one"
has_said 'uid 0: [0-9]+ processes' "and the other"
end_crowd
unload fifo

# --- come and go ---------------------------------------------------------------

# Four modules list the processes again and again, while processes are born and die: each
# list has each process once.
crowd 1001 churn &
churn=$!
start_crowd 1001 50 0
load fifo size=4096
load consumer rate=max log=off
echo 'p:tally consumer:consumer_tally_add pid=+24($arg1):b22@0/64 source=+16($arg1):u32' >>$tracing/kprobe_events
trace_on 8192 kprobes/tally
for ((round = 0; round < 20; round++)); do
	loads=()
	for name in producer producer_audio producer_copy producer_video; do
		insmod /modules/$name.ko uid=1001 log=off &
		loads+=($!)
	done
	for load in "${loads[@]}"; do
		wait "$load"
	done
	unload producer producer_audio producer_copy producer_video
done
kill $churn "$crowd_pid"
wait_for 20 counter_is depth 0
trace_off
trace_read | sed 's/.*consumer_tally_add[^)]*) *//' >/run/walked
echo '-:tally' >>$tracing/kprobe_events
is "$(trace_lost)" 0 "no event was lost"
is "$(sort /run/walked | uniq -d | head -3)" "" "80 walks among processes that come and go: none is put twice by one"
ge "$(wc -l </run/walked)" $((80 * 50)) "those that stay are in each walk"
note "$(wc -l </run/walked) processes in 80 walks"
unload consumer fifo
GUEST
)
