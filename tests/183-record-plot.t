#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# What fifoctl records of a queue, trace-cmd can read, and fifoctl plot can draw: as many items
# as the queue's counters say. Each way to end a recording leaves no instance of tracing
# behind, and each mistake is answered.
#
#	FIFO_PICTURES	a directory for the plots of three loads

. "${0%/*}/lib/host.sh"

packages_need gcc libc6-dev make trace-cmd gnuplot-nox libxml2-utils python3
guest_prepare_vm
! kernel_is_foreign || skip_all "trace-cmd is of this machine's architecture"
scratch
work=$scratch_dir
make -C "$root/tools" --no-print-directory O="$work/build" "$work/build/fifoctl" >"$work/log" 2>&1 ||
	die "the build of the tools failed: $(<"$work/log")"
fifoctl=$work/build/fifoctl

run_guest --timeout 400 --program "$fifoctl" --program trace-cmd --program setpriv <<'GUEST'
# instances: those of fifoctl.
instances() {
	ls $tracing/instances 2>/dev/null || true
}

# counters QUEUE: put, got and dropped.
counters() {
	local name

	for name in put got dropped; do
		cat "/sys/class/misc/fifo$1/$name"
	done
}

# fails WHY COMMAND…: ends with 1, says WHY, and leaves no instance behind.
fails() {
	local said status=0

	said=$("${@:2}" 2>&1 </dev/null) || status=$?
	is "$status $said $(instances)" "1 fifoctl: $1 " "${*:2}: $1"
}

# noted NAME QUEUE: the counters, for the host, which compares them with the file.
noted() {
	echo "$1 $2 $(counters "$2" | xargs)" >>/run/keep/ledgers
}

# recorded NAME COMMAND…: all that the command moves is in NAME.dat.
recorded() {
	local said status=0 name=$1

	shift
	said=$(fifoctl record -o "/run/keep/$name.dat" "$@" 2>&1) || status=$?
	if ((status == 0)) && [[ $said =~ ^"fifoctl: /run/keep/$name.dat has "[1-9][0-9]*\ events$ ]]; then
		pass "$name: nothing is lost"
	else
		fail "$name: nothing is lost" "status $status" "said: $said"
	fi
	is "$(instances)" "" "$name: no instance is left"
}

# worked SECONDS: what producer and consumer do in that time.
worked() {
	cat <<-EOT
		insmod /modules/producer.ko log=off $1
		insmod /modules/consumer.ko log=off $2
		sleep $3
		rmmod producer consumer
	EOT
}

cd /run
# A file has all symbols of the kernel: more than all else, and slow to hand out.
: >no-symbols
mount --bind no-symbols /proc/kallsyms
fails 'fifo.ko is not loaded: insmod fifo.ko' fifoctl record --seconds 1

# --- three loads ---------------------------------------------------------------

settings() {
	cat $tracing/{tracing_on,current_tracer,trace_clock,buffer_size_kb,set_event,trace_options} \
		/proc/sys/kernel/ftrace_enabled
}
# The first use of any event gives the buffer its size.
echo 1 >$tracing/events/sched/sched_switch/enable
echo 0 >$tracing/events/sched/sched_switch/enable
before=$(settings)
while read -r name producer consumer; do
	load fifo size=64
	recorded "$name" sh -c "$(worked "rate=$producer" "rate=$consumer" 4)"
	noted "$name" 0
	unload fifo
done <<-EOT
	balanced 1000 1000
	full 2000 500
	empty 500 2000
EOT
is "$(settings)" "$before" "the user's tracing has not changed"

# --- few and many, two queues, each policy -----------------------------------------

load fifo size=8,8,8 overflow=block,drop-newest,drop-oldest
recorded ten sh -c "$(worked 'rate=100 count=10' 'rate=100 count=10' 0.5)"
noted ten 0
noted ten 1
noted ten 2
unload fifo
load fifo size=8,8,8 overflow=block,drop-newest,drop-oldest
recorded drops sh -c "$(worked 'rate=300 queue=1,2' 'rate=100 queue=1,2' 1)"
noted drops 0
noted drops 1
noted drops 2
unload fifo
load fifo size=1024
recorded many --buffer 65536 sh -c "$(worked 'rate=max count=100000' 'rate=max count=100000' 2)"
noted many 0

# What trace-cmd records alone, and compresses, is drawn, too.
unload fifo
load fifo size=1024
trace-cmd record -q -e fifo -o /run/keep/plain.dat sh -c "$(worked 'rate=100 count=20' 'rate=100 count=20' 0.5)" >/dev/null
noted plain 0

