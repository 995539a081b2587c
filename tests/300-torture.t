#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Random clients on random queues, in each pair of engine and context of vm/pairs, each
# item checked, while a CPU goes offline and online. 301 shows what it finds.
#
#	FIFO_TORTURE_SECONDS	how long (30)
#	FIFO_TORTURE_SEED	of all random choices (a new one)

. "${0%/*}/lib/host.sh"

seconds=${FIFO_TORTURE_SECONDS:-30}
seed=${FIFO_TORTURE_SEED:-$((SRANDOM % 1000000 + 1))}
queues=6

mapfile -t engines < <(core_names engine)

# random_of WORD…: sets word to one of them. A subshell would not advance RANDOM.
random_of() {
	word=${*:$((RANDOM % $# + 1)):1}
}

# Sets parameters to those of this many queues of fifo.ko: each engine at least once, with a
# valid size, and a policy.
random_queues() {
	local engine='' size='' overflow='' i word

	for ((i = 0; i < queues; i++)); do
		random_of "${engines[@]}"
		((i >= ${#engines[@]})) || word=${engines[i]}
		engine+=,$word
		if [[ $word == ring ]]; then
			random_of 2 4 8 64 1024
		else
			random_of 1 2 3 8 31 100 1024
		fi
		size+=,$word
		random_of block block block drop-newest drop-oldest
		overflow+=,$word
	done
	parameters="engine=${engine#,} size=${size#,} overflow=${overflow#,}"
}

RANDOM=$seed
random_queues
echo "# seed $seed, $seconds s: $parameters"

run_guest --timeout $((seconds * 2 + 120)) <<GUEST
$(declare -p seed seconds queues parameters)
$(
	cat <<'SCRIPT'
said() {
	dmesg | grep -o "fifo_torture: $1.*" || true
}

# Takes CPU 1 offline and online until the torture is over.
onoff() {
	local cpu=/sys/devices/system/cpu/cpu1/online changes=0

	until [[ $(said '\(SUCCESS\|FAILURE\)') ]]; do
		echo $((changes++ % 2)) >$cpu
		usleep $((RANDOM * 30))
	done
	echo 1 >$cpu
	ge "$changes" $((seconds / 2 / slow)) "CPU 1 goes and comes, so often"
}

# balance DIRECTORY: by how much the ledger of a queue is off, from its files in sysfs.
balance() {
	local put got dropped depth

	read -r put <"$1/put"
	read -r got <"$1/got"
	read -r dropped <"$1/dropped"
	read -r depth <"$1/depth"
	is "$put" $((got + dropped + depth)) "${1##*/}: put is got + dropped + depth"
	is "$(cat "$1"/waiting_*)" $'0\n0' "${1##*/}: nobody waits"
}

# worked QUEUE: the contexts in which workers have moved its items.
worked() {
	said "queue $1: put=" | grep -oE "($(contexts_of | paste -sd '|'))=[1-9]" | sed 's/=.*//'
}

# Makes KCSAN watch more accesses than by default, and each for longer.
if [[ -e /sys/module/kcsan ]]; then
	echo 1000 >/sys/module/kcsan/parameters/skip_watch
	echo 200 >/sys/module/kcsan/parameters/udelay_task
fi

RANDOM=$seed
load fifo $parameters
load fifo_torture seed="$seed" seconds="$seconds"
onoff
note "$(said '')"
is "$(said '\(FAILURE\|error\)')" "" "no error is found"
like "$(said SUCCESS)" SUCCESS "the torture says so"
for queue in /sys/class/misc/fifo*; do
	balance "$queue"
	engine=$(<"$queue/engine")
	is "$(worked "${queue#*/fifo}")" "$(contexts_of "$engine")" "${queue##*/}: each context that $engine works with was at work"
done
unload fifo_torture

dmesg_mark endless
load fifo_torture seed="$((seed + 1))" seconds=0
usleep 3000000
took=$(time_us rmmod fifo_torture)
like "$(dmesg_since endless)" 'fifo_torture: SUCCESS' "it can be unloaded while it runs"
le "$took" 10000000 "which is a matter of seconds (us)"

unload fifo
is "$(dmesg | grep -c 'fifo: queue [0-9]*: put=.* discarded=0')" "$queues" "it left nothing in any queue"
SCRIPT
)
GUEST
