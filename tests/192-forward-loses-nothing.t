#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# fifoctl forward loses no item, and keeps the order of each source, whatever is killed: itself,
# the server, or a connection. fifoctl receive puts each message. The servers are a real
# mosquitto and a real redis, and librdkafka's mock of Kafka, on the guest's loopback.
#
#	FIFO_FORWARD_ITEMS	items of each server (20000)
#	FIFO_FORWARD_KILLS	kills of the bridge for each server (8)
#	FIFO_FORWARD_CRASHES	kills of the server, and as many cut connections (3)
#	FIFO_FORWARD_SERVERS	which (mqtt,redis,kafka)

. "${0%/*}/lib/host.sh"
. "${0%/*}/lib/servers.sh"

items=${FIFO_FORWARD_ITEMS:-20000}
kills=${FIFO_FORWARD_KILLS:-8}
crashes=${FIFO_FORWARD_CRASHES:-3}
servers=${FIFO_FORWARD_SERVERS:-mqtt,redis,kafka}
[[ $items =~ ^[1-9][0-9]{3,6}$ ]] || die "FIFO_FORWARD_ITEMS=$items: must be from 1000 to 9999999"
((kills >= 1 && crashes >= 1 && kills + 2 * crashes <= items / 500)) ||
	die "FIFO_FORWARD_KILLS and twice FIFO_FORWARD_CRASHES: must be 1 at least, and at most a 500th of the items together"

scratch
servers_prepare

