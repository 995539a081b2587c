#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The wait histograms of a queue count each item and each wait once. With the tracepoints on,
# each is in the bucket that these have; without them, where only some items are timed, the
# distribution is that of a consumer which times all. In a guest whose clock is its
# instructions, so that the figures repeat.

# in virtual time
. "${0%/*}/lib/host.sh"

run_guest --counted yes --timeout 1600 <<'GUEST'
if [[ ! -e $tracing/events/sched/sched_switch/hist ]]; then
	skip 1 "this kernel has no hist triggers"
	exit
fi

queue() {
	cat "/sys/class/misc/fifo0/$1"
}

queue_is() {
	[[ $(queue "$1") == "$2" ]]
}

# The histogram that a trigger has made of all events, in the form of sysfs: of bounds that
# are powers of two, the lowest is 64 and the highest 2^45.
traced() {
	awk '
		/^[{]/ { gsub(/[^0-9 ]/, " "); n[$2 < 6 ? 6 : $2 > 45 ? 46 : $2] += $NF }
		END {
			for (i = 6; i < 46; i++)
				printf "%.0f %d\n", bound += bound ? bound : 64, sum += n[i]
			print "+Inf", sum + n[46]
		}' "$tracing/events/fifo/$1/hist"
}

# percentiles: the buckets of six of them, from a histogram on standard input.
percentiles() {
	awk '
		{ bound[NR] = $1; sum[NR] = $2 }
		END {
			split("0.01 0.1 0.5 0.9 0.99 1", p)
			for (i = 1; i <= 6; i++) {
				for (b = 1; sum[b] < p[i] * sum[NR]; b++)
					;
				printf "%s ", bound[b]
			}
		}'
}

# Traced: both read the clock once for each item, so all buckets are the same.
traced_get() {
	local what="$engine, traced, $1" items=$2

	section "$what"
	load fifo engine="$engine" size=64
	echo "$keys" >$tracing/events/fifo/fifo_get/trigger
	echo "$keys" >$tracing/events/fifo/fifo_wait/trigger
	load producer count="$items" log=off rate="$3"
	load consumer log=off rate="$4"
	ok "$what: all items were got" wait_for 60 queue_is got "$items"
	unload producer consumer
	queue wait_histogram >/run/sysfs
	note "$(percentiles </run/sysfs)"
	is "$(tail -n 1 /run/sysfs)" "+Inf $items" "$what: each item that was got is in the histogram"
	is "$(</run/sysfs)" "$(traced fifo_get)" "$what: in the bucket that the trace has"
	{
		queue producer_wait_histogram
		queue consumer_wait_histogram
	} | awk '{ n[$1] += $2 } END { for (b in n) print b, n[b] }' | sort -n >/run/sysfs
	is "$(</run/sysfs)" "$(traced fifo_wait | sort -n)" "$what: and so is each wait"
	echo "!$keys" >$tracing/events/fifo/fifo_wait/trigger
	echo "!$keys" >$tracing/events/fifo/fifo_get/trigger
	unload fifo
}

# The greatest distance of the two at any bound, in thousandths of all items. The consumer
# reads its clock later than the queue: so it may have counted items in the next bucket.
furthest() {
	paste /run/sysfs /run/timed | awk '
		{
			d = $4 > $2 ? $4 - $2 : below > $4 ? below - $4 : 0
			most = d > most ? d : most
			below = $2
		}
		END { print int(most * 1000 / $4 + 0.5) }'
}

# A consumer that reads the clock for each item: the histogram has timed only some of them.
sampled_get() {
	local what="$engine, sampled, $1" items=$2

	section "$what"
	load fifo engine="$engine" size=64
	load producer log=off rate="$3" context="$4" count="$items"
	load timed count="$items" batch="$5"
	queue wait_histogram >/run/sysfs
	dmesg_since section | sed -n 's/.*timed: //p' >/run/timed
	note "$(percentiles </run/sysfs), $(furthest) thousandths"
	is "$(tail -n 1 /run/sysfs)" "+Inf $items" "$what: each item that was got is in the histogram"
	le "$(furthest)" $((50 * slow)) "$what: at no bound are the two far apart: 5 % of all items, more on a slow kernel"
	unload timed producer fifo
}

keys='hist:keys=wait_ns.log2'
for engine in $(engines_of work); do
	traced_get paced 2000 1000 1010
	traced_get "a full queue" 5000 max 5000
	traced_get "in a hurry" 10000 max max
	sampled_get "in ones" 100000 max work 1
	sampled_get "in batches" 100000 max kthread 64
	sampled_get paced 5000 20000 work 1
done
GUEST