# --- more than the buffers hold ------------------------------------------------------

said=$(fifoctl record --buffer 4 sh -c "$(worked 'rate=max count=30000' 'rate=max count=30000' 1)" 2>&1) && status=0 || status=$?
like "$status $said" '^3 fifoctl: trace.dat has [0-9]+ events; [1-9][0-9]* were lost: ' "says that events were lost, and ends with 3"
cp trace.dat /run/keep/lost.dat

# --- ways to end ------------------------------------------------------------------------

said=$(fifoctl record -o x.dat sh -c 'exit 7' 2>&1) && status=0 || status=$?
is "$status $(instances)" "7 " "ends as its command does"
said=$(fifoctl record -o none.dat /nonexistent 2>&1) && status=0 || status=$?
is "$status $said" "127 fifoctl: /nonexistent: No such file or directory" "says that there is no such command"
is "$(instances)$(find . -name 'none.dat*')" "" "and leaves neither an instance nor a file"
said=$(fifoctl record -o x.dat sh -c 'exit 127' 2>&1) && status=0 || status=$?
like "$status $said" '^127 fifoctl: x.dat has [0-9]+ events$' "but not of a command that ran and ended with 127"
ok "ends after --seconds" fifoctl record -o x.dat --seconds 0.3
# An instance is born with tracing on. fifoctl turns it off, then the events on; trace-cmd turns
# tracing on again.
recording() {
	[[ $(cat $tracing/instances/fifoctl-*/events/fifo/enable) == 1 ]] &&
		[[ $(cat $tracing/instances/fifoctl-*/tracing_on) == 1 ]]
}
for signal in INT TERM HUP; do
	rm x.dat
	# Without job control a shell has its background commands ignore SIGINT.
	set -m
	fifoctl record -o x.dat 2>said &
	pid=$!
	set +m
	ok "it records until SIG$signal" wait_for 60 recording
	kill -s "$signal" "$pid"
	wait "$pid" && status=0 || status=$?
	[[ $signal != INT ]] || is "$status" 0 "SIGINT is a proper end"
	[[ $signal == INT ]] || is "$status" $((128 + $(kill -l "$signal"))) "it dies of SIG$signal"
	is "$(instances)$(ls x.dat*)" "x.dat" "after SIG$signal no instance and no part of a file is left"
	ok "and the file is whole" trace-cmd report x.dat
done

fifoctl record -o x.dat 2>said &
pid=$!
ok "it records" wait_for 60 recording
# The others read for it, a processor each.
kill -KILL "$(pidof trace-cmd | tr ' ' '\n' | sort -n | head -n 1)"
wait $pid && status=0 || status=$?
is "$status $(<said) $(instances)" "1 fifoctl: trace-cmd failed: it was killed " "says that trace-cmd was killed, and removes the instance"
is "$(find . -name 'x.dat.*')" "" "and all parts of the file"

load producer rate=1000 log=off
fails "fifo.ko was unloaded, and with that its events are lost" fifoctl record -o y.dat sh -c 'rmmod producer fifo; insmod /modules/fifo.ko'
not_ok "that file is not there" [ -e y.dat ]

# Of a process that was killed the next one cleans up.
fifoctl record -o x.dat 2>said &
pid=$!
ok "it records" wait_for 60 recording
kill -KILL $pid
wait $pid || true
not_ok "what was killed leaves its instance" [ -z "$(instances)" ]
gone() {
	! pidof trace-cmd
}
ok "its trace-cmd ends, too" wait_for 60 gone
ok "the next one works" fifoctl record -o x.dat --seconds 0.1
is "$(instances)" "" "and removes that instance"

# --- what cannot be ---------------------------------------------------------------------

as_user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
fails "$tracing: only root may trace: Permission denied" "${as_user[@]}" fifoctl record -o /tmp/user.dat --seconds 1
fails "/nonexistent/x.dat: No such file or directory" fifoctl record -o /nonexistent/x.dat --seconds 1
mkdir no-trace-cmd
ln -s /bin/fifoctl no-trace-cmd/
fails "cannot run trace-cmd: install the package trace-cmd" env PATH=/run/no-trace-cmd fifoctl record -o y.dat --seconds 1
not_ok "a file that was not written is not there" [ -e y.dat ]
trace-cmd record -q -e sched:sched_switch -o /run/keep/foreign.dat sleep 0.2
# debugfs shows it, too.
umount -l $tracing /sys/kernel/debug
fails "tracefs is not mounted: mount -t tracefs trace /sys/kernel/tracing" fifoctl record -o x.dat --seconds 1
mount -t tracefs trace $tracing
mount -t debugfs debug /sys/kernel/debug
unload fifo
GUEST

