#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The tools on a real fifo.ko: scripts/commands, with a process that replies to the
# kernel's commands; each command of fifoctl, and what it says if it cannot do it; and a
# process that has overwritten its own mapping.
#
#	FIFO_COMMANDS	how many commands (100000)

. "${0%/*}/lib/host.sh"

guest_prepare_vm
export FIFO_VM

# --- scripts/commands --------------------------------------------------------

# play ARGUMENT…: leaves output and status.
play() {
	status=0
	output=$("$root/scripts/commands" "$@" 2>&1) || status=$?
	output=${output//$'\r'/}
}

# holds N [ARGUMENT…]
holds() {
	play "${@:2}"
	is "$status ${output##*$'\n'}" \
		"0 OK: $1 commands, $1 replies, each matched; ledgers hold, nothing left, kernel log clean." \
		"scripts/commands ${*:2}"
	printf '%s\n' "$output" | sed -n '/easy pace  /,$s/^/# /p'
	((status == 0)) || diag "$output"
}

# refused WHY ARGUMENT…
refused() {
	play "${@:2}"
	is "$status ${output##*$'\n'}" "1 commands: $1" "scripts/commands ${*:2} is refused"
}

commands=${FIFO_COMMANDS:-100000}
if kernel_is_foreign; then
	skip "sessions are of this machine's architecture"
else
	holds "$commands" "$commands"
	holds 1 1
	refused "N is 0: must be a whole number from 1 to 10000000 (see --help)" 0
	refused "N is 10000001: must be a whole number from 1 to 10000000 (see --help)" 10000001
	refused "N is ten: must be a whole number from 1 to 10000000 (see --help)" ten
	refused "2 arguments were given, must be 1 at most (see --help)" 1 2
	refused "unknown option --fast (--help lists them)" --fast
	play --help
	is "$status ${output%%$'\n'*}" "0 usage: scripts/commands [--kernel K] [N]" "--help"
fi

# --- fifoctl -----------------------------------------------------------------

run_guest --timeout 90 <<'GUEST'
counter() {
	cat "/sys/class/misc/fifo$1/$2"
}

# prints WANT COMMAND…: its whole output matches the regular expression WANT.
prints() {
	local said status=0

	said=$("${@:2}" 2>&1 </dev/null) || status=$?
	if ((status == 0)) && [[ $said =~ ^$1$ ]]; then
		pass "${*:2}"
	else
		fail "${*:2}" "status $status" "said: $said" "want: $1"
	fi
}

# fails WHY COMMAND…: ends with 1, and prints WHY and nothing else.
fails() {
	local said status=0

	said=$("${@:2}" 2>&1 </dev/null) || status=$?
	is "$status $said" "1 $2: $1" "${*:2}: $1"
}

missing='fifo.ko is not loaded: insmod fifo.ko'
for command in list stat watch; do
	fails "$missing" fifoctl "$command"
done
for command in 'cat 0' 'cat 0 --json' 'send 0 A'; do
	# shellcheck disable=SC2086 # these are arguments
	fails "$missing (with engine=ring for queues that are to be mapped)" fifoctl $command
done
fails "$missing (with engine=ring for queues that are to be mapped)" worker

load fifo engine=ring,semaphore,ring size=8 overflow=block,block,drop-oldest

note "send and cat"
prints '' fifoctl send 0 A 'two words'
printf 'three\nfour' | fifoctl send 0
prints $'A\ntwo words' fifoctl cat 0 --count 2
prints three fifoctl cat 0 --map --count 1
before=$(counter 0 got)
prints '\{"seq":2,"time":[0-9]+,"source":[0-9]+,"type":"text","len":4,"data":"four"\}' fifoctl cat 0 --json --count 1
is "$before $(counter 0 got)" "3 4" "each got what it printed, and no more"
prints '' fifoctl send 0 'Grüße, 世界' $'a\tb' 'Grüße'
prints $'Grüße, 世界\na\tb' fifoctl cat 0 --count 2
prints 'Grüße' fifoctl cat 0 --map --count 1
load producer type=command item=word count=1 rate=max log=off
prints '\{"seq":1,"time":[0-9]+,"source":[0-9]+,"type":"command","len":12,"data":\{"id":[0-9]+,"data":"word"\}\}' fifoctl cat 0 --json --count 1
unload producer

# Ctrl-C while it waits: it has printed everything that it got.
fifoctl cat 0 >/run/cat &
pid=$!
has_line() {
	grep -qx last /run/cat
}
fifoctl send 0 last
ok "cat waits for more" wait_for 10 has_line
kill $pid
wait $pid && status=0 || status=$?
is "$status $(counter 0 depth)" "143 0" "until it is told to end"

note "list, stat and watch"
fifoctl send 1 A B
prints $' *QUEUE ENGINE +SIZE OVERFLOW +DEPTH +PUT +GOT +DROPPED +ERRORS
 +0 ring +8 block +0 +9 +9 +0 +0
 +1 semaphore +8 block +2 +2 +0 +0 +0
 +2 ring +8 drop-oldest +0 +0 +0 +0 +0' fifoctl list
head=' *QUEUE +PUT/s +GOT/s +DROPPED/s +DEPTH +PRODUCERS +CONSUMERS'
prints "$head"$'\n +1 +0\.0 +0\.0 +0\.0 +2/8 +0 +0' fifoctl stat 1 --interval 0.1
load producer queue=2 rate=1000 log=off
producing() {
	[[ $(counter 2 dropped) -ge 1 ]]
}
wait_for 10 producing
prints "$head"$'\n +0 .*\n +1 .*\n +2 +[0-9]+\.[0-9] +0\.0 +[0-9]+\.[0-9] +8/8 +0 +0' fifoctl stat --interval 0.5
fifoctl watch 2 --interval 0.1 >/run/watch &
pid=$!
has_lines() {
	[[ $(grep -c '8/8' /run/watch) -ge 3 ]]
}
ok "watch looks again and again" wait_for 10 has_lines
kill $pid
wait $pid && status=0 || status=$?
is "$status" 143 "until it is told to end"
like "$(head -n 1 /run/watch)" "^$head\$" "below a head"
unload producer

note "what cannot be"
none='no queue 7: fifo.ko has 3, from 0 to 2'
for command in 'stat 7' 'watch 7' 'cat 7' 'cat 7 --json' 'send 7 A'; do
	# shellcheck disable=SC2086 # these are arguments
	fails "$none" fifoctl $command
done
fails "$none" worker --replies 7
fails "queue 1 has engine=semaphore, only ring can be mapped: insmod fifo.ko engine=ring" fifoctl cat 1 --json
fails "queue 2 has overflow=drop-oldest, which takes items from a consumer that maps it: insmod fifo.ko engine=ring overflow=drop-newest, or block" fifoctl cat 2 --json
load consumer queue=0 log=off
fails "queue 0 has a consumer: another process, or consumer.ko; a mapping needs that end for itself" fifoctl cat 0 --json
unload consumer
load producer queue=2 log=off
fails "queue 2 has a producer: another process, or producer.ko; a mapping needs that end for itself" worker --commands 0 --replies 2
unload producer
fifoctl cat 0 --json >/dev/null &
pid=$!
mapped() {
	grep -q '\[fifo\]' /proc/$pid/maps
}
wait_for 10 mapped
fails "queue 0 has a consumer: another process, or consumer.ko; a mapping needs that end for itself" fifoctl cat 0 --map
refused consumer EBUSY 'consumer: queue="0" is refused: a process has mapped this end of it' queue=0
not_ok "fifo.ko stays while a process has mapped it" rmmod fifo
kill $pid
wait $pid || true

note "a process that has written over its mapping"
for role in get put; do
	errors=$(counter 0 mapping_errors)
	prints "wait EBADMSG, $role EBADMSG, as it was ETIMEDOUT" library overwrite 0 $role
	ge "$(counter 0 mapping_errors)" $((errors + 1)) "which was counted"
done
prints '(A.){8}' eval 'fifoctl cat 0 --count 8 | tr "\n" .'
unload fifo
GUEST
