# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Storms, for tests: what tests/guest/storm.c does, and what must hold afterwards.
#
#	FIFO_STORM_SECONDS	how long each storm lasts (10)
#	FIFO_STORM_SEED		of all random choices (a new one)

seconds=${FIFO_STORM_SECONDS:-10}
seed=${FIFO_STORM_SEED:-$((SRANDOM % 1000000 + 1))}
echo "# seed $seed, $seconds s each storm"

# Lists for a parameter.
engines=$(core_names engine | paste -sd ,)
contexts=$(core_names context | paste -sd ,)

# What a guest's script begins with.
# shellcheck disable=SC2034 # the tests have it in their guests
storm_guest=$(
	declare -p seconds seed engines contexts
	cat <<'SCRIPT'
storm_seconds=$((seconds * slow))
RANDOM=$seed

# Threads of ours. Idle kworkers keep the name of the last work that they did,
# after a minus.
at_work() {
	cat /proc/[0-9]*/comm 2>/dev/null | grep -E '(^|\+)(producer|consumer|fifo|storm)' || true
}

nobody_at_work() {
	[[ -z $(at_work) ]]
}

# storm_items MODULE: how many its instances said that they moved, in all.
storm_items() {
	dmesg_since storm | awk -v who="$1:" '$1 == who && $3 == "stopped:" { n += $4 } END { print n + 0 }'
}

# storm_ledger COLUMN: of all queues that went, in all.
storm_ledger() {
	dmesg_since storm | tr = ' ' | awk -v column="$1" '
		/^fifo: queue [0-9]+: put / {
			for (i = 4; i < NF; i += 2)
				if ($i == column)
					n += $(i + 1)
		}
		END { print n + 0 }'
}

# Sets policies to those of so many queues as there are engines, as the seed has it.
random_policies() {
	local -a all=(block drop-newest drop-oldest)
	local engine

	policies=''
	for engine in ${engines//,/ }; do
		policies+=,${all[RANDOM % 3]}
	done
	policies=${policies#,}
}

# The longest that an unload took in the storm, in ms.
longest_unload() {
	tail -n 1 /run/storm | sed -n 's/.*longest_unload_us=\([0-9]*\)$/\1/p' | awk '{ print int($1 / 1000) }'
}

# The queues whose ledger does not add up while nobody moves anything.
wrong_ledgers() {
	local queue put got dropped depth

	for queue in /sys/class/misc/fifo*; do
		[[ -e $queue ]] || continue
		read -r put <"$queue/put"
		read -r got <"$queue/got"
		read -r dropped <"$queue/dropped"
		read -r depth <"$queue/depth"
		((put == got + dropped + depth)) ||
			echo "${queue##*/}: put=$put got=$got dropped=$dropped depth=$depth"
	done
}

unload_if_loaded() {
	local module

	for module; do
		! loaded "$module" || rmmod "$module" || return
	done
}

storm_rages() {
	command storm "$storm_seconds" "$seed" "$@"
}

# idle ACTOR…: those who did nothing, as the storm has it. Who eats memory is killed
# for it, and who lets allocations fail has some fail.
idle() {
	local actor

	for actor in "${@%%=*}"; do
		case $actor in
		lean) true ;;
		memory) dmesg_since storm | grep -q 'Out of memory: Killed process' ;;
		faults) did lacking ;;
		*) did "$actor" ;;
		esac || echo "$actor"
	done
}

# did WHAT: the storm has counted it.
did() {
	tail -n 1 /run/storm | grep -qE "(^| )$1=[1-9]"
}

# storm WHAT ACTOR…: one storm, and what must hold then.
storm() {
	local what=$1 put

	shift
	dmesg_mark storm
	random_policies
	loaded fifo || insmod /modules/fifo.ko size=4,32,1024,8 engine="$engines" overflow="$policies"
	ok "$what: each call succeeds, or fails as it may" storm_rages "$@"
	cp /run/output /run/storm
	note "$what: $(tail -n 1 /run/storm)"
	is "$(idle "$@")" "" "$what: nobody was idle"
	[[ " $* " == *" lean "* ]] ||
		le "$(longest_unload)" $((5000 * slow)) "$what: the longest unload, in ms"
	ok "$what: clients can be unloaded" unload_if_loaded producer consumer
	is "$(wrong_ledgers)" "" "$what: the ledger of each queue adds up"
	storm_times_unloads "$what"
	ok "$what: fifo can be unloaded" unload_if_loaded fifo
	put=$(storm_ledger put)
	if [[ " $*" == *" open"* ]]; then
		ge "$put" "$(storm_items producer)" "$what: what clients put is there, beside what was written"
		ge "$(storm_ledger got)" "$(storm_items consumer)" "$what: and what they got, beside what was read"
	else
		is "$(storm_items producer) $(storm_items consumer)" "$put $(storm_ledger got)" \
			"$what: what clients put and got is what the queues say"
	fi
	is $(($(storm_ledger got) + $(storm_ledger dropped) + $(storm_ledger discarded))) "$put" \
		"$what: each item was got, dropped or discarded"
	ge "$put" 1 "$what: items were put"
	ok "$what: nobody is left at work" wait_for 5 nobody_at_work
}

# storm_median NAME: in us, of the unloads of the modules whose name matches.
storm_median() {
	awk -v name="$1" '$1 ~ name { print $2 }' /run/samples | sort -n |
		awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# storm_times_unloads WHAT: as in tests/060-unload-any-time.t, clients that wait for nothing
# or for each other in the queues that the storm has left behind.
storm_times_unloads() {
	local clients empty

	rm -f /run/samples
	loaded fifo || insmod /modules/fifo.ko size=4
	if ! unload-cycles 5 /run/samples "producer rate=max log=off" "consumer rate=max log=off" \
		-- fifo0/put+=10 fifo0/got+=10 >/run/output 2>&1; then
		fail "$1: clients are unloaded again and again" "$(</run/output)"
		return
	fi
	clients=$(storm_median '^[pc]')
	empty=$(storm_median empty)
	note "$1: an unload then takes $clients us, of an empty module $empty us"
	le $((clients - empty)) $((50000 * slow)) "$1: unloads take no longer than before, median over that of an empty module in us"
}

SCRIPT
)