run_guest --timeout $((900 + items / 200)) --file "$servers_dir" < <(
	declare -p items kills crashes servers servers_dir
	cat "$root/tests/lib/serving.sh"
	cat <<'GUEST'
limit=$((60 + items / 1000))

# --- the bridge ------------------------------------------------------------------

bridge() {
	begin bridge fifoctl forward 0 --to "$1://127.0.0.1:$bridge_port/items"
}

# Kafka's clients go to the address that the broker names: there is no relay in between.
relay_begin() {
	bridge_port=$port
	[[ $1 != kafka ]] || return 0
	bridge_port=7000
	begin relay relay 7000 "$port"
	wait_for 20 listens 7000
}

bridge_kill() {
	finish bridge KILL
	killed=$((killed + (status == 137)))
	bridge "$1"
}

cut_kill() {
	if [[ $1 == kafka ]]; then
		kafka_crash
	else
		finish relay KILL
		relay_begin "$1"
	fi
}

# disturb SERVER: kills, evenly over all items, in random order.
disturb() {
	local -a events=()
	local event n

	for ((n = 0; n < kills; n++)); do events+=(bridge_kill); done
	for ((n = 0; n < crashes; n++)); do events+=(cut_kill "$1_crash"); done
	n=0
	for event in $(printf '%s\n' "${events[@]}" | shuf); do
		n=$((n + 1))
		wait_for "$limit" got_at_least $((n * items / (${#events[@]} + 1)))
		"$event" "$1"
	done
	wait_for "$limit" got_at_least "$items"
}

# --- the checker -----------------------------------------------------------------

# judge FILE: sets lost and twice. What comes twice is dropped by source and seq, as a consumer
# would; then each item is the one after the last of its source, or some are lost.
judge() {
	declare -g $(awk -v items="$items" '
		$2 <= last[$1] { twice++; next }
		{ gaps += $2 - last[$1] - 1; last[$1] = $2; n++ }
		END { print "lost=" items - n, "gaps=" gaps + 0, "twice=" twice + 0, "sources=" length(last) }' "$1")
}

# rate is of all producers together, so that the kills meet a queue at work.
rate=max
((items > 100000)) || rate=$((items / 15))

# The mock of Kafka keeps 5 MB of a partition: its consumer has to keep up.
start_producers() {
	local part=$((items / 3)) most=$rate

	[[ $1-$rate != kafka-max ]] || most=3000
	load producer context=work,kthread,timer count=$part,$part,$((items - 2 * part)) rate="$most" log=off
}

try_server() {
	local began

	rm -f /run/*.log
	killed=0
	note "$1"
	load fifo engine=ring size=4096
	"$1_begin"
	relay_begin "$1"
	bridge "$1"
	start_producers "$1"
	began=${EPOCHREALTIME/./}
	disturb "$1"
	note "$1: $((items * 1000000 / (${EPOCHREALTIME/./} - began))) items/s"
	finish bridge TERM
	is "$status" 0 "$1: the bridge ends in order after SIGTERM"
	"$1_end" >/run/seen
	[[ ! ${pids[relay]-} ]] || finish relay KILL
	judge /run/seen
	note "$1: lost $lost, $gaps of them not at the end; twice $twice"
	is "$lost $sources" "0 3" "$1: $items items of 3 sources, $kills kills of the bridge, $crashes crashes and $crashes cuts: none is lost, in order"
	is "$killed" $kills "$1: each kill met a bridge at work"
	le "$twice" $(((kills + 4 * crashes) * 1024)) "$1: at most a batch for each failure came twice"
	ledger_is $items $items 0
	unload producer fifo
}

for server in ${servers//,/ }; do
	try_server "$server"
done

# --- what the checker notices ----------------------------------------------------

# Gets items, and sends what it got: a kill loses what is in between.
control() {
	setsid sh -c 'fifoctl cat 0 --json | mosquitto_pub -V 5 -h 127.0.0.1 -t items -q 1 -l' >/dev/null 2>&1 &
	pids[control]=$!
}

control_kill() {
	kill -KILL -- "-${pids[control]}"
	wait "${pids[control]}" 2>/dev/null || true
	control
}

note "a bridge that gets items before it sends them"
rm -f /run/*.log
items=5000 rate=1000
load fifo engine=ring size=4096
mqtt_begin
control
start_producers mqtt
for n in 1 2 3 4; do
	wait_for "$limit" got_at_least $((n * items / 5))
	control_kill
done
wait_for "$limit" got_at_least $items
kill -TERM -- "-${pids[control]}"
unset 'pids[control]'
mqtt_end >/dev/null
sed -nE 's/.*"seq":([0-9]+),"time":[0-9]+,"source":([0-9]+).*/\2 \1/p' /run/consumer.log >/run/seen
judge /run/seen
ge "$lost" 1 "the checker notices that it loses items"
unload producer fifo

# --- the way back ----------------------------------------------------------------

receiver() {
	begin receiver fifoctl receive 1 --from "$1://127.0.0.1:$port/items" --config /run/receive.conf
}

# Nothing is for a subscriber before it has subscribed.
mqtt_subscribed() {
	mosquitto_pub -V 5 -h 127.0.0.1 -q 1 -t items -m 0
	put_at_least 1 1
}

all_there() {
	[[ $(sort -nu /run/back | tail -n 3000 | md5sum) == "$(seq 3000 | md5sum)" ]]
}

# Kafka's group notices a consumer's death by a timeout.
try_return() {
	local n kills=3

	rm -f /run/*.log
	: >/run/receive.conf
	[[ $1 != kafka ]] || printf '%s\n' session.timeout.ms=6000 auto.commit.interval.ms=100 >/run/receive.conf
	[[ $1 != kafka ]] || kills=1
	load fifo engine=ring,ring size=256,256
	"$1_begin"
	bridge_port=$port
	receiver "$1"
	[[ $1 != mqtt ]] || wait_for 20 mqtt_subscribed
	bridge "$1"
	cat /dev/fifo1 >/run/back &
	pids[reader]=$!
	timeout "$limit" seq 1500 >/dev/fifo0
	for ((n = 1; n <= kills; n++)); do
		wait_for 60 put_at_least 1 $((n * 400))
		finish receiver KILL
		receiver "$1"
	done
	timeout "$limit" seq 1501 3000 >/dev/fifo0
	ok "$1: 3000 lines come back, though receive is killed" wait_for 90 all_there
	finish receiver TERM
	is "$status" 0 "$1: receive ends in order after SIGTERM"
	finish bridge TERM
	finish reader TERM
	"$1_end" >/dev/null
	note "$1: $(($(wc -l </run/back) - 3000)) came twice, $(tail -n 1 /run/receiver.log)"
	unload fifo
}

for server in ${servers//,/ }; do
	try_return "$server"
done

# --- stopping --------------------------------------------------------------------

port=6379
bridge_port=6379
rm -f /run/*.log
note "SIGTERM"
load fifo engine=ring size=4096 overflow=drop-newest
load producer count=6000 rate=max log=off
wait_for 30 eval '(($(</sys/class/misc/fifo0/put) == 6000))'
is "$(cat /sys/class/misc/fifo0/{depth,dropped} | xargs)" "4096 1904" "a queue that nobody empties drops, and counts"
begin bridge fifoctl forward 0 --to redis://127.0.0.1:6379/items --drain 0.5
wait_for 20 grep -q 'Connection refused: trying again' /run/bridge.log
finish bridge TERM
is "$status $(cat /sys/class/misc/fifo0/depth)" "1 4096" "without a server the items stay in the queue"
is "$(tail -n 1 /run/bridge.log)" "fifoctl: queue 0: what redis://127.0.0.1:6379/items has not acknowledged stays in the queue" "and it says so"
begin bridge fifoctl forward 0 --to redis://127.0.0.1:6379/items --drain 60
wait_for 20 eval '(($(grep -c refused /run/bridge.log) == 2))'
redis_server
wait_for 20 got_at_least 1
finish bridge TERM
is "$status $(tail -n 1 /run/bridge.log)" "0 4096 items forwarded" "with one it goes on until the queue is empty"
is "$(redis-cli xlen items)" 4096 "all of them are there"

# refuses WHAT ARGUMENT…: forward ends with 1, says WHAT, and gets nothing.
refuses() {
	local said status=0 got

	got=$(</sys/class/misc/fifo0/got)
	said=$(timeout 30 fifoctl forward 0 "${@:2}" 2>&1) || status=$?
	is "$status $said $(($(</sys/class/misc/fifo0/got) - got))" "1 fifoctl: $1 0" "forward ${*:2} is refused"
}

note "what does not help by trying again"
unload producer
load producer count=10 rate=max log=off
redis-cli set word x >/dev/null
refuses "redis://127.0.0.1/word: the server says: WRONGTYPE Operation against a key holding the wrong kind of value" \
	--to redis://127.0.0.1/word
redis-cli config set requirepass secret >/dev/null
refuses "redis://127.0.0.1/items: the server says: NOAUTH Authentication required." --to redis://127.0.0.1/items
echo password=wrong >/run/conf
refuses "redis://127.0.0.1/items: the server says: WRONGPASS invalid username-password pair or user is disabled." \
	--to redis://127.0.0.1/items --config /run/conf
echo topic=x >/run/conf
refuses "--config: topic is no setting of redis://, which has: username, password, maxlen" \
	--to redis://127.0.0.1/items --config /run/conf
refuses "mqtt://127.0.0.1/a/#: a/# is no topic to publish to" --to 'mqtt://127.0.0.1/a/#'
refuses '--config: No such configuration property: "topic"' --to kafka://127.0.0.1/items --config /run/conf

note "a server that says goodbye"
# CONNACK, and then DISCONNECT: it shuts down.
{ printf '\x20\x03\0\0\0' && usleep 500000 && printf '\xe0\x02\x8b\0' && usleep 500000; } | nc -l -p 1890 >/dev/null &
begin bridge fifoctl forward 0 --to mqtt://127.0.0.1:1890/items --drain 0
ok "MQTT: forward notices it" wait_for 30 grep -q 'the server has ended the connection: trying again' /run/bridge.log
# Its input stays open: at the end of it nc would say goodbye, too.
mkfifo /run/open
timeout 60 nc -l -p 1890 <>/run/open >/run/hello &
ok "and connects again" wait_for 30 test -s /run/hello
finish bridge TERM
printf '%s\n' password=secret maxlen=100 >/run/conf
begin bridge fifoctl forward 0 --to redis://127.0.0.1/items --config /run/conf
wait_for 20 eval '(($(</sys/class/misc/fifo0/depth) == 0))'
finish bridge TERM
is "$status $(tail -n 1 /run/bridge.log)" "0 10 items forwarded" "with the password it is let in"
le "$(REDISCLI_AUTH=secret redis-cli xlen items)" 300 "and maxlen limits the stream"
finish server TERM
unload producer

unload fifo

note "messages that are no items"
rm -f /run/*.log
load fifo engine=ring,ring size=64,64
: >/run/receive.conf
mqtt_begin
receiver mqtt
wait_for 20 mqtt_subscribed
mosquitto_pub -V 5 -h 127.0.0.1 -q 1 -t items -m "$(printf '%041d' 0)"
mosquitto_pub -V 5 -h 127.0.0.1 -q 1 -t items -m $'\e[m'
mosquitto_pub -V 5 -h 127.0.0.1 -q 1 -t items -D publish user-property type process -m x
wait_for 20 eval '(($(grep -c dropped: /run/receiver.log) == 3))'
n=$(($(</sys/class/misc/fifo1/put) + 2))
mosquitto_pub -V 5 -h 127.0.0.1 -q 1 -t items -D publish user-property type 300 -m $'\e[m'
mosquitto_pub -V 5 -h 127.0.0.1 -q 1 -t items -m 'ὁδός'
wait_for 20 put_at_least 1 $n
finish receiver TERM
is "$(sed -n 's/.*dropped: //p' /run/receiver.log)" "it has more than 40 bytes
it is not UTF-8, or has control characters
only the kernel puts processes" "each is reported, with the reason"
is "$(fifoctl cat 1 --map --count $n | tail -n 2)" $'type=300 len=3 data=1b5b6d\nὁδός' "the others have their type and their bytes"
mqtt_end >/dev/null
unload fifo
GUEST
)
