# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# The library of a test's guest script. A result is one line on descriptor 3,
# `ok - …` or `not ok - …`; `diag …` and `note …` lines are for the reader.
# The script runs with set -eu: a command that fails and is not part of a
# condition ends it, and that is a failure too.

# How many times longer than on the distribution's kernel a thing may take.
slow=$(</guest/slow)

trap 'guest_error "$?" "$LINENO" "$BASH_COMMAND"' ERR

guest_error() {
	diag "line $2: status $1 from: $3"
}

# A result is also noted in the kernel log, which shows what came after what.
guest_result() {
	local line="$1 - ${2//$'\n'/ }"

	printf '%s\n' "$line" >&3
	printf '%s\n' "$line" >>/run/results
	printf '<6>test: %.400s\n' "$line" >/dev/kmsg
}

# --- results -----------------------------------------------------------------

# pass DESCRIPTION
pass() {
	guest_result ok "$1"
}

# fail DESCRIPTION [DETAIL…]: each detail is a line, or several, for the reader.
fail() {
	guest_result 'not ok' "$1"
	shift
	(($# == 0)) || diag "$@"
}

# skip N WHY: N results that cannot be had here.
skip() {
	local n

	for ((n = 0; n < $1; n++)); do
		guest_result ok "# SKIP $2"
	done
}

# diag TEXT…: shown at once, whatever the result.
diag() {
	guest_lines diag "$@"
}

# note TEXT…: shown when the reader asked for details.
note() {
	guest_lines note "$@"
}

guest_lines() {
	local text

	for text in "${@:2}"; do
		printf '%s %s\n' "$1" "${text//$'\n'/$'\n'$1 }" >&3
	done
}

# die TEXT: the script cannot go on.
die() {
	diag "$@"
	exit 1
}

# keep FILE…: copy to the directory of the test's logs on the host.
keep() {
	cp -r "$@" /run/keep/
}

# --- conditions --------------------------------------------------------------

# ok DESCRIPTION COMMAND…: passes when the command succeeds.
ok() {
	local status=0

	"${@:2}" >/run/output 2>&1 || status=$?
	if ((status == 0)); then
		pass "$1"
	else
		fail "$1" "command: ${*:2}" "status: $status" "$(tail -20 /run/output)"
	fi
}

# not_ok DESCRIPTION COMMAND…: passes when the command fails.
not_ok() {
	if "${@:2}" >/run/output 2>&1; then
		fail "$1" "succeeded: ${*:2}" "$(tail -20 /run/output)"
	else
		pass "$1"
	fi
}

# is GOT WANT DESCRIPTION
is() {
	if [[ $1 == "$2" ]]; then
		pass "$3"
	else
		fail "$3" "got:  '$1'" "want: '$2'"
	fi
}

# like TEXT REGEX DESCRIPTION: an extended regular expression.
like() {
	if [[ $1 =~ $2 ]]; then
		pass "$3"
	else
		fail "$3" "text: $1" "does not match: $2"
	fi
}

# unlike TEXT REGEX DESCRIPTION
unlike() {
	if [[ $1 =~ $2 ]]; then
		fail "$3" "text: $1" "matches: $2"
	else
		pass "$3"
	fi
}

# le A B DESCRIPTION, ge A B DESCRIPTION: numbers, with decimals if need be.
le() {
	guest_compare "$1" '<=' "$2" "$3"
}

ge() {
	guest_compare "$1" '>=' "$2" "$3"
}

guest_compare() {
	local number='^-?[0-9]+(\.[0-9]+)?$'

	if [[ ! $1 =~ $number || ! $3 =~ $number ]]; then
		fail "$4" "not two numbers: '$1' $2 '$3'"
	elif awk "BEGIN { exit !($1 $2 $3) }"; then
		pass "$4 ($1 $2 $3)"
	else
		fail "$4" "$1 $2 $3 does not hold"
	fi
}

# wait_for SECONDS COMMAND…: until the command succeeds; fails after SECONDS, or
# several times that on a kernel that is slow.
wait_for() {
	local limit

	printf -v limit %.0f "$1e6"
	limit=$((${EPOCHREALTIME/./} + limit * slow))
	shift
	until "$@" >/dev/null 2>&1; do
		if ((${EPOCHREALTIME/./} > limit)); then
			diag "waited in vain for: $*"
			return 1
		fi
		# Not bash's read with a timeout: an alarm that comes before it blocks is lost.
		usleep 20000
	done
}

# time_us COMMAND…: print how many microseconds it took; its own output goes to
# standard error.
time_us() {
	local start=${EPOCHREALTIME/./} status=0

	"$@" >&2 || status=$?
	echo $((${EPOCHREALTIME/./} - start))
	return "$status"
}

# --- engines and contexts ----------------------------------------------------

# engines_of [CONTEXT]: all engines, or those that work with it, by vm/pairs.
engines_of() {
	awk -v context="${1-}" '!/^#/ && (!context || $2 == context) && !seen[$1]++ { print $1 }' /guest/pairs
}

# contexts_of [ENGINE]: all contexts, or those that it works with.
contexts_of() {
	awk -v engine="${1-}" '!/^#/ && (!engine || $1 == engine) && !seen[$2]++ { print $2 }' /guest/pairs
}

# --- modules -----------------------------------------------------------------

# load MODULE [NAME=VALUE…]: with the engine or context that this boot is
# about ($engine, $context), unless another is given; ends the script when it
# cannot be loaded.
load() {
	local -a with=("${@:2}")

	case $1 in
	fifo) with=("engine=$engine" "${with[@]/#size=*/"size=$(fitting_sizes "${@:2}")"}") ;;
	producer* | consumer*) with=("context=$context" "${with[@]}") ;;
	esac
	insmod "/modules/$1.ko" "${with[@]}" || die "cannot load: $1 ${with[*]}" "$(dmesg | tail -5)"
}

