# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# The library of a test: boots guests, numbers their results, adds its own
# about each guest, and prints the plan when the test comes to its end.

# In POSIX mode a mistake in an expression ends the test; otherwise bash gives
# up the command, and goes on as if it had not been there.
set -euo pipefail -o posix

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
test_name=$(basename "$0" .t)
test_logs=${FIFO_LOGS:-$root/build/logs}
test_count=0
test_failed=0
test_guests=0
# A test that this one runs does not note its times.
test_times=${FIFO_TIMES-}
unset FIFO_TIMES

. "$root/scripts/lib/setup.sh"
. "$root/tests/lib/vm.sh"

trap test_end EXIT

# --- results -----------------------------------------------------------------

test_result() {
	test_count=$((test_count + 1))
	if [[ $1 != ok ]]; then
		test_failed=$((test_failed + 1))
	fi
	printf '%s %d - %s\n' "$1" "$test_count" "${2//#/\\#}"
}

pass() {
	test_result ok "$1"
}

# fail DESCRIPTION [DETAIL…]
fail() {
	test_result 'not ok' "$1"
	shift
	(($# == 0)) || diag "$@"
}

# is GOT WANT DESCRIPTION
is() {
	if [[ $1 == "$2" ]]; then
		pass "$3"
	else
		fail "$3" "got:  '$1'" "want: '$2'"
	fi
}

# diag TEXT…: on standard error, which prove lets through.
diag() {
	printf '%s\n' "$@" | sed 's/^/# /' >&2
}

# skip WHY: a result that cannot be had here.
skip() {
	test_count=$((test_count + 1))
	printf 'ok %d # SKIP %s\n' "$test_count" "$1"
}

# skip_all WHY: this test cannot run here.
skip_all() {
	printf '1..0 # SKIP %s\n' "$1"
	trap - EXIT
	exit 0
}

# core_names KIND: the engines, or the contexts: each is one table of operations.
core_names() {
	grep -rhoE "^const struct fifo_$1(_ops)? fifo_$1_[a-z]+" "$root/fifo" | sed 's/.*_//' | sort
}

# scratch: sets scratch_dir, a directory that goes when the test ends.
scratch() {
	scratch_dir=$(mktemp -d)
}

# Without a plan prove fails the test: it is printed at a proper end only.
test_end() {
	local status=$?

	if [[ ${guest_pid-} ]]; then
		kill "$guest_pid" "$guest_watch" 2>/dev/null || true
	fi
	rm -rf ${scratch_dir:+"$scratch_dir"}
	test_note_times
	if ((status)); then
		diag "the test ended with status $status"
		exit "$status"
	fi
	if ((test_count == 0)); then
		diag "the test has no result"
		exit 1
	fi
	printf '1..%d\n' "$test_count"
	exit $((test_failed > 0))
}

# Notes for scripts/test the seconds of this test, and those of a processor.
test_note_times() {
	local used

	[[ $test_times ]] || return 0
	used=$(mktemp)
	# A subshell would print its own times.
	times >"$used"
	awk -F '[ms ]+' -v seconds="$SECONDS" -v name="$test_name" '
		{ used += $1 * 60 + $2 + $3 * 60 + $4 }
		END { printf "%5d s %5d s of a processor  %s\n", seconds, used, name }' "$used" >>"$test_times"
	rm "$used"
}

# --- sessions ----------------------------------------------------------------

# session_where: sets session, before a script that makes a session, and session_kernel, its
# options. On these kernels the session has a virtual machine of its own, with nothing of the
# tests, as a person's has. For others, which have no name here, it borrows FIFO_VM.
# shellcheck disable=SC2034 # the tests with sessions read what it sets
session_where() {
	local dir

	dir=$(dirname "$(readlink "$FIFO_VM/vmlinuz")")
	session=(env -u FIFO_VM)
	session_kernel=()
	if uml_is "$dir/vmlinuz"; then
		session_kernel=(--kernel uml)
	elif [[ $dir != "$kernel_cache/$(kernel_stock)" ]]; then
		session=(env "FIFO_VM=$FIFO_VM")
	fi
}

# --- guests ------------------------------------------------------------------

# run_guest [OPTION VALUE]… <SCRIPT: a VM that runs SCRIPT with guest.sh. It is restored from a
# machine that has booted, or boots, if the options ask for another machine than that one.
#	--timeout SECONDS	of real time, boot included (60); several times that on a
#				kernel that is slow
#	--cpus N		(2)
#	--memory MB		(1024)
#	--append TEXT		more kernel arguments
#	--disk FILE		/dev/vda, which is not written to
#	--counted yes		its clock counts instructions: a nanosecond for each
#	--allow REGEX		kernel messages that are no failure here
#	--program NAME		this machine's instead of busybox's; may be given more than once
#	--file PATH		this machine's file or directory, in the same place; so may this
# Adds two results: that the guest came to its end, and that its log is clean.
run_guest() {
	local guest_seconds=60 guest_timeout guest_slow guest_allow=''
	local -a guest_options=() guest_programs=() guest_files=()
	local failed=$test_failed

	while (($#)); do
		case $1 in
		--timeout) guest_seconds=$2 ;;
		--allow) guest_allow=$2 ;;
		--program) guest_programs+=("$2") ;;
		--file) guest_files+=("$2") ;;
		--cpus | --memory | --append | --counted | --disk) guest_options+=("$1" "$2") ;;
		*) die "run_guest: unknown option $1" ;;
		esac
		shift 2
	done
	# Of scripts/mutate, to see soon that a test does not come to its end.
	if ((${FIFO_LIMIT:-guest_seconds} < guest_seconds)); then
		guest_seconds=$FIFO_LIMIT
	fi
	guest_prepare
	guest_timeout=$((guest_seconds * guest_slow))
	guest_boot
	guest_judge_end
	guest_judge_log
	# Only a guest to be looked at again needs its large files.
	((test_failed > failed)) || rm -r "$guest_logs"/{initrd,overlay,files.tar}
}

