#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A kernel that was built here for its debugging options has them in the kernel that has
# booted: an option can vanish from a configuration without notice. Each of its checkers
# finds a mistake of its kind: a checker can be present, and not look at modules.

. "${0%/*}/lib/host.sh"

guest_prepare_vm
kernel_dir=$(dirname "$(readlink "$FIFO_VM/vmlinuz")")
[[ -e $kernel_dir/fragments ]] ||
	skip_all "the distribution's kernel: use --kernel debug"

# has OPTION…
has() {
	local option

	for option; do
		grep -qx "CONFIG_$option=y" "$kernel_dir/fragments" || return
	done
}

# mistakes NAME…: makes these mistakes of tests/modules/broken.c in one guest. What its
# judge finds is no failure yet.
mistakes() {
	run_guest --timeout 100 --allow . <<-GUEST
		mistakes="$*"
		$(
			cat <<-'SCRIPT'
				if [[ -e /proc/config.gz ]]; then
					zcat /proc/config.gz >/run/config
					keep /run/config
				fi
				ok "the kernel shows its configuration" grep -q ^CONFIG_MODULES=y /run/config

				# KCSAN can be built in, and not be watching.
				kcsan=/sys/kernel/debug/kcsan
				if [[ -e $kcsan ]]; then
					like "$(<$kcsan)" 'enabled: 1' "KCSAN is on"
					ge "$(awk '/^setup_watchpoints:/ { print $2 }' $kcsan)" 1 "and watches"
				fi
				stalls=/sys/module/workqueue/parameters/watchdog_thresh
				[[ ! -e $stalls ]] || echo 2 >$stalls
				for mistake in $mistakes; do
					printf '<6>mistake %s\n' "$mistake" >/dev/kmsg
					load broken how="$mistake"
					unload broken
				done
				printf '<6>mistake none\n' >/dev/kmsg
			SCRIPT
		)
	GUEST
}

# found NAME REGEX CHECKER: the guests' judge has found such a line for the mistake.
found() {
	local lines

	lines=$(awk -v name="$1" '/\] mistake / { on = $NF == name } on' "$guest_logs/dmesg" | log_bad_lines '')
	if grep -qE -e "$2" <<<"$lines"; then
		pass "$3 finds its mistake: $1"
	else
		fail "$3 finds its mistake: $1" "no line matches: $2" "$lines"
	fi
}

# alone NAME REGEX CHECKER: the judge of a guest with only this mistake reports it.
alone() {
	local output

	cat >"$scratch_dir/205-$1.t" <<-EOF
		. "$root/tests/lib/host.sh"
		run_guest --timeout 60 <<'GUEST'
		[[ ! -e /proc/sys/kernel/hung_task_timeout_secs ]] || echo 2 >/proc/sys/kernel/hung_task_timeout_secs
		[[ ! -e /proc/sys/kernel/watchdog_thresh ]] || echo 2 >/proc/sys/kernel/watchdog_thresh
		load broken how=$1
		unload broken
		GUEST
	EOF
	output=$(FIFO_VM=$FIFO_VM bash "$scratch_dir/205-$1.t" 2>&1) || true
	if grep -qE -e "^# $2" <<<"$output"; then
		pass "$3 finds its mistake: $1"
	else
		fail "$3 finds its mistake: $1" "it is not said: $2" "$output"
	fi
}

scratch
if has KASAN; then
	# Lockdep reports once, and a report of KASAN turns lockdep off.
	mistakes order sleep list timer work shift bounds queue
	found order 'possible circular lock' lockdep
	found sleep 'sleeping function called' DEBUG_ATOMIC_SLEEP
	found list 'list_add double add' DEBUG_LIST
	found timer 'ODEBUG: free active .*object type: timer_list' DEBUG_OBJECTS_TIMERS
	found work 'ODEBUG: free active .*object type: work_struct' DEBUG_OBJECTS_WORK
	found shift 'UBSAN: shift-out-of-bounds' UBSAN
	found bounds 'KASAN: slab-out-of-bounds' KASAN
	found queue 'workqueue lockup' WQ_WATCHDOG
	mistakes key
	found key 'non-static key' lockdep
	alone leak 'unreferenced object' DEBUG_KMEMLEAK
	alone hang 'the kernel panicked: Kernel panic - not syncing: hung_task: blocked tasks' DETECT_HUNG_TASK
	alone spin 'the kernel panicked: Kernel panic - not syncing: softlockup: hung tasks' SOFTLOCKUP_DETECTOR
elif has KCSAN; then
	mistakes race
	found race 'KCSAN: data-race in count' KCSAN
elif has DEBUG_OBJECTS; then
	mistakes list timer work
	found list 'list_add double add' DEBUG_LIST
	found timer 'ODEBUG: free active .*object type: timer_list' DEBUG_OBJECTS_TIMERS
	found work 'ODEBUG: free active .*object type: work_struct' DEBUG_OBJECTS_WORK
	alone hang 'the kernel panicked: Kernel panic - not syncing: hung_task: blocked tasks' DETECT_HUNG_TASK
else
	mistakes
fi

is "$(own_kernel_missing "$guest_logs/config" || true)" '' "every option has taken effect"
sed 's/^CONFIG_MODULES=y//' "$guest_logs/config" >"$guest_logs/without"
is "$(own_kernel_missing "$guest_logs/without" || true)" "CONFIG_MODULES: wanted y, is n" "one that has not is named"