# fitting_sizes [NAME=VALUE…]: the sizes that are given, as the engine takes them:
# the ring has the next power of two, and two at least.
fitting_sizes() {
	local given=" $*" size fitting text=''

	[[ $given =~ \ size=([0-9,]+) ]] || return 0
	for size in ${BASH_REMATCH[1]//,/ }; do
		fitting=$size
		if [[ $engine == ring ]]; then
			for ((fitting = 2; fitting < size; fitting *= 2)); do :; done
		fi
		text+=,$fitting
	done
	echo "${text#,}"
}

# unload MODULE…: ends the script when one cannot be unloaded.
unload() {
	local module

	for module; do
		rmmod "$module" || die "cannot unload $module"
	done
}

# loaded MODULE
loaded() {
	[[ -e /sys/module/${1//-/_}/initstate ]]
}

# refused MODULE ERROR REGEX [NAME=VALUE…]: the load must fail with ERROR (its
# name or insmod's text), say a line that matches REGEX in the kernel log, and
# leave nothing loaded. One result.
refused() {
	local what="insmod $1 ${*:4}" error said

	dmesg_mark refused
	if error=$(insmod "/modules/$1.ko" "${@:4}" 2>&1); then
		fail "$what is refused" "it was loaded"
		rmmod "$1"
		return
	fi
	said=$(dmesg_since refused)
	if [[ ! $error =~ $(guest_error_text "$2")$ ]]; then
		fail "$what is refused with $2" "insmod said: $error" "kernel log: $said"
	elif [[ ! $said =~ $3 ]]; then
		fail "$what is refused and says why" "kernel log: $said" "does not match: $3"
	elif loaded "$1"; then
		fail "$what is refused and leaves nothing" "$1 is still in /proc/modules"
	else
		pass "$what is refused: $2"
	fi
}

# What insmod says for an error.
guest_error_text() {
	case $1 in
	EINVAL) echo '(Invalid parameters|Invalid argument)' ;;
	ENODEV) echo 'No such device' ;;
	EEXIST) echo 'File exists' ;;
	EBUSY) echo '(Device or resource busy|Resource busy)' ;;
	ENOENT) echo '(Unknown symbol in module, or unknown parameter.*|No such file or directory)' ;;
	ENOMEM) echo 'Cannot allocate memory' ;;
	ERANGE) echo 'Numerical result out of range' ;;
	ENOSPC) echo 'No space left on device' ;;
	EOPNOTSUPP) echo 'Operation not supported' ;;
	EPERM) echo 'Operation not permitted' ;;
	*) echo "$1" ;;
	esac
}

# The processes that run or wait for producers and consumers. Idle kworkers keep
# the name of the last work that they did, after a minus.
workers() {
	grep -lE '^((kworker.*\+)?(producer|consumer))' /proc/[0-9]*/comm 2>/dev/null |
		sed 's|/proc/||; s|/comm||' || true
}

# sleeps PID
sleeps() {
	local stat

	read -r stat <"/proc/$1/stat" && [[ $stat == *") S "* ]]
}

# ended PID: it has ended, whether or not its parent has waited for it. Not by $(<file): in
# POSIX mode that ends the script if the file is not there any more.
ended() {
	local stat

	! read -r stat <"/proc/$1/stat" || [[ $stat == *") Z "* ]]
} 2>/dev/null