# What to boot comes from scripts/test; a test run by hand sets it up itself.
guest_prepare_vm() {
	setup_test_vm stock
	FIFO_VM=$vm_dir
}

# How many times longer than on the distribution's kernel a thing may take: one
# that checks each access to memory is slow, and one that counts each line.
kernel_slowness() {
	case $(readlink "$FIFO_VM/vmlinuz") in
	*-debug-*/vmlinuz | *-kcsan-*/vmlinuz) echo 4 ;;
	*-gcov-*/vmlinuz) echo 2 ;;
	*) echo 1 ;;
	esac
}

guest_prepare() {
	local program file

	guest_prepare_vm
	guest_slow=$(kernel_slowness)
	test_guests=$((test_guests + 1))
	guest_logs=$test_logs/$test_name${FIFO_ENGINE:+-$FIFO_ENGINE}${FIFO_CONTEXT:+-$FIFO_CONTEXT}
	((test_guests == 1)) || guest_logs+=.$test_guests
	rm -rf "$guest_logs"
	mkdir -p "$guest_logs"/overlay/{bin,guest}
	cat >"$guest_logs/overlay/guest/script"
	cp "$root/tests/guest/test" "$guest_logs/overlay/guest/main"
	printf 'export engine=%s context=%s\n' "${FIFO_ENGINE:-semaphore}" "${FIFO_CONTEXT:-work}" \
		>"$guest_logs/overlay/guest/pair"
	echo "$guest_slow" >"$guest_logs/overlay/guest/slow"
	cp "$root/vm/pairs" "$guest_logs/overlay/guest/pairs"
	head -c 32 /dev/urandom >"$guest_logs/overlay/guest/random"
	for program in "${guest_programs[@]}"; do
		vm_add_program "$guest_logs/overlay" "$program"
	done
	for file in "${guest_files[@]}"; do
		mkdir -p "$guest_logs/overlay$(dirname "$file")"
		cp -rL "$file" "$guest_logs/overlay$file"
	done
	[[ ! -e $FIFO_VM/files ]] || cp -a "$FIFO_VM/files/." "$guest_logs/overlay"
	: >"$guest_logs/console"
	guest_prepare_initrd
}

# Adds to guest_options what boots the guest, or restores it.
guest_prepare_initrd() {
	local initrd=$guest_logs/initrd

	if ((${#guest_options[@]})) || [[ ! -e $FIFO_VM/booted ]]; then
		vm_initrd "$FIFO_VM" "$guest_logs/overlay" "$initrd"
		guest_options=(--memory "$booted_memory" "${guest_options[@]}" --initrd "$initrd")
	else
		vm_archive "$guest_logs/overlay" >"$initrd"
		guest_options=(--memory "$booted_memory" --initrd "$FIFO_VM/base.cpio" --given "$initrd"
			--restored "$FIFO_VM/booted")
	fi
}

# Leaves guest_status, guest_results and, when it was said, guest_end.
guest_boot() {
	local line port

	vm_command "$FIFO_VM" "${guest_options[@]}" \
		--console "file,path=$guest_logs/console" \
		--results stdio,signal=off \
		--files "file,path=$guest_logs/files.tar" \
		--monitor "$guest_logs/monitor"
	guest_save_command
	guest_end=''
	guest_results=0
	guest_status=0
	mkfifo "$guest_logs"/monitor.{in,out}
	exec {port}< <(exec timeout --foreground --kill-after=5 $((guest_timeout + 30)) \
		"${vm_argv[@]}" 2>"$guest_logs/qemu" </dev/null)
	guest_pid=$!
	guest_watch_limit &
	guest_watch=$!
	while IFS= read -r line || [[ $line ]]; do
		guest_line "$line"
	done <&"$port"
	wait "$guest_pid" || guest_status=$?
	guest_pid=''
	kill "$guest_watch" 2>/dev/null || true
	wait "$guest_watch" || true
	rm "$guest_logs"/monitor.{in,out}
	exec {port}<&-
	tar -x --no-same-owner -f "$guest_logs/files.tar" -C "$guest_logs" 2>/dev/null || true
}

# A guest that is over its limit gets an NMI, which has its kernel print what each
# processor and each task is doing, and panic.
guest_watch_limit() {
	local sleeping

	guest_limit &
	sleeping=$!
	trap 'kill "$sleeping"; exit' TERM
	wait "$sleeping"
	touch "$guest_logs/overdue"
	echo nmi >"$guest_logs/monitor.in"
}

# Ends when the guest is over its limit.
guest_limit() {
	exec sleep "$guest_timeout"
}

# What was booted, to be booted again by hand.
guest_save_command() {
	{
		printf '#!/bin/sh\n# console: %s/console\n' "$guest_logs"
		printf '%q ' "${vm_argv[@]}"
		printf '\n'
	} >"$guest_logs/boot"
	chmod +x "$guest_logs/boot"
}

guest_line() {
	case $1 in
	'ok - # SKIP '*)
		guest_results=$((guest_results + 1))
		skip "${1#ok - # SKIP }"
		;;
	'ok - '* | 'not ok - '*)
		guest_results=$((guest_results + 1))
		test_result "${1%% - *}" "${1#* - }"
		;;
	'diag '*)
		diag "${1#diag }"
		;;
	'note '*)
		printf '# %s\n' "${1#note }"
		;;
	'end '*)
		guest_end=$1
		;;
	*)
		diag "unexpected on the results' port: $1"
		;;
	esac
}

