#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Each item that is put is got once, in order: in queues of 1, 2 and 32 slots, and while
# clients are unloaded and loaded all the time.
#
#	FIFO_ITEMS	items for each size (100000)

. "${0%/*}/lib/host.sh"

seed=${SEED:-$RANDOM}

run_guest --timeout 450 < <(
	echo "RANDOM=$seed seed=$seed items=${FIFO_ITEMS:-100000}"
	cat <<'GUEST'
fifo=/sys/class/misc/fifo0

counter_is() {
	[[ $(<$fifo/"$1") == "$2" ]]
}

# A ring has no lock under which others stand still: the depth that an item saw, and its
# place among items of other producers, are not exact. A client that has claimed an item may
# be preempted before its event is in the trace, while others get up to a round ahead.
order() {
	if [[ $engine == ring ]]; then
		echo "--ahead $(<$fifo/size)"
	else
		echo --exact
	fi
}

# The clock "counter" puts the events of all processors in one order.
begin() {
	load fifo size="$1"
	echo counter >$tracing/trace_clock
	echo nocontext-info >$tracing/trace_options
	trace_on 49152
	echo 0 >$tracing/events/fifo/fifo_wait/enable
}

# end NAME OPTION…: judge the trace. Its events are lost when fifo is unloaded.
end() {
	local ledger

	echo 0 >$tracing/tracing_on
	cp $tracing/trace /run/trace
	is "$(trace_lost)" 0 "$1: no event was lost"
	# shellcheck disable=SC2046
	ok "$1: each item once, in order" itemcheck $(order) --size "$(<$fifo/size)" "${@:2}" </run/trace
	note "$(</run/output)"
	ledger="put=$(<$fifo/put) got=$(<$fifo/got) dropped=$(<$fifo/dropped)"
	like "$(</run/output)" "^$ledger left=$(<$fifo/depth) " "$1: the ledger agrees with the trace"
	dmesg_mark end
	unload fifo
	like "$(dmesg_since end)" "queue 0: $ledger discarded=" "$1: and with what fifo says when it goes"
}

# --- many items -----------------------------------------------------------

for size in 1 2 32; do
	begin $size
	load consumer instances=4 rate=max log=off
	load producer instances=3 count=$((items - items / 3 * 2)),$((items / 3)) rate=max log=off
	ok "size $size: $items items pass" wait_for 120 counter_is got $items
	unload producer consumer
	end "size $size" --sources 3
done

# --- unloading and loading ---------------------------------------------------

# With only one slot (a ring has two), a lost wake-up or slot stops everything for good.
modules=(producer producer_video producer_audio consumer consumer_disk)
declare -A turns
rates=(max max 2000 200)

toggle() {
	if loaded "$1"; then
		unload "$1"
	else
		load "$1" instances=$((RANDOM % 12 + 1)) log=off \
			rate="$([[ $slowed ]] && echo 200 || echo "${rates[RANDOM % ${#rates[@]}]}")"
		turns[$1]=$((${turns[$1]-0} + 1))
	fi
}

any_loaded() {
	local module

	for module; do
		! loaded "$module" || return 0
	done
	return 1
}

got_more() {
	(($(<$fifo/got) > got))
}

# If both kinds are loaded, items flow.
flows() {
	any_loaded producer producer_video producer_audio || return 0
	any_loaded consumer consumer_disk || return 0
	got=$(<$fifo/got)
	wait_for 5 got_more
}

# The trace holds at least 300000 items, even if all are of one processor. Slow down the
# fast ones long before that.
slow_down() {
	local module

	slowed=1
	for module in "${modules[@]}"; do
		! loaded "$module" || echo 200 >"/sys/module/$module/parameters/rate"
	done
}

note "SEED=$seed"
begin 1
# For 8 s load all modules; then those that have not been loaded twice.
choose() {
	local module

	[[ $slowed ]] || (($(<$fifo/put) < 100000)) || slow_down
	chosen=("${modules[@]}")
	if ((EPOCHSECONDS > enough)); then
		chosen=()
		for module in "${modules[@]}"; do
			((${turns[$module]-0} >= 2)) || chosen+=("$module")
		done
	fi
}

enough=$((EPOCHSECONDS + 8)) stuck='' slowed=''
choose
while ((${#chosen[@]})) && [[ ! $stuck ]]; do
	toggle "${chosen[RANDOM % ${#chosen[@]}]}"
	flows || stuck=$(grep -r . $fifo/ 2>/dev/null)
	choose
done
is "$stuck" "" "items flow whenever there is a producer and a consumer"
for module in "${modules[@]}"; do
	ge "${turns[$module]-0}" 2 "$module was loaded again and again"
	! loaded "$module" || unload "$module"
done
is "$(cat $fifo/waiting_{producers,consumers} | tr '\n' ' ')" "0 0 " "nobody waits any more"

# All slots and all items are still there: no cancelled wait has lost one.
load producer rate=max log=off
ok "the queue can be filled" wait_for 5 counter_is depth "$(<$fifo/size)"
unload producer
load consumer rate=max log=off
ok "the queue can be emptied" wait_for 5 counter_is depth 0
unload consumer
end "reloading" --sources 6

# --- the checker itself ------------------------------------------------------

# Puts everything before the first get, so that the trace is always the same.
engine=semaphore context=work
begin 128
load producer instances=2 count=50 rate=max log=off
wait_for 5 counter_is put 100
load consumer instances=2 rate=max log=off
wait_for 5 counter_is got 100
unload producer consumer
cp $tracing/trace /run/good
ok "the checker passes a good trace" itemcheck --exact --size 128 </run/good

# broken DESCRIPTION REGEX PROGRAM [OPTION]: awk breaks the good trace. The checker must
# report what is wrong, with --exact, too.
broken() {
	local output

	awk "$3" /run/good >/run/broken
	# shellcheck disable=SC2086
	if output=$(itemcheck --size 128 ${4-} </run/broken); then
		fail "the checker refuses $1" "$output"
	elif [[ ! $output =~ $2 ]]; then
		fail "the checker says what is wrong with $1" "$output"
	elif itemcheck --size 128 --exact ${4-} </run/broken >/run/output; then
		fail "the checker refuses $1 with --exact" "$(</run/output)"
	else
		pass "the checker refuses $1"
	fi
}

broken "a put that is missing" 'put seq 11 after 9' '!(/fifo_put/ && / seq=10 /)'
broken "a get that is missing" 'came out before 10' '!(/fifo_get/ && / seq=10 /)'
broken "a last get that is missing" '1 items are left, not 0' '{ if (NR > 1) print last; last = $0 }'
broken "a put that is there twice" 'put seq 10 after 10' '{ print } /fifo_put/ && / seq=10 / { print }'
broken "a get that is there twice" 'seq 10 came out twice' '{ print } /fifo_get/ && / seq=10 / { print }'
broken "a get before its put" 'seq 50 was never put' '/fifo_put/ && / seq=50 / && !put { put = $0; source = $3; next } { print } $3 == source && / seq=50 / { print put }'
broken "two gets in the wrong order" 'seq 11 came out before 10' '{
	if (/fifo_get/ && / seq=1[01] / && !/source=65536/) {
		sub(/ seq=10 /, " seq=1x ") || sub(/ seq=11 /, " seq=10 ")
		sub(/ seq=1x /, " seq=11 ")
	}
	print
}'
printf ' fifo_%s:%s\n' >/run/turned \
	put " queue=0 source=1 seq=1 depth=1" put " queue=0 source=1 seq=2 depth=2" \
	put " queue=0 source=1 seq=3 depth=3" get " queue=0 source=1 seq=2 depth=1 by=a" \
	get " queue=0 source=1 seq=3 depth=0 by=b" get " queue=0 source=1 seq=1 depth=0 by=c"
ok "items that others overtake pass where that is allowed" itemcheck --ahead 3 </run/turned
odd=$(itemcheck --ahead 2 </run/turned) || true
like "$odd" 'seq 3 came out before 1' "and are refused further behind"
sed -i 's/by=c/by=a/' /run/turned
odd=$(itemcheck --ahead 3 </run/turned) || true
like "$odd" 'a got seq 1 after 2' "and where a consumer gets an older one later"
broken "two puts in the wrong order" 'put seq 11 after 9' '{
	if (/fifo_put/ && / seq=1[01] / && !/source=65536/) {
		sub(/ seq=10 /, " seq=1x ") || sub(/ seq=11 /, " seq=10 ")
		sub(/ seq=1x /, " seq=11 ")
	}
	print
}'
broken "a source that put nothing" 'source 7: seq 10 was never put' '/fifo_get/ && / seq=10 / { sub(/source=[0-9]+/, "source=7") } { print }'
broken "a queue that is too full" 'depth 129 of 128' '/ seq=10 / { sub(/ depth=[0-9]+/, " depth=129") } { print }'
broken "events that were lost" 'LOST 3 EVENTS' '{ print } NR == 20 { print "CPU:1 [LOST 3 EVENTS]" }'
broken "events that were overwritten" '12 events were lost' 'NR == 1 { print "# entries-in-buffer/entries-written: 200/212   #P:2" } { print }'
broken "an empty trace" 'no fifo_put at all' '/^#/'
broken "a source too few" '2 sources, not 3 or more' '{ print }' "--sources 3"
broken "items left that should not be" '0 items are left, not 1' '{ print }' "--left 1"

# Only --exact checks these.
odd=$(awk '/fifo_get/ && / seq=10 / { sub(/ depth=[0-9]+/, " depth=100") } { print }' /run/good |
	itemcheck --exact) || true
like "$odd" 'depth 100, and the trace has [0-9]+ items' "the checker refuses a depth that is wrong"
printf ' fifo_%s:%s\n' >/run/turned \
	put " queue=0 source=1 seq=1 depth=1" put " queue=0 source=2 seq=1 depth=2" \
	get " queue=0 source=2 seq=1 depth=1" get " queue=0 source=1 seq=1 depth=0"
ok "an order among sources that no one promised passes" itemcheck </run/turned
odd=$(itemcheck --exact </run/turned) || true
like "$odd" 'source 2 came out before one of 1' "and is refused with --exact"
unload fifo
GUEST
)
