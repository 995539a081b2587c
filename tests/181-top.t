#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# fifoctl top shows what is there, on any terminal, to anybody, whatever happens meanwhile;
# its keys do what they say; what it prints for programs equals the ledger; and it costs
# less than 1 % of a processor.
#
#	FIFO_SCREENS	a directory for the screens, such as docs/screens

. "${0%/*}/lib/host.sh"

packages_need tmux ncurses-base python3
guest_prepare_vm
! kernel_is_foreign || skip_all "tmux is of this machine's architecture"

# Guests with terminals.
terminal=(--program tmux --program setpriv --file /lib/terminfo --file /usr/lib/locale/C.utf8)

# --- loads, keys, sizes, signals ---------------------------------------------

run_guest --timeout 300 "${terminal[@]}" <<'GUEST'
. /lib/screen.sh

# row N: the line of queue N, without what marks it, and with its bar as a number.
row() {
	screen | sed -nE "s/^[> ] $1 \[[| ]*([^]]*)\]/$1 \1/p"
}

column() {
	row "$1" | awk -v n="$2" '{ print $n }'
}

# column_is N COLUMN VALUE
column_is() {
	[[ $(column "$1" "$2") == "$3" ]]
}

# The columns at 80 columns.
depth=2 asked_in=4 asked_out=6 p99=9 producers=12 consumers=13

# look_at NAME PRODUCERS CONSUMERS CONDITION…: keeps the screens of a load once the condition
# holds, and the history of depths is long.
look_at() {
	local name=$1

	note "a load: $name"
	load fifo engine=semaphore,waitqueue,list,ring size=32
	load producer queue=0,1,2,3 rate="$2" log=off
	load consumer queue=0,1,2,3 rate="$3" log=off
	start 80 24 fifoctl top --interval 0.5
	ok "$name: ${*:4}" wait_for 30 "${@:4}"
	is "$(column 0 $asked_in) $(column 3 $asked_out)" "$2 $3" "with the rates that were asked for"
	resize 200 50
	wait_for 30 shows '[▁▂▃▄▅▆▇█]{60}'
	screen >"/run/keep/$name-200x50"
	ok "at 200 columns with engine and overflow" shows '^> 0 semaphore block  '
	resize 80 24
	ok "and at 80 without" wait_for 10 shows '^  Q DEPTH        PUT/s ASKED GOT/s ASKED DROP/s   P50   P99   MAX OLDEST  WP  WC$'
	screen >"/run/keep/$name-80x24"
	press q
	ok "q ends it" wait_for 10 gone
	unload consumer producer fifo
}

moving() {
	column_is 0 $producers 0 && [[ $(column 0 $p99) =~ s$ ]]
}

look_at balanced 100 100 moving
look_at producer-faster 200 100 column_is 1 $producers 1
look_at consumer-faster 100 200 column_is 1 $depth 0/32

note "keys"
load fifo engine=ring,waitqueue size=32,8 overflow=block,drop-newest
load producer queue=0,1,1 rate=20 log=off
load consumer queue=0 rate=10 log=off
rate=/sys/module/producer/parameters/rate
start 80 24 fifoctl top --interval 0.2
ok "it begins with the first queue" wait_for 10 shows '^> 0 '
press Down
ok "Down selects the second" wait_for 10 shows '^> 1 '
ok "and says more about it" wait_for 10 shows '^Queue 1: waitqueue, overflow=drop-newest, 8 of 8$'
press Enter
ok "Enter shows its ports" wait_for 10 shows '^queue 1: 2 ports'
ok "with name, way, context, rates and items" wait_for 10 shows '^>producer\[1\] +1 in  work +any +20 +[0-9.]+ +[0-9]+ '
is "$(cat $rate)" 20 "all have one rate"
press +
ok "+ gives the selected one the next" wait_for 10 shows '^producer\[1\]: rate=50$'
is "$(cat $rate)" 20,50,20 "and the others stay as they were"
press - -
ok "- the one before" wait_for 10 shows '^producer\[1\]: rate=10$'
is "$(cat $rate)" 20,10,20 "there, too"
ok "which the table shows" wait_for 10 shows '^>producer\[1\] .* any +10 '
press /
press '[2]' Enter
ok "/ shows what has a text" wait_for 10 shows '^queue 1: 1 port  .* only \[2\]$'
press Escape
ok "Esc goes back" wait_for 10 shows '^2 queues, 4 ports'
press +
ok "+ says that it is about ports" wait_for 10 shows '^Enter shows the ports: select one to change its rate$'
press s s
ok "s sorts" wait_for 10 shows 'by put'
press h
ok "h shows the keys" wait_for 10 shows '^Keys of fifoctl top$'
resize 80 25
press h p
ok "p pauses" wait_for 10 shows 'PAUSED'
paused=$(screen)
usleep 1000000
is "$(screen)" "$paused" "nothing moves then"
press p
ok "and p goes on" wait_for 10 not shows PAUSED

