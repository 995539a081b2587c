#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Rates hold: no item is early, and the number of items is right to a tick, below and
# above HZ, with many instances, through changes and stalls.
#
# measures time

. "${0%/*}/lib/host.sh"

run_guest --timeout 600 <<'GUEST'
rates=(0.5 1 3 7 60 100 200 250 251 333 1000)
instances=(100)
# A kernel that checks each access to memory is too slow for these.
if ((slow == 1)); then
	rates+=(10000 100000)
	instances+=(1000)
fi
seconds=10.3
tick=$(tick | awk '{ print $1 / 1e9 }')

# --- measuring -----------------------------------------------------------------
#
# There are two measurements: the line of a module that stops, "N items in T s", where T ends
# when it is told to stop; and the trace, which has each item's time.
#
# No item may ever be early. If items are late at the moment of stopping, the host may have
# taken a processor from the guest: the test measures again. A rate that drifts is late each
# time.

# list N TEXT…: N texts, separated by commas; the last one is repeated.
list() {
	local -a words=("${@:2}")
	local text='' i

	for ((i = 0; i < $1; i++)); do
		text+=,${words[i < ${#words[@]} ? i : -1]}
	done
	echo "${text#,}"
}

upto() {
	seq -s , 0 $(($1 - 1))
}

# stopped MODULE N RATE…: a line "index rate items seconds" for each of the N
# instances that stopped last.
stopped() {
	dmesg | grep -F " $1: [" | grep -F '] stopped: ' | tail -n "$2" |
		sed -E 's/.* \[([0-9]+)\] stopped: ([0-9]+) items in ([0-9.]+) s.*/\1 \2 \3/' |
		sort -n | awk -v rates="${*:3}" '
			BEGIN { n = split(rates, rate, " ") }
			{ print $1, rate[$1 < n ? $1 + 1 : n], $2, $3 }'
}

# Adds "off verdict": how many items are missing, and ok, early or late. The log truncates
# to milliseconds, so a stop may be that much later.
judge() {
	awk -v tick="$tick" '{
		allowed = $2 * tick > 1 ? $2 * tick : 1
		off = int($2 * $4) - $3
		verdict = off > allowed ? "late" : "ok"
		if ($3 > $2 * ($4 + 0.001))
			verdict = "early"
		print $0, off, verdict
	}'
}

# Prints "index earliest settled latest" for each worker of the trace: how late its items
# were, in us: the least, the least of the second half, and the most.
lateness() {
	trace_read | awk -v rates="$*" -v half="$(awk "BEGIN { print $seconds / 2 }")" '
		BEGIN { n = split(rates, rate, " ") }
		{
			for (i = 1; i <= NF && $i !~ /^[0-9]+\.[0-9]+:$/; i++)
				;
			t = $i + 0
		}
		$(i + 1) == "start:" { start[workers++] = t; next }
		{
			match($0, /seq=[0-9]+/)
			seq = substr($0, RSTART + 4, RLENGTH - 4)
			match($0, /(producer|consumer)\[[0-9]+\]$/)
			who = substr($0, RSTART + 9, RLENGTH - 10)
			late = (t - start[who] - seq / rate[who + 1]) * 1e6
			if (!(who in least) || late < least[who])
				least[who] = late
			if (late > most[who])
				most[who] = late
			if (t > start[who] + half && (!(who in settled) || late < settled[who]))
				settled[who] = late
		}
		END {
			for (who in least)
				printf "%d %d %d %d\n", who, least[who], settled[who], most[who]
		}' | sort -n
}

# probe KIND NAME FUNCTION: makes an event rate/NAME for calls (p) or returns (r) of the
# function. Each measurement makes it anew, since it does not outlive the module.
probe() {
	trace_off
	[[ ! -e $tracing/events/rate/$2 ]] || echo "-:rate/$2" >>$tracing/kprobe_events
	echo "$1:rate/$2 $3" >>$tracing/kprobe_events
}

# trace_moves EVENT… -- RATE…: of fast queues it traces only a part of the items.
trace_moves() {
	local event filter='' mask i=0

	echo mono >$tracing/trace_clock
	probe p start fifo_worker_start
	while [[ $1 != -- ]]; do
		events+=("$1")
		shift
	done
	shift
	for rate; do
		mask=$(awk -v r="$rate" 'BEGIN { for (m = 1; r / m > 200; m *= 2); print m - 1 }')
		if ((mask)); then
			filter+=" || (queue == $i && !(seq & $mask))"
		else
			filter+=" || queue == $i"
		fi
		i=$((i + 1))
	done
	trace_on 8192 rate/start
	for event in "${events[@]}"; do
		echo "${filter# || }" >"$tracing/events/fifo/$event/filter"
		echo 1 >"$tracing/events/fifo/$event/enable"
	done
}

# measure_producers RATE…, measure_consumers RATE…: each at its own queue. They write
# /run/judged and, from the trace, /run/lateness.
measure_producers() {
	local -a events=()

	load fifo size="$(list $# 64)" overflow=drop-newest
	trace_moves fifo_put fifo_drop -- "$@"
	load producer queue="$(upto $#)" rate="$(list $# "$@")" log=off
	unload-after $seconds producer
	trace_off
	stopped producer $# "$@" | judge >/run/judged
	lateness "$@" >/run/lateness
	unload fifo
}

# The queues never get empty: they are full at first, and refilled at a fifth of the rate,
# since the largest queue holds what 100000/s takes in 10 s.
measure_consumers() {
	local -a events=()
	local sizes refill

	refill=$(printf '%s\n' "$@" | awk '{ print $1 / 5 }')
	sizes=$(printf '%s\n' "$@" | awk -v s="$seconds" '{
		size = int($1 * s) + 10; print size < 1048576 ? size : 1048576 }')
	sizes=${sizes//$'\n'/,}
	load fifo size="$sizes"
	load producer queue="$(upto $#)" rate=max log=off
	wait_for 60 full "$@"
	echo "${refill//$'\n'/,}" >/sys/module/producer/parameters/rate
	trace_moves fifo_get -- "$@"
	load consumer queue="$(upto $#)" rate="$(list $# "$@")" log=off
	unload-after $seconds consumer
	trace_off
	stopped consumer $# "$@" | judge >/run/judged
	lateness "$@" >/run/lateness
	unload producer fifo
}

queue() {
	cat "/sys/class/misc/fifo$1/$2"
}

# full RATE…: are the queues of these rates full?
full() {
	local i

	for ((i = 0; i < $#; i++)); do
		[[ $(queue "$i" depth) == "$(queue "$i" size)" ]] || return
	done
}

# rates_hold WHO RATE…: measures, and repeats it if a rate is late.
rates_hold() {
	local who=$1 attempt index rate items time off verdict least settled most
	local -a left=("${@:2}") late

	for attempt in 1 2 3 4 5 6; do
		"measure_$who" "${left[@]}"
		is "$(wc -l </run/judged) $(wc -l </run/lateness) $(trace_lost)" \
			"${#left[@]} ${#left[@]} 0" "$who: all were measured"
		late=()
		while read -r index rate items time off verdict _ least settled most; do
			what="$who at $rate/s: $items items in $time s"
			note "$what, $off missing; late by $least us at least, $settled in the second half, $most at most"
			if [[ $verdict == early ]] || ((least < 0)); then
				fail "$what: early" "$off missing, $least us at least"
			elif [[ $verdict == ok ]] && awk "BEGIN { exit $settled > 1e6 * $tick }"; then
				pass "$what"
			else
				late+=("$rate")
			fi
		done <<<"$(paste -d ' ' /run/judged /run/lateness)"
		left=("${late[@]}")
		((${#left[@]})) || return 0
		note "late: ${left[*]}"
	done
	# On a busy host it is enough that no rate drifts: that it was on time at some moment
	# of the second half.
	while read -r index rate items time off verdict _ least settled most; do
		le "$settled" "$(awk "BEGIN { print 1e6 * $tick }")" \
			"$who at $rate/s: $off items missing when it stopped, each time, but on time before, in us"
	done <<<"$(paste -d ' ' /run/judged /run/lateness)"
}

rates_hold producers "${rates[@]}"
rates_hold consumers "${rates[@]}"

# --- what the measurement is worth -----------------------------------------------
#
# The control: producers that rearm delayed work with HZ / rate must fail.

naive=(60 100 251 1000)
load fifo size="$(list ${#naive[@]} 64)" overflow=drop-newest
load naive rate="$(list ${#naive[@]} "${naive[@]}")"
sleep 4
unload naive fifo
while read -r index rate items time off verdict; do
	unlike "$verdict" ok "HZ/rate at $rate/s fails: $items items in $time s"
done <<<"$(stopped naive ${#naive[@]} "${naive[@]}" | judge)"

# --- many instances ----------------------------------------------------------------

# items_of_each N: prints "index rate items seconds" for each of N instances, from the items
# in the queue: an item is its instance's index. Of many instances only a few log how long
# they ran.
items_of_each() {
	local seconds

	seconds=$(stopped producer $(($1 > 20 ? 4 : $1)) 10 | awk '$1 == 0 { print $4 }')
	(timeout 5 cat /dev/fifo0 || true) | sort -n | uniq -c |
		awk -v seconds="$seconds" '{ print $2, 10, $1, seconds }'
}

# many N: all instances have the same rate, to the item. Repeats it if one is late.
many() {
	local attempt put

	for attempt in 1 2 3 4; do
		load fifo size=131072
		load producer instances="$1" item="$(upto "$1")" rate=10 log=off
		unload-after $seconds producer
		put=$(queue 0 put)
		items_of_each "$1" | judge >/run/judged
		unload fifo
		[[ $(awk '{ print $6 }' /run/judged | sort -u) == ok ]] && break
		note "again: $(awk '$6 != "ok"' /run/judged | head -3)"
	done
	is "$(awk '{ print $6 }' /run/judged | sort | uniq -c | xargs)" "$1 ok" \
		"$1 instances at 10/s: $(awk '{ print $3 }' /run/judged | sort -n | sed -n '1p;$p' | xargs) items at least and most, $(awk 'NR == 1 { print $4 }' /run/judged) s"
	is "$(awk '{ n += $3 } END { print n }' /run/judged)" "$put" "$1 instances put what the queue has"
}

for n in "${instances[@]}"; do
	many $n
done

# --- changes ------------------------------------------------------------------------

set_rate() {
	echo "rate $1" >$tracing/trace_marker
	echo "$1" >/sys/module/producer/parameters/rate
}

# Traces changes of the rate, items, and marks.
trace_changes() {
	probe p set fifo_worker_set_rate
	probe r done fifo_worker_set_rate
	echo mono >$tracing/trace_clock
	echo 0 >$tracing/events/fifo/fifo_put/filter
	echo 0 >$tracing/events/fifo/fifo_get/filter
	trace_on 8192 fifo
	echo 1 >$tracing/events/rate/set/enable
	echo 1 >$tracing/events/rate/done/enable
}

# Prints the trace in short: "seconds event words…".
events() {
	trace_read | sed -nE 's/.* ([0-9]+\.[0-9]+): (\w+): (.*)/\1 \2 \3/p'
}

# segments: prints "rate seconds items verdict" for each rate that was set. After a change an
# item may come at once, as it may have been about to be due, and also what was late at the
# rate before, up to 100 ms of it. The first segment begins when the write has returned:
# rate=max moves many items until then, and has some in flight.
segments() {
	events | awk -v tick="$tick" '
		BEGIN { extra = 65 }
		function close_segment() {
			allowed = rate * tick > 1 ? rate * tick : 1
			due = int(rate * (t - since))
			verdict = "ok"
			if (n > due + 1 + extra)
				verdict = "early"
			else if (n < due - allowed)
				verdict = "late"
			print rate, t - since, n, verdict
		}
		{ t = $1 }
		$3 == "rate" { next_rate = $4 }
		$2 == "set" {
			if (rate)
				close_segment()
			old_rate = rate
			old_since = since
			old_n = n
			rate = next_rate
			since = t
			n = 0
		}
		$2 == "done" && !old_rate {
			since = t
			n = 0
		}
		$2 == "done" && old_rate {
			most = old_rate > 10 ? old_rate / 10 : 1
			extra = old_rate * (t - old_since) - old_n + 1
			extra = extra < 1 ? 1 : extra > most ? most : extra
		}
		$2 == "fifo_put" || $2 == "fifo_drop" { n++ }'
}

has_put() {
	(($(queue 0 put) >= $1))
}

# The rate of each segment, and its length. Repeats it if a segment is late.
change_rates() {
	local rate time

	load fifo size=64 overflow=drop-newest
	load producer rate=1 log=off
	echo max >/sys/module/producer/parameters/rate
	wait_for 10 has_put 10000
	trace_changes
	while read -r rate time; do
		set_rate "$rate"
		sleep "$time"
	done
	set_rate 1
	trace_off
	segments >/run/segments
	unload producer fifo
}

declare -A held=()
for attempt in 1 2 3 4 5 6; do
	change_rates <<-EOF
		2 2.2
		200 3
		5 3
		1000 2
		0.5 3
		50 3
		49.5 2
	EOF
	note "rate, seconds, items:" "$(</run/segments)"
	while read -r rate time items verdict; do
		# One early item is a failure; one late segment is not.
		case ${held[$rate]-late}:$verdict in
		late:* | ok:early) held[$rate]=$verdict ;;
		esac
	done </run/segments
	[[ " ${held[*]} " == *" late "* ]] || break
done
for rate in 2 200 5 1000 0.5 50 49.5; do
	is "${held[$rate]-}" ok "after another rate, $rate/s holds from the moment it is written"
done

# writes SLOW FAST SECONDS: writes the two rates in turn, all the time.
writes() {
	local until=$((${EPOCHREALTIME/./} + $3 * 1000000))

	n=0
	load fifo size=64 overflow=drop-newest
	trace_changes
	load producer rate="$1" log=off
	echo mark >$tracing/trace_marker
	while ((${EPOCHREALTIME/./} < until)); do
		echo "$2" >/sys/module/producer/parameters/rate
		echo "$1" >/sys/module/producer/parameters/rate
		n=$((n + 2))
	done
	echo mark >$tracing/trace_marker
	trace_off
	events >/run/events
	unload producer fifo
	items=$(grep -cE '(put|drop) queue' /run/events) || true
	time=$(awk '$3 == "mark" { if (a) print $1 - a; a = $1 }' /run/events)
}

writes 2 2.5 6
note "rate=2 and rate=2.5 in turn, $n times in $time s: $items items"
ge "$items" "$(awk -v t="$time" 'BEGIN { print int(2 * t) - 1 }')" "many writes do not put off the items of a slow rate"
le "$items" "$(awk -v t="$time" 'BEGIN { print int(2.5 * t) + 1 }')" "nor bring them forward"

# --- stalls -------------------------------------------------------------------------

# burst EVENT QUEUE RATE: prints, of the items since the queue moved again, the largest
# excess over the rate at any moment, and how many there were in how many seconds.
burst() {
	awk -v event="$1" -v queue="queue=$2" -v rate="$3" '
		$3 == "resume" { resumed = 1 }
		resumed && $2 == event && $3 == queue {
			if (!start)
				start = $1
			n++
			over = n - rate * ($1 - start)
			if (over > most)
				most = over
			last = $1
		}
		END { printf "%d %d %.3f\n", most, n, last - start }' /run/events
}

stalled() {
	[[ $(queue 0 waiting_producers) == 1 && $(queue 1 waiting_producers) == 1 &&
		$(queue 2 waiting_consumers) == 1 ]]
}

# Queues 0 and 1 are full, and queue 2 is empty, for 3 s; then they move again. Prints
# "over items seconds" for each: see burst.
measure_stall() {
	load fifo size=256,1,256
	load consumer queue=2 rate=1000 log=off
	load producer queue=0,1 rate=1000,2 log=off
	wait_for 20 stalled
	sleep 3
	trace_changes
	echo resume >$tracing/trace_marker
	load consumer_copy queue=0,1 rate=max log=off
	load producer_copy queue=2 rate=max log=off
	sleep 2
	trace_off
	events >/run/events
	unload consumer consumer_copy producer producer_copy fifo
	{
		burst fifo_put 0 1000
		burst fifo_put 1 2
		burst fifo_get 2 1000
	} >/run/stall
	paste -d ' ' /run/stall - <<-EOF
		102 1000 producer
		2 2 producer
		102 1000 consumer
	EOF
}

# If a worker is held up again, because the other end got no processor, it loses more: the
# test measures again. A burst is a failure at once.
for attempt in 1 2 3 4 5 6; do
	measure_stall >/run/stalls
	while read -r over n time most rate who; do
		le "$over" "$most" "$who at $rate/s makes good 100 ms or one item after a stall of 3 s"
	done </run/stalls
	note "most above the rate, items, seconds, allowed, rate:" "$(</run/stalls)"
	awk '$2 < int($3 * $5) { exit 1 }' /run/stalls && break
done
ok "and then goes on at its rate" awk '$2 < int($3 * $5) { print; bad = 1 } END { exit bad }' /run/stalls

# A rate that is written during a stall holds from then on, for owed items, too.
has_blocked() {
	[[ $(queue 0 waiting_producers) == 1 ]]
}

load fifo size=256
load producer rate=1000 log=off
wait_for 20 has_blocked
sleep 1
echo 0.5 >/sys/module/producer/parameters/rate
sleep 1
put=$(queue 0 put)
load consumer rate=max log=off
sleep 3
# The waiting put may be of 64 items; 3 s add two or three.
le $(($(queue 0 put) - put)) 67 "a producer set to 0.5/s while it was blocked owes no more than it was putting"
unload consumer producer fifo

# The first waiter may have nothing to move at its new rate, for a quarter of an hour. Then
# an item is for the next waiter.
both_wait() {
	[[ $(queue 0 waiting_consumers) == 2 ]]
}

got_one() {
	[[ $(queue 0 got) == 1 ]]
}

# This is the case for a timer, which does not wait in an operation.
load fifo engine=waitqueue
load consumer context=timer rate=max log=off
wait_for 20 eval '[[ $(queue 0 waiting_consumers) == 1 ]]'
load consumer_copy rate=max log=off
wait_for 20 both_wait
echo 0.001 >/sys/module/consumer/parameters/rate
dmesg_mark slowed
load producer rate=max count=1 log=off
ok "an item is got where who waited first was slowed down" wait_for 10 got_one
unload producer consumer consumer_copy fifo
like "$(dmesg_since slowed)" 'consumer_copy: \[0\] stopped: 1 items' "by who waited behind it"

# Neither does a CPU that goes offline lose items, nor its return the schedule.
for attempt in 1 2 3 4 5 6; do
	load fifo size="$(list 3 64)" overflow=drop-newest
	load producer queue=0,1,2 rate=3,60,1000 log=off
	for i in 1 2 3; do
		sleep 0.7
		hog 400
	done
	sleep 1
	unload producer fifo
	stopped producer 3 3 60 1000 | judge >/run/judged
	grep -q late /run/judged || break
done
note "with no processor for 0.4 s, three times:" "$(</run/judged)"
is "$(awk '{ print $6 }' /run/judged | xargs)" "ok ok ok" "what was late for want of a processor is made good"
GUEST
