# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# What guests do with servers: starts and ends them, and fifoctl. It begins the script of a guest,
# after declare -p servers_dir.

# shellcheck disable=SC2034,SC2154 # the guest has what its test declares, and reads what this sets
export PATH=$servers_dir/bin:$PATH LD_LIBRARY_PATH=$servers_dir/lib FIFOCTL_TRANSPORTS=$servers_dir/transports
ip addr add 127.0.0.1/8 dev lo 2>/dev/null || true
ip link set lo up
cd /run || exit
trap 'tail -n 200 /run/*.log >/run/keep/logs' EXIT

listens() {
	grep -qi ":$(printf %04X "$1") 00000000:0000 0A" /proc/net/tcp
}

# begin NAME COMMAND…: in the background; its process is ${pids[NAME]}.
declare -A pids
begin() {
	"${@:2}" >>"/run/$1.log" 2>&1 &
	pids[$1]=$!
}

# catches_term PID: does it have a handler for SIGTERM by now?
catches_term() {
	((0x$(awk '/^SigCgt:/ { print $2 }' "/proc/$1/status") & 1 << 14))
}

# finish NAME SIGNAL: and waits for its end. Sets status.
finish() {
	[[ ! $1-$2 =~ ^(bridge|receiver)-TERM$ ]] || wait_for 30 catches_term "${pids[$1]}"
	kill -"$2" "${pids[$1]}" 2>/dev/null || true
	status=0
	wait "${pids[$1]}" 2>/dev/null || status=$?
	unset "pids[$1]"
}

cat >mosquitto.conf <<-EOT
	listener 1883 127.0.0.1
	listener 8883 127.0.0.1
	certfile $servers_dir/certificate
	keyfile $servers_dir/key
	allow_anonymous true
	user root
	persistence true
	persistence_location /run/mosquitto/
	max_queued_messages 0
	max_inflight_messages 1000
EOT
mkdir -p mosquitto redis

# mosquitto writes what it holds to disk when it ends in order, and not before.
mqtt_server() {
	begin server mosquitto -c /run/mosquitto.conf
	wait_for 20 listens 1883
}

mqtt_crash() {
	finish server TERM
	mqtt_server
}

# A session that outlives the server.
mqtt_begin() {
	mqtt_server
	begin consumer mosquitto_sub -V 5 -h 127.0.0.1 -i checker -c -x 3600 -q 1 -t items -F '%P %p'
	wait_for 20 grep -q checker /run/server.log
	wait_for 20 subscribed
	port=1883
}

subscribed() {
	mosquitto_pub -V 5 -h 127.0.0.1 -q 1 -t items -m begun
	grep -q begun /run/consumer.log
}

# Prints a line "SOURCE SEQ" for each message.
mqtt_end() {
	mosquitto_pub -V 5 -h 127.0.0.1 -q 1 -t items -m ended
	wait_for "${limit:-60}" grep -q ended /run/consumer.log
	finish consumer TERM
	finish server TERM
	rm -f /run/mosquitto/*
	sed -nE 's/.*source:([^ ]*) seq:([0-9]+).*/\1 \2/p' /run/consumer.log
}

redis_server() {
	begin server redis-server --port 6379 --bind 127.0.0.1 --dir /run/redis --save '' --appendonly yes --appendfsync always
	wait_for "${limit:-60}" loaded_redis
}

loaded_redis() {
	[[ $(redis-cli ping) == PONG ]]
}

redis_crash() {
	finish server KILL
	redis_server
}

redis_begin() {
	redis_server
	port=6379
}

redis_end() {
	redis-cli xrange items - + | awk '$1 == "source" { getline; source = $1 } $1 == "seq" { getline; print source, $1 }'
	finish server TERM
	rm -r /run/redis/*
}

# The mock keeps nothing if it is killed: it is down for a while instead.
kafka_begin() {
	rm -f /run/address
	"$servers_dir/bin/broker" items /run/address >/run/consumer.log 2>/run/server.log &
	pids[server]=$!
	wait_for 20 test -s /run/address
	port=$(</run/address)
	port=${port##*:}
}

kafka_crash() {
	kill -USR1 "${pids[server]}"
}

kafka_end() {
	finish server TERM
	((status == 0)) || diag "the broker ended with $status: $(</run/server.log)" >&2
	cut -d ' ' -f 1,2 /run/consumer.log
}

# put_at_least QUEUE N
put_at_least() {
	(($(<"/sys/class/misc/fifo$1/put") >= $2))
}

got_at_least() {
	(($(</sys/class/misc/fifo0/got) >= $1))
}
