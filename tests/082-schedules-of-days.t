#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Schedules of days, in seconds: in User-Mode Linux time can travel. A task that sleeps is
# woken at once, and its clock has gone on by as much as it wanted to sleep. So nothing is
# late there, and a schedule must hold to the item, however long it runs.
#
# A task that never sleeps stops that clock. The time limits of the guests are real time.
#
#	FIFO_DAYS	how long the slowest rates are watched (10); the others in proportion

# shellcheck disable=SC2016 # it is the guests that expand it

. "${0%/*}/lib/host.sh"

guest_prepare_vm
if ! uml_is "$(readlink "$FIFO_VM/vmlinuz")"; then
	FIFO_VM=$(FIFO_VM='' && setup_test_vm uml >&2 && echo "$vm_dir") ||
		skip_all "User-Mode Linux cannot be built, or does not run here"
fi

days=${FIFO_DAYS:-10}
common=$(
	cat <<'GUEST'
# now: sets now, in microseconds.
now() {
	now=${EPOCHREALTIME/./}
}

# nap SECONDS: as sleep, without a process of its own, and to the microsecond.
echo 1 >/proc/self/timerslack_ns
mkfifo /run/never
exec 9<>/run/never
nap() {
	read -r -t "$1" -u 9 || true
}

# start RATE… -- [NAME=VALUE…]: producers with these rates, in thousandths of an item a
# second, producer i in queue i. They have started between $earliest and $latest.
start() {
	local rate list='' queues=''

	rates=()
	while [[ $1 != -- ]]; do
		list+=${list:+,}$(awk "BEGIN { print $1 / 1000 }")
		queues+=${queues:+,}${#rates[@]}
		rates+=("$1")
		shift
	done
	load fifo size="$(for rate in "${rates[@]}"; do echo 64; done | paste -sd ,)" overflow=drop-newest
	section "${rates[*]}"
	now
	earliest=$now
	load producer rate="$list" queue="$queues" log=off "${@:2}"
	now
	latest=$now
	ahead=0 behind=0 looks=0
}

# look_at I: sets over and short, by how many items producer I has put too many, and too
# few, at the least. Only the moment of its start is not known exactly.
look_at() {
	local before put

	now
	before=$now
	read -r put </sys/class/misc/fifo$1/put
	now
	over=$((put - rates[$1] * (now - earliest) / 1000000000))
	short=$((rates[$1] * (before - latest) / 1000000000 - put))
}

# look: at all of them. A fast one sleeps for half a tick at a time, and then puts what is
# due: it is looked at when it has just done so.
look() {
	local i try

	looks=$((looks + 1))
	for i in "${!rates[@]}"; do
		for ((try = rates[i] > 100000 ? 4000 : 1; try > 0; try--)); do
			look_at "$i"
			((over <= ahead)) || ahead=$over
			((short > 1)) || break
			nap 0.000005
		done
		((short <= behind)) || behind=$short
	done
}

# run SECONDS STEP: look every STEP seconds.
run() {
	local end

	now
	end=$((now + $1 * 1000000))
	while ((now < end)); do
		nap "$2"
		look
		now
	done
}

# holds WHAT: never ahead, and at no look more than one item behind.
holds() {
	local put

	le "$ahead" 0 "$1: ahead at no look of $looks, in items"
	le "$behind" 1 "$1: behind at no look, in items"
	put=$(cat /sys/class/misc/fifo[0-9]*/put | awk '{ n += $1 } END { print n }')
	unload producer
	is "$(dmesg_since section | awk '/producer: \[[0-9]+\] stopped/ { n += $(NF - 5) } END { print n }')" "$put" "$1: $put items, as the producers count them"
	unload fifo
}
GUEST
)

# virtual LIMIT SCRIPT: LIMIT is of real time, in seconds.
virtual() {
	run_guest --timeout "$1" --append "time-travel=inf-cpu no_debug_objects psi=0" < <(printf '%s\n' "$common" "$2")
}

virtual 400 "days=$days"'
uptime() {
	cut -d . -f 1 /proc/uptime
}

le "$(uptime)" 290 "the low half of jiffies has not wrapped, as it does after 300 s"
engine=waitqueue context=work
start 500 5000 --
run $((days * 86400)) 3607.3
holds "$days days at 0.5/s and 5/s"
ge "$(uptime)" $((days * 86400)) "and then it has"
'
virtual 400 "days=$days"'
engine=ring context=work
start 333000 --
run $((days * 8640)) 607.1
holds "$((days * 144)) minutes at 333/s"
'
virtual 400 "days=$days"'
engine=list context=work
start 100000000 --
run $((days * 60)) 17.3
holds "$days minutes at 100,000/s"
'
virtual 200 "days=$days"'
engine=waitqueue
for context in kthread timer; do
	start 500 5000 --
	run $((days * 8640)) 607.3
	holds "$context: $((days * 144)) minutes at 0.5/s and 5/s"
	start 333000 --
	run $((days * 360)) 17.1
	holds "$context: $((days * 6)) minutes at 333/s"
	start 100000000 --
	run $((days * 3)) 1.3
	holds "$context: $((days * 3)) s at 100,000/s"
done
'
# Of each rate, what it holds for counts. How exactly the moments of the writes are known is
# in slack.
virtual 200 '
engine=waitqueue
choices=(500 1000 3000 7000 16000 33000 59940 97000)
declare -A texts=([500]=0.5 [59940]=59.94)
for rate in 1000 3000 7000 16000 33000 97000; do
	texts[$rate]=$((rate / 1000))
done
for context in work kthread timer; do
	RANDOM=1
	start 1000 --
	rate=1000 since=$latest units=0 slack=$((latest - earliest))
	for ((i = 0; i < 1000; i++)); do
		printf -v seconds "%d.%05d" $((RANDOM % 3)) $RANDOM
		nap "$seconds"
		next=${choices[RANDOM % ${#choices[@]}]}
		now
		before=$now
		echo "${texts[$next]}" >/sys/module/producer/parameters/rate
		now
		units=$((units + rate * (now - since)))
		slack=$((slack + (next > rate ? next - rate : rate - next) * (now - before)))
		rate=$next since=$now
	done
	nap 2
	now
	units=$((units + rate * (now - since)))
	read -r put </sys/class/misc/fifo0/put
	unload producer fifo
	le $((slack / 1000000)) 500 "$context: the writes are known well enough, in thousandths of an item"
	le "$put" $(((units + slack) / 1000000000)) "$context: with a rate changed 1,000 times, ahead of no schedule"
	ge "$put" $(((units - slack) / 1000000000 - 1)) "$context: and not more than one item behind"
done
'
# What the looks are worth: the usual way, which waits HZ / rate ticks again and again.
virtual 200 '
load fifo size=64 overflow=drop-newest engine=waitqueue
rates=(3000)
now
earliest=$now latest=$now
load naive rate=3
ahead=0 behind=0 looks=0
run 21600 607.3
ge "$behind" 1000 "HZ/rate is seen to drift, in items of 6 hours at 3/s"
unload naive fifo
'