# --- judging -----------------------------------------------------------------

guest_judge_end() {
	local what="guest $test_guests came to its end" why

	why=$(guest_failure)
	if [[ -z $why ]]; then
		pass "$what"
	else
		fail "$what" "$why" "from the console:" \
			"$(guest_console_extract | tr -d '\r')" \
			"logs, and the command to boot it again: $guest_logs"
	fi
}

# The end of the console, or what is around the panic in the log that the kernel
# prints last: what came before it, and what that processor was doing.
guest_console_extract() {
	local line

	line=$(grep -n 'Kernel panic' "$guest_logs/console" | tail -n 1)
	if [[ $line ]]; then
		tail -n "+$((${line%%:*} > 60 ? ${line%%:*} - 60 : 1))" "$guest_logs/console" | head -n 100
	else
		tail -n 100 "$guest_logs/console"
	fi
}

# Why the guest did not end well, or nothing.
guest_failure() {
	local console=$guest_logs/console

	if [[ -e $guest_logs/overdue ]]; then
		echo "it was still running after its time limit of $guest_timeout s"
	elif grep -q 'Kernel panic' "$console"; then
		echo "the kernel panicked: $(grep -m 1 -o 'Kernel panic.*' "$console" | tr -d '\r')"
	elif ((guest_status != 0)); then
		echo "QEMU ended with status $guest_status: $(<"$guest_logs/qemu")"
	elif [[ -z $guest_end ]] && ((guest_results == 0)); then
		echo "it said nothing on the results' port"
	elif [[ -z $guest_end ]]; then
		echo "it stopped after $guest_results results without saying that it was done"
	elif [[ ! $guest_end =~ ^end\ tests=([0-9]+)\ status=([0-9]+)\ tainted=([0-9]+)$ ]]; then
		echo "its last line makes no sense: $guest_end"
	elif ((BASH_REMATCH[2] != 0)); then
		echo "its script ended with status ${BASH_REMATCH[2]}"
	elif ((BASH_REMATCH[1] != guest_results)); then
		echo "it says that it sent ${BASH_REMATCH[1]} results, and $guest_results came"
	elif ((guest_results == 0)); then
		echo "it ran no test"
	fi
}

guest_judge_log() {
	local what="guest $test_guests left a clean kernel log" bad guest_tainted=0

	if [[ $guest_end =~ tainted=([0-9]+)$ ]]; then
		guest_tainted=${BASH_REMATCH[1]}
	fi
	bad=$(guest_bad_lines | head -n 40)
	if [[ -n $bad ]]; then
		fail "$what" "$bad" "the whole log: $guest_logs/dmesg, $guest_logs/console"
	elif [[ ! -s $guest_logs/dmesg ]]; then
		fail "$what" "it did not arrive"
	elif ! grep -qaE '^\[ *[0-9]+\.[0-9]+\]' "$guest_logs/dmesg"; then
		fail "$what" "its lines have no time stamps: none was judged"
	elif [[ -z $guest_allow ]] && log_tainted "$guest_tainted"; then
		fail "$what" "the kernel is tainted ($guest_tainted), which no line explains"
	else
		pass "$what"
	fi
}

# The library's own lines, which quote the test, are not the kernel's.
guest_bad_lines() {
	cat "$guest_logs/console" "$guest_logs/dmesg" 2>/dev/null |
		grep -avE '\] test: ' | log_bad_lines "$guest_allow" || true
}
