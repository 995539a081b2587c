#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# fifoctl forward and receive end soon after SIGTERM, wherever they wait; go on where that helps,
# and else end with an error that says what to do. What waits for room is not received twice.

. "${0%/*}/lib/host.sh"
. "${0%/*}/lib/servers.sh"

# A guest that boots has a /tmp of its own.
export TMPDIR=$root/build
scratch
servers_prepare

gcc -O2 -s -Wall -Werror -shared -fPIC -o "$servers_dir/overwrite.so" "$root/tests/forward/overwrite.c" ||
	die "the build of overwrite.so failed"

serving() {
	declare -p servers_dir
	cat "$root/tests/lib/serving.sh"
}

run_guest --timeout 400 --program setpriv --file "$servers_dir" < <(
	serving
	cat <<'GUEST'
# --- SIGTERM ---------------------------------------------------------------------

# connects PORT: is somebody about to, or connected?
connects() {
	grep -qiE " 0100007F:$(printf %04X "$1") 0[12] " /proc/net/tcp
}

note "a host that is silent"
load fifo engine=ring,ring size=64,64
begin silent silent 1998
begin full silent 1999 full
wait_for 30 grep -q silent /run/silent.log
wait_for 30 grep -q silent /run/full.log
echo A >/dev/fifo0

# ends NAME COMMAND…: soon after SIGTERM. Sets status.
ends() {
	local began

	begin "$1" "${@:3}"
	wait_for 30 connects "$2"
	began=${EPOCHREALTIME/./}
	finish "$1" TERM
	le $(((${EPOCHREALTIME/./} - began) / 1000)) 20000 "${*:3} ends within 20 s (ms)"
}

for server in mqtt redis kafka; do
	for port in 1998 1999; do
		ends bridge $port fifoctl forward 0 --to $server://127.0.0.1:$port/items --drain 0
		is "$status" 1 "and says that an item is left"
		ends receiver $port fifoctl receive 1 --from $server://127.0.0.1:$port/items
		is "$status" 0 "and in order"
	done
done
is "$(</sys/class/misc/fifo0/depth)" 1 "the item is still there"
finish silent KILL
finish full KILL

note "two signals"
begin bridge fifoctl forward 0 --to redis://127.0.0.1:1/items --drain 60
wait_for 20 grep -q 'redis.*refused: trying again' /run/bridge.log
kill -TERM "${pids[bridge]}"
wait_for 20 eval '! catches_term "${pids[bridge]}"'
finish bridge HUP
is "$status $(</sys/class/misc/fifo0/depth)" "129 1" "the second one ends it at once, also if it is another one"

# --- what does not help by trying again --------------------------------------------

# refuses COMMAND WHAT ARGUMENT…: it ends with 1, and says WHAT.
refuses() {
	local said status=0 queue=0

	[[ $1 == forward ]] || queue=1
	said=$(timeout 60 fifoctl "$1" $queue "${@:3}" 2>&1) || status=$?
	is "$status $said" "1 fifoctl: $2" "$1 ${*:3} is refused"
}

note "settings"
redis=(--to redis://127.0.0.1/items --config /run/conf)
mqtt=(--to mqtt://127.0.0.1/items --config /run/conf)
printf 'password=x\r\n' >/run/conf
refuses forward "/run/conf: line 1: ends with CR LF, as on Windows; must end with LF" "${redis[@]}"
printf 'pass\0word=x\n' >/run/conf
refuses forward "/run/conf: line 1: has a byte 0" "${redis[@]}"
printf '#\npassword=x\n\npassword=y\n' >/run/conf
refuses forward "/run/conf: line 4: has password a second time" "${redis[@]}"
printf '%01001d\n' 0 >/run/conf
refuses forward "/run/conf: line 1: has more than 1000 bytes" "${redis[@]}"
echo username=x >/run/conf
refuses forward "--config: username without password: redis:// needs both" "${redis[@]}"
refuses forward "--config: username without password: mqtt:// needs both" "${mqtt[@]}"
refuses receive "--config: username without password: mqtt:// needs both" --from mqtt://127.0.0.1/items --config /run/conf
echo password=x >/run/conf
refuses forward "--config: password without username: mqtt:// needs both" "${mqtt[@]}"

note "transports"
FIFOCTL_TRANSPORTS=/nowhere refuses forward \
	"redis:// was not built: there is no /nowhere/redis.so; install libhiredis-dev and build again" --to redis://127.0.0.1/items
mkdir /bin/transports
echo >/bin/transports/redis.so
FIFOCTL_TRANSPORTS='' refuses forward \
	"redis:// was not built: there is no /usr/local/lib/fifo/redis.so; install libhiredis-dev and build again" --to redis://127.0.0.1/items
rm -r /bin/transports
cp "$(command -v fifoctl)" /run/
chmod 4755 /run/fifoctl
said=$(FIFOCTL_TRANSPORTS=/nowhere setpriv --reuid=65534 --regid=65534 --clear-groups \
	/run/fifoctl forward 0 --to redis://127.0.0.1/items 2>&1 || true)
is "$said" "fifoctl: redis:// was not built: there is no /usr/local/lib/fifo/redis.so; install libhiredis-dev and build again" \
	"a program that is setuid ignores the variable"

# --- TLS ---------------------------------------------------------------------------

note "TLS"
mqtt_server
echo "cafile=$servers_dir/certificate" >/run/conf
begin receiver fifoctl receive 1 --from mqtt://127.0.0.1/items --config /run/conf
wait_for 20 grep -q 'fifoctl-receive-.*-1 ' /run/server.log
begin bridge fifoctl forward 0 --to mqtt://127.0.0.1/items --config /run/conf
seq 10 >/dev/fifo0
wait_for 30 put_at_least 1 10
finish bridge TERM
finish receiver TERM
is "$(fifoctl cat 1 --map --count 10 | tail -n 9 | xargs)" "1 2 3 4 5 6 7 8 9" "items go and come through TLS"
for role in forward:--to receive:--from; do
	server=("${role#*:}" mqtt://127.0.0.1/items --config /run/conf)
	role=${role%:*}
	echo "cafile=$servers_dir/other-certificate" >/run/conf
	refuses $role "mqtt://127.0.0.1/items: has a certificate for another host, or by none of cafile=$servers_dir/other-certificate" \
		"${server[@]}"
	echo "cafile=/run/mosquitto.conf" >/run/conf
	refuses $role "mqtt://127.0.0.1/items: cafile=/run/mosquitto.conf has no certificate" "${server[@]}"
	echo "cafile=/nowhere" >/run/conf
	refuses $role "--config: cafile=/nowhere: No such file or directory" "${server[@]}"
done

# --- two of one name -----------------------------------------------------------------

note "two clients with one client id"
echo client-id=twin >/run/conf
begin first fifoctl forward 0 --to mqtt://127.0.0.1/items --config /run/conf
begin second fifoctl receive 1 --from mqtt://127.0.0.1/items --config /run/conf
ok "one of them gives up" wait_for 60 grep -hq 'client-id=twin' /run/first.log /run/second.log
is "$(grep -h 'client-id=twin' /run/first.log /run/second.log | head -n 1)" \
	"fifoctl: mqtt://127.0.0.1/items: ends each connection: is there another with client-id=twin?" \
	"and says why"
finish first KILL
finish second KILL
finish server TERM

# --- a mapping that is overwritten -----------------------------------------------------

note "a mapping that is overwritten"
unload fifo
load fifo engine=ring,ring size=4,4
rm -f /run/*.log
mqtt_server
: >/run/conf
begin receiver env LD_PRELOAD="$servers_dir/overwrite.so" fifoctl receive 1 --from mqtt://127.0.0.1/items
wait_for 20 grep -q 'fifoctl-receive-.*-1 ' /run/server.log
begin bridge fifoctl forward 0 --to mqtt://127.0.0.1/items
seq 10 >/dev/fifo0
wait_for 20 eval '(($(</sys/class/misc/fifo1/depth) == 4))'
kill -USR2 "${pids[receiver]}"
timeout 10 cat /dev/fifo1 >/dev/null &
pids[reader]=$!
ok "receive ends" wait_for 30 grep -q overwritten /run/receiver.log
is "$(grep overwritten /run/receiver.log)" \
	"fifoctl: queue 1: this process has overwritten its mapping of the queue, and must open it anew" "with a clear error"
finish receiver KILL
is "$status" 1 "and status 1"
finish reader TERM
finish bridge TERM
finish server TERM
unload fifo
GUEST
)

# Minutes pass at once where nothing happens.
run_guest --timeout 200 --counted yes --file "$servers_dir" < <(
	serving
	cat <<'GUEST'
note "a queue that stays full for five minutes"
load fifo engine=ring,ring size=64,4
mqtt_server
begin receiver fifoctl receive 1 --from mqtt://127.0.0.1/items
wait_for 20 grep -q 'fifoctl-receive-.*-1 ' /run/server.log
begin bridge fifoctl forward 0 --to mqtt://127.0.0.1/items
seq 40 >/dev/fifo0
wait_for 60 put_at_least 1 4
sleep 300
is "$(</run/receiver.log)" "" "the connection stays"
timeout 100 fifoctl cat 1 --map --count 40 >/run/back
is "$(md5sum </run/back)" "$(seq 40 | md5sum)" "each message comes once, in order"
sleep 10
is "$(</sys/class/misc/fifo1/put)" 40 "and none comes again"
finish receiver TERM
is "$status" 0 "receive ends in order"
finish bridge TERM
finish server TERM
unload fifo
GUEST
)