note "sizes"
resize 20 5
ok "20x5 has the depths" wait_for 10 shows '^> 1 \[[| ]*8/8\]$'
le "$(screen | awk '{ if (length > n) n = length } END { print n + 0 }')" 20 "no line is longer"
press Down
ok "and scrolls" wait_for 10 shows '^> 0 '
pid=$(pidof fifoctl)
for ((i = 0; i < 300; i++)); do
	resize $((20 + i * 37 % 180)) $((5 + i * 11 % 45))
	kill -WINCH "$pid"
done
for ((i = 0; i < 3000; i++)); do
	kill -WINCH "$pid"
done
resize 80 24
ok "after a storm of resizes all is in its place" wait_for 10 shows '^  Q DEPTH .* WC$'
ok "and lives" shows '^> 0 \[.*/32\] '
resize 1 1
resize 80 24
ok "even after 1x1" wait_for 10 shows '^  Q DEPTH .* WC$'

note "a queue that goes, and comes back"
unload consumer producer
ok "fifo.ko can be unloaded" wait_for 10 rmmod fifo
ok "which it shows" wait_for 10 shows '^fifo\.ko is not loaded\. Waiting for it$'
load fifo engine=list,list,list size=5
ok "three queues come back" wait_for 10 shows '^3 queues, 0 ports'
for ((i = 0; i < 20; i++)); do
	wait_for 10 rmmod fifo
	load fifo size=5
done
ok "however often" wait_for 10 shows '^1 queue, 0 ports'
press q
wait_for 10 gone

# interrupt PID: as an impatient user.
interrupt() {
	local i

	for ((i = 0; i < 50; i++)); do
		kill -INT "$1" 2>/dev/null || break
	done
}

note "the terminal afterwards"
for signal in TERM HUP INT many none; do
	rm -f /run/before /run/after
	start 80 24 bash -c 'trap : INT; stty -g >/run/before; fifoctl top; echo "status $?"; stty -g >/run/after; exec sleep 1000'
	wait_for 10 shows '^> 0 '
	case $signal in
	none) press q && want=0 ;;
	INT) press C-c && want=0 ;;
	many) interrupt "$(pidof fifoctl)" && want=0 ;;
	TERM) kill -TERM "$(pidof fifoctl)" && want=143 ;;
	HUP) kill -HUP "$(pidof fifoctl)" && want=129 ;;
	esac
	ok "signal $signal: it ends with status $want" wait_for 10 shows "^status $want\$"
	wait_for 10 [ -s /run/after ]
	is "$(cat /run/after) $(terminal_state)" "$(cat /run/before) main cursor" "and leaves the terminal as it was"
	stop
done

note "without colours, UTF-8, permission, debugfs, or a known terminal"
start 80 24 env LC_ALL=C TERM=vt100 fifoctl top --interval 0.2
ok "a vt100 in the locale C" wait_for 10 shows '^_{10}'
press q
wait_for 10 gone
start 80 24 setpriv --reuid=65534 --regid=65534 --clear-groups fifoctl top
ok "nobody sees queues" wait_for 10 shows '^> 0 \[ *0/5\]'
ok "and why there are no ports" shows '^the ports are shown to root only$'
press +
press Enter
ok "in their place, too" wait_for 10 shows '^queue 0: 0 ports'
is "$(screen | grep -c 'shown to root only')" 1 "once"
press q
wait_for 10 gone
umount /sys/kernel/debug
start 80 24 fifoctl top
ok "no debugfs" wait_for 10 shows '^no ports: debugfs is not mounted at'
press q
wait_for 10 gone
mount -t debugfs debug /sys/kernel/debug
start 80 24 bash -c 'TERM=none fifoctl top 2>&1; exec sleep 1000'
ok "a terminal that nobody knows" wait_for 10 shows '^fifoctl: TERM=none: no such terminal$'
stop
unload fifo
GUEST