# --- on the host -------------------------------------------------------------------------

# plot ARGUMENT…: sets said and status.
plot() {
	status=0
	said=$("$fifoctl" plot "$@" 2>&1) || status=$?
}

# fails WHY ARGUMENT…
fails() {
	plot "${@:2}"
	is "$status $said" "1 fifoctl: $1" "fifoctl plot ${*:2}: $1"
}

# lean FILE.svg: without what gnuplot writes again and again, and SVG takes for granted.
lean() {
	sed -z 's| color="black"||g; s| stroke-linecap="butt" stroke-linejoin="miter"||g; s| stroke-width="1.00"||g; s|<g [^>]*>\n</g>\n||g' "$1"
}

cd "$guest_logs"
while read -r name queue put got dropped; do
	plot "$name.dat" --queue "$queue" -o "$work/$name.svg"
	is "$status $(grep "^queue $queue:" <<<"$said")" "0 queue $queue: put=$put got=$got dropped=$dropped" \
		"$name: what is drawn of queue $queue is what its counters say"
	is "$(grep -vE '^queue [0-9]|^[0-9.]+m?s in [0-9]+ bins of ' <<<"$said")" "" "with nothing more to say"
	is "$(xmllint --noout "$work/$name.svg" 2>&1)" "" "as a valid SVG"
	size=$(stat -c %s "$work/$name.svg")
	is "$((size < 250000)) $size" "1 $size" "of less than 250000 bytes"
	if [[ $name != many ]]; then
		is "$(trace-cmd report "$name.dat" 2>/dev/null | grep -cE " fifo_get: +queue=$queue ")" "$got" \
			"trace-cmd report reads the file"
	fi
done <ledgers
for name in balanced full empty; do
	plot "$name.dat" -o "$work/$name.png"
	is "$status $(head -c 8 "$work/$name.png" | od -An -tx1 | xargs)" "0 89 50 4e 47 0d 0a 1a 0a" "$name: a PNG"
	plot "$name.dat" --terminal
	is "$status $(grep -cE 'producer\[0\] [#.-]+ [0-9]+ items, waited [0-9]+ %' <<<"$said")" "0 1" "$name: text"
	[[ ! ${FIFO_PICTURES-} ]] || lean "$work/$name.svg" >"$FIFO_PICTURES/$name.svg"
done
for what in depth rate wait ports all; do
	plot full.dat --what "$what" -o "$work/part.svg"
	is "$status $(xmllint --noout "$work/part.svg" 2>&1)" "0 " "--what $what"
done

said=$("$fifoctl" plot drops.dat --json | python3 -c '
import json, sys
recording = json.load(sys.stdin)
for queue in recording["queues"]:
    names = [port["name"] for port in queue["ports"]]
    print(queue["index"], queue["put"], queue["got"], queue["dropped"], queue["wait"]["count"], *names)')
is "$said" "$(awk '$1 == "drops" { print $2, $3, $4, $5, $4 ($3 ? " producer[" $2 - 1 "] consumer[" $2 - 1 "]" : "") }' ledgers)" \
	"--json has the numbers"

plot lost.dat -o "$work/lost.svg"
if ((status == 0)) && [[ $said == *"events were lost"* ]] && grep -q Incomplete "$work/lost.svg"; then
	pass "a file that lacks events is drawn, and says so"
else
	fail "a file that lacks events is drawn, and says so" "status $status" "$said"
fi

: >"$work/empty.dat"
head -c 20000 full.dat >"$work/cut.dat"
head -c 20000 /dev/zero >"$work/zero.dat"
for name in empty cut zero; do
	fails "$work/$name.dat is no file of 'fifoctl record' or trace-cmd, or is broken" "$work/$name.dat"
done
fails "$work/none.dat: No such file or directory" "$work/none.dat"
fails "foreign.dat has no events of fifo.ko" foreign.dat
fails "full.dat has nothing of queue 7, but of 0" full.dat --queue 7
mkdir "$work/bin"
said=$(PATH=$work/bin "$fifoctl" plot full.dat -o "$work/x.svg" 2>&1) && status=0 || status=$?
is "$status ${said##*$'\n'}" "1 fifoctl: cannot run gnuplot: install the package gnuplot-nox" "without gnuplot"
is "$(find "$work" -name "x.svg*")" "" "no file is left"