# cpu_use PID…: what each has used so far: state, user and system time in ticks, run time in
# ns, times it was scheduled, and switches of both kinds.
cpu_use() {
	local pid stat run scheduled switches

	for pid; do
		stat=$(<"/proc/$pid/stat")
		read -ra stat <<<"${stat##*) }"
		read -r run _ scheduled <"/proc/$pid/schedstat"
		mapfile -t switches < <(awk '/ctxt_switches/ { print $2 }' "/proc/$pid/status")
		echo "$pid ${stat[0]} ${stat[11]} ${stat[12]} $run $scheduled ${switches[*]}"
	done
}

# --- kernel log --------------------------------------------------------------

# dmesg_mark [NAME]: a place in the kernel log.
dmesg_mark() {
	printf '<6>test: mark %s\n' "${1-here}" >/dev/kmsg
}

# dmesg_since [NAME]: the kernel's lines after the last such mark, without time
# stamps and without the lines of this library.
dmesg_since() {
	dmesg | sed -E 's/^\[ *[0-9]+\.[0-9]+\](\[ *[TC][0-9]+\])? //' |
		awk -v mark="test: mark ${1-here}" '
			$0 == mark { n = 0; next }
			!/^test: / { line[n++] = $0 }
			END { for (i = 0; i < n; i++) print line[i] }'
}

# section NAME: what follows is about this.
section() {
	note "$1"
	dmesg_mark section
}

# log_has REGEX: a line of this section matches it as a whole.
log_has() {
	dmesg_since section | grep -qxE -e "$1"
}

# says REGEX DESCRIPTION: such a line comes within 5 s.
says() {
	if wait_for 5 log_has "$1"; then
		pass "$2"
	else
		fail "$2" "no line: $1" "$(dmesg_since section | tail -n 30)"
	fi
}

# --- tracing -----------------------------------------------------------------

tracing=/sys/kernel/tracing

# ledger_is PUT GOT DEPTH: of queue 0, where nothing was dropped, and no mapping was wrong.
ledger_is() {
	local name have=''

	for name in put got depth dropped mapping_errors; do
		have+="$(cat /sys/class/misc/fifo0/$name) "
	done
	is "$have" "$1 $2 $3 0 0 " "put=$1 got=$2 depth=$3, nothing dropped, nothing that made no sense"
}

# trace_on [KILOBYTES [EVENTS]]: an empty trace of so many kB for each CPU,
# events of fifo unless others are named.
trace_on() {
	echo 0 >$tracing/tracing_on
	echo "${1-4096}" >$tracing/buffer_size_kb
	echo >$tracing/trace
	echo 1 >"$tracing/events/${2-fifo}/enable"
	echo 1 >$tracing/tracing_on
}

trace_off() {
	echo 0 >$tracing/tracing_on
	echo 0 >$tracing/events/enable
}

# trace_read: the events, oldest first, without the head lines.
trace_read() {
	grep -v '^#' $tracing/trace || true
}

# trace_lost: how many events found no room.
trace_lost() {
	cat $tracing/per_cpu/cpu*/stats |
		awk '/^(overrun|commit overrun|dropped events):/ { n += $NF } END { print n + 0 }'
}

# --- memory ------------------------------------------------------------------

kmemleak=/sys/kernel/debug/kmemleak

# allow_leaks FUNCTION: what this function of the kernel has allocated, or had
# others allocate, is no failure here.
allow_leaks() {
	echo " $1[+]" >>/run/leaks-allowed
}

# leaks: print what was allocated and that nothing refers to any more; nothing on
# a kernel that cannot tell. An object is reported once two scans have found it
# without a reference and unchanged, and the second began 5 s after it was
# allocated.
leaks() {
	local began=${EPOCHREALTIME/./} left

	[[ -e $kmemleak ]] || return 0
	echo scan >$kmemleak || return
	left=$((began + 5100000 - ${EPOCHREALTIME/./}))
	((left <= 0)) || usleep $left
	echo scan >$kmemleak || return
	awk -v allowed="$(paste -sd '|' /run/leaks-allowed)" '
		function flush() {
			if (!skip)
				printf "%s", text
			text = ""
			skip = 0
		}
		/^unreferenced object/ { flush() }
		{ text = text $0 "\n" }
		allowed && $0 ~ allowed { skip = 1 }
		END { flush() }' $kmemleak
}

# The last result of a guest that has loaded a module of ours, which taints the
# kernel, where the kernel can tell. Its detector turns itself off when it lacks
# memory, and then refuses to scan.
guest_judge_leaks() {
	local found

	[[ -e $kmemleak ]] && (($(</proc/sys/kernel/tainted) & 1 << 12)) || return 0
	found=$(leaks 2>&1) || found+="kmemleak cannot scan"
	if [[ -z $found ]]; then
		pass "nothing has leaked"
	else
		printf '%s\n' "$found" >/run/keep/leaks
		fail "nothing has leaked" "$(head -n 60 <<<"$found")"
	fi
}
