#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A client can be unloaded at any moment, whatever it waits for. This takes as long as
# unloading an empty module, and leaves queues, counts and log intact.
#
#	FIFO_UNLOAD_CYCLES	unloads in all, spread over the situations (1000)
#
# measures time

. "${0%/*}/lib/host.sh"

cycles=${FIFO_UNLOAD_CYCLES:-1000}

run_guest --timeout $((180 + cycles * 3 / 10)) < <(
	echo "cycles=$cycles"
	cat <<'GUEST'
# A kernel that checks each access to memory is slower. With lockdep it searches all of its
# records to forget a workqueue.
[[ ! -e /proc/lockdep ]] || slower=3
allowed_us=$((50000 * slow * ${slower:-1}))
many_us=$((1000000 * slow * ${slower:-1}))
samples=/run/samples

# Without clients queue 0 is empty, queue 1 is full. In queue 2 nobody waits for room.
size=4
load fifo size=$size,$size,100000 overflow=block,block,drop-oldest

queue() {
	cat "/sys/class/misc/fifo$1/$2"
}

holds() {
	[[ $(queue "$1" "$2") == "$3" ]]
}

# Exactly this many items go in, and then come out, before a client blocks: this shows an
# unload that has lost a count of a semaphore, or added one.
put_all() {
	local put

	put=$(queue "$1" put)
	load producer queue="$1" rate=max log=off
	wait_for 10 holds "$1" waiting_producers 1
	unload producer
	moved=$(($(queue "$1" put) - put))
}

get_all() {
	local got

	got=$(queue "$1" got)
	load consumer queue="$1" rate=max log=off
	wait_for 10 holds "$1" waiting_consumers 1
	unload consumer
	moved=$(($(queue "$1" got) - got))
}

counts() {
	local text='' n

	for n in "put_all 0" "get_all 0" "get_all 1" "put_all 1"; do
		$n
		text+="$n: $moved, "
	done
	echo "${text}depth $(queue 0 depth) and $(queue 1 depth)"
}

right_counts="put_all 0: $size, get_all 0: $size, get_all 1: $size, put_all 1: $size, depth 0 and $size"

at_work() {
	local pid

	for pid in $(workers); do
		cat "/proc/$pid/comm" 2>/dev/null || true
	done
}

percentile() {
	sort -n | awk -v p="$1" '{ v[NR] = $1 } END { i = int(NR * p / 100 + 0.5); print v[i < 1 ? 1 : i] }'
}

# figures PATTERN FILE: "n median p99 max" of the samples whose name matches.
figures() {
	awk -v name="$1" '$1 ~ name { print $2 }' "$2" >/run/figures
	echo "$(wc -l </run/figures) $(percentile 50 </run/figures) $(percentile 99 </run/figures) $(percentile 100 </run/figures)"
}

# situation CYCLES DESCRIPTION MODULE… [-- CONDITION…]: see unload-cycles.
situation() {
	local what=$2 n clients empty file=/run/situation

	: >$file
	if ! unload-cycles "$1" $file "${@:3}" >/run/output 2>&1; then
		fail "$what: unloads" "$(</run/output)" "$(dmesg | tail -5)"
		# Leftovers would disturb the next situation.
		rmmod consumer producer 2>/dev/null || true
		return
	fi
	cat $file >>$samples
	read -r n clients _ _ <<<"$(figures '^[^e]' $file)"
	read -r _ empty _ _ <<<"$(figures '^empty' $file)"
	note "$what: $n unloads, median $clients us, empty module $empty us"
	le $((clients - empty)) $allowed_us "$what: unloads, median over that of an empty module in us"
	is "$(counts), at work:$(at_work)" "$right_counts, at work:" "$what: counts are right, nobody is left"
}

load producer queue=1 rate=max count=$size log=off
wait_for 10 holds 1 depth $size
unload producer
share=$(((cycles + 12) / 13))

situation $share "consumer blocked on empty" \
	"consumer rate=max log=off" -- fifo0/waiting_consumers=1
situation $share "producer blocked on full" \
	"producer queue=1 rate=max log=off" -- fifo1/waiting_producers=1
situation $share "consumer idle" "consumer queue=1 rate=0.001"
situation $share "producer idle" "producer queue=0 rate=0.001"
situation $share "producer and consumer busy, producer first" \
	"producer queue=2 rate=max log=off" "consumer queue=2 rate=max log=off" \
	-- fifo2/put+=1000 fifo2/got+=1000
situation $share "producer and consumer busy, consumer first" \
	"consumer queue=2 rate=max log=off" "producer queue=2 rate=10000 log=off" \
	-- fifo2/put+=200 fifo2/got+=200
situation $share "several blocked, a producer and a consumer of 8 each" \
	"producer queue=1 rate=max instances=8 log=off" \
	"consumer queue=0 rate=max instances=8 log=off" \
	-- fifo1/waiting_producers=8 fifo0/waiting_consumers=8
situation $share "one of several blocked, then the others" \
	"producer queue=1 rate=max log=off" "producer_copy queue=1 rate=max instances=2 log=off" \
	"consumer queue=0 rate=max log=off" -- fifo1/waiting_producers=3 fifo0/waiting_consumers=1
situation $share "right after insmod" "producer rate=max queue=1" "consumer rate=max queue=0"
situation $share "half of the instances finished" \
	"producer queue=2 instances=4 count=1,1,0,0 rate=1000,1000,0.01,0.01" \
	-- fifo2/put+=2
situation $share "blocked, idle, busy and finished in one module" \
	"producer queue=1,1,2,2,2 rate=max,10,0.01,10000,1000 count=0,0,0,0,1 log=summary" \
	-- fifo1/waiting_producers=2 fifo2/put+=50
situation $share "after a refused load" \
	"!producer queue=1 rate=0" "!consumer queue=99" \
	"producer queue=1 rate=max log=off" "!producer rate=1" \
	-- fifo1/waiting_producers=1
situation $share "50 blocked on each side" \
	"consumer queue=0 rate=max instances=50 log=off" \
	"producer queue=1 rate=max instances=50 log=off" \
	-- fifo0/waiting_consumers=50 fifo1/waiting_producers=50

read -r n median p99 max <<<"$(figures '^[^e]' $samples)"
read -r empty_n empty_median empty_p99 empty_max <<<"$(figures '^empty' $samples)"
diag "$empty_n cycles, unloads in us: median, 99th percentile, longest" \
	"clients ($n): $median $p99 $max" \
	"empty module ($empty_n): $empty_median $empty_p99 $empty_max"
le $((median - empty_median)) $allowed_us "all: median over that of an empty module in us"
if ((empty_n < 500)); then
	skip 1 "a 99th percentile of $empty_n cycles means little"
elif ((empty_p99 > 3 * empty_median)); then
	skip 1 "the host is busy: also the empty module's 99th percentile is far from its median"
else
	le $((p99 - empty_p99)) $allowed_us "all: 99th percentile over that of an empty module in us"
fi
keep $samples

# --- one of several that wait in one queue --------------------------------------

load producer queue=1 rate=max log=off
load producer_copy queue=1 rate=max log=off
load consumer queue=0 rate=max log=off
load consumer_copy queue=0 rate=max log=off
wait_for 10 holds 1 waiting_producers 2
wait_for 10 holds 0 waiting_consumers 2
unload producer consumer
is "$(queue 1 waiting_producers) $(queue 0 waiting_consumers)" "1 1" "one of two blocked goes, the other still waits"
got=$(queue 0 got)
put=$(queue 1 put)
load producer queue=0 rate=max count=3 log=off
load consumer queue=1 rate=max count=3 log=off
wait_for 10 holds 0 got $((got + 3))
wait_for 10 holds 1 put $((put + 3))
unload producer consumer
unload producer_copy consumer_copy
like "$(dmesg | grep 'consumer_copy: \[0\] stopped')" 'stopped: 3 items' "the other consumer got what came after"
like "$(dmesg | grep 'producer_copy: \[0\] stopped' | tail -1)" 'stopped: 3 items' "the other producer filled what was freed"
is "$(counts), at work:$(at_work)" "$right_counts, at work:" "one of two blocked: counts are right, nobody is left"

# --- a thread that is killed --------------------------------------------------

# pid_of COMM
pid_of() {
	grep -lx "$1" /proc/[0-9]*/comm | sed 's|/proc/||; s|/comm||'
}

stopped() {
	dmesg_since killed | grep -q '^producer: \[0\] stopped: 0 items'
}

dmesg_mark killed
load producer context=kthread queue=1 rate=max instances=2 log=off
wait_for 10 holds 1 waiting_producers 2
kill -KILL "$(pid_of producer/0)"
ok "a thread that waits can be killed, by the name that ps shows" wait_for 10 holds 1 waiting_producers 1
ok "and says that it has stopped" wait_for 10 stopped
unload producer
is "$(counts), at work:$(at_work)" "$right_counts, at work:" "one of two killed: counts are right, nobody is left"

# --- at the same time ------------------------------------------------------------

# Separate processes unload modules, while items move and others wait.
together() {
	local module

	for module in producer producer_copy consumer consumer_copy; do
		rmmod "$module" &
	done
	wait
}

none_loaded() {
	! loaded producer && ! loaded producer_copy && ! loaded consumer && ! loaded consumer_copy
}

for ((round = 0; round < 10; round++)); do
	load producer queue=1,2 rate=max instances=6 log=off
	load consumer queue=2,0 rate=max instances=6 log=off
	load producer_copy queue=2,1 rate=max instances=6 log=off
	load consumer_copy queue=0,2 rate=max instances=6 log=off
	together
done
ok "four modules are unloaded at the same time" wait_for 10 none_loaded
is "$(counts), at work:$(at_work)" "$right_counts, at work:" "four at the same time: counts are right, nobody is left"

# --- while it is being loaded ------------------------------------------------------

# Waits until the module appears, mostly while it is being loaded. Starts no process to look.
await_producer() {
	local state limit=$((SECONDS + 10 * slow))

	until read -r state </sys/module/producer/initstate; do
		((SECONDS < limit)) || return
	done
} 2>/dev/null

# busybox lets the kernel refuse. On a busy host it may come too late, once all are loaded.
refused=0 limit=$((SECONDS + 60 * slow))
while ((refused < 3 && SECONDS < limit)); do
	load producer queue=1 rate=max instances=500 log=off &
	await_producer
	busybox rmmod producer 2>/dev/null || refused=$((refused + 1))
	wait "$!"
	! loaded producer || unload producer
done
ge "$refused" 1 "unloading is refused while 500 instances are being loaded"
is "$(counts), at work:$(at_work)" "$right_counts, at work:" "half loaded: counts are right, nobody is left"

# --- many --------------------------------------------------------------------------

for module in producer consumer; do
	waiting=waiting_${module}s
	if [[ $module == producer ]]; then index=1; else index=0; fi
	took=()
	for ((round = 0; round < 3; round++)); do
		load $module queue=$index rate=max instances=1000 log=off
		wait_for 30 holds $index $waiting 1000
		took+=("$(time_us rmmod $module)")
	done
	diag "rmmod of 1000 blocked instances of $module, three times, in us: ${took[*]}"
	le "$(printf '%s\n' "${took[@]}" | percentile 50)" $many_us "1000 blocked instances of $module go in under $((many_us / 1000000)) s"
	is "$(counts), at work:$(at_work)" "$right_counts, at work:" "1000 of $module: counts are right, nobody is left"
done

# --- fifo ----------------------------------------------------------------------------

load consumer queue=0 rate=max log=off
wait_for 10 holds 0 waiting_consumers 1
like "$(rmmod fifo 2>&1 || true)" 'in use by: *consumer' "rmmod says that fifo is in use, and by whom"
like "$(busybox rmmod fifo 2>&1 || true)" 'Resource temporarily unavailable|busy' "the kernel refuses to unload fifo"
unload consumer
ok "fifo can be unloaded afterwards" rmmod fifo
is "$(dmesg | tail | grep -c ' fifo: queue [0-2]: put=')" 3 "fifo says what became of the items of each queue"
ok "fifo can be loaded again" insmod /modules/fifo.ko
ok "and unloaded" rmmod fifo
GUEST
)