logs=$test_logs/$test_name
for name in balanced producer-faster consumer-faster; do
	for size in 80x24 200x50; do
		kept=$root/docs/screens/$name-$size.txt
		[[ ! ${FIFO_SCREENS-} ]] || cp "$logs/$name-$size" "$FIFO_SCREENS/$name-$size.txt"
		is "$(sed -n 2p "$kept" 2>/dev/null)" "$(sed -n 2p "$logs/$name-$size")" \
			"docs/screens/$name-$size.txt has today's columns"
	done
done

# --- for programs ------------------------------------------------------------

run_guest --timeout 120 --program setpriv <<'GUEST'
load fifo engine=semaphore,ring,list size=8,8,4 overflow=block,drop-oldest,drop-newest
fifoctl send 0 A B C
fifoctl cat 0 --count 1 >/dev/null
for ((i = 0; i < 20; i++)); do echo $i; done | fifoctl send 1
for ((i = 0; i < 10; i++)); do echo $i; done | fifoctl send 2
fifoctl top --json --once --interval 0.1 >/run/keep/quiet
for queue in 0 1 2; do
	for file in engine size overflow depth put got dropped discarded mapping_errors; do
		echo "$queue $file $(cat /sys/class/misc/fifo$queue/$file)"
	done
done >/run/keep/ledger
cat /sys/class/misc/fifo0/oldest_age_ns >/run/keep/age
load producer queue=0,1 rate=50,max log=off
load consumer queue=0 rate=10 log=off
fifoctl top --json --interval 0.3 >/run/keep/looks &
pid=$!
has_looks() {
	[[ $(grep -c . /run/keep/looks) -ge 3 ]]
}
ok "--json goes on" wait_for 30 has_looks
unload consumer producer
ok "and lets fifo.ko go" wait_for 10 rmmod fifo
is_empty() {
	[[ $(tail -n 1 /run/keep/looks) == *'"queues":[]}' ]]
}
ok "there are no queues then" wait_for 10 is_empty
kill $pid
wait $pid && status=0 || status=$?
is "$status" 143 "until a signal ends it"
load fifo size=3
ok "--once prints text" eval 'fifoctl top --once --interval 0.1 >/run/keep/once'
like "$(head -n 1 /run/keep/once)" '^QUEUE ENGINE +OVERFLOW +DEPTH +PUT/s +ASKED +GOT/s' "with a head"
like "$(sed -n 2p /run/keep/once)" '^ +0 semaphore block +0/3 ' "and a line a queue"
setpriv --reuid=65534 --regid=65534 --clear-groups fifoctl top --json --once --interval 0.1 >/run/keep/nobody
unload fifo
GUEST

logs=$test_logs/$test_name.2
for file in quiet nobody; do
	is "$(python3 -m json.tool "$logs/$file" >/dev/null 2>&1 && echo valid)" valid "$file is JSON"
done
# judge FUNCTION FILE: prints what a function of look.py says of a file.
judge() {
	python3 "$root/tests/lib/looks.py" "$1" "$logs" 2>&1 || true
}
for what in ledger waits rates unknown; do
	is "$(judge $what)" "" "JSON: $what"
done

# --- what it costs -----------------------------------------------------------

# The clock counts instructions, those of the kernel included. A processor of 2 GHz that runs
# one in each cycle, which is slow today, runs 20 million in 1 % of a second.
run_guest --timeout 400 --counted yes --cpus 1 "${terminal[@]}" <<'GUEST'
. /lib/screen.sh

engines=semaphore
for ((i = 1; i < 16; i++)); do engines+=,ring; done
load fifo engine=$engines size=1024
queues=0
for ((i = 1; i < 500; i++)); do queues+=,$((i % 16)); done
load producer queue=$queues instances=500 rate=1 log=off
load consumer queue=$queues instances=500 rate=1 log=off
used() {
	awk '{ print $1 }' "/proc/$pid/schedstat"
}
start 200 50 fifoctl top --interval 1
ok "16 queues and 1000 ports" wait_for 60 shows '^16 queues, 1000 ports'
pid=$(pidof fifoctl)
usleep 2000000
before=$(used)
usleep 10000000
look=$((($(used) - before) / 10))
le "$look" 20000000 "a look takes at most 20 million instructions, 1 % of a second's"
press Enter
wait_for 10 shows '^queue 0: '
before=$(used)
usleep 10000000
le "$((($(used) - before) / 10))" 20000000 "so it does with the ports of a queue"
press q
wait_for 30 gone
unload consumer producer fifo
GUEST
