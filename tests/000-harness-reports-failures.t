#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The harness reports each way in which a guest can fail, with the reason, and passes a
# guest that does well.

. "${0%/*}/lib/host.sh"

guest_prepare_vm
export FIFO_VM
cases=$test_logs/harness
rm -rf "$cases" "$test_logs/harness-"*
mkdir -p "$cases"

# guest NAME [OPTION VALUE]… <SCRIPT: write a test of one guest.
guest() {
	local name=$1

	shift
	cat >"$cases/harness-$name.t" <<-EOF
		. "$root/tests/lib/host.sh"
		run_guest ${*@Q} <<'GUEST'
		$(cat)
		GUEST
	EOF
}

# no_guest NAME <SCRIPT: write a test that boots none.
no_guest() {
	{ echo ". '$root/tests/lib/host.sh'" && cat; } >"$cases/harness-$1.t"
}

guest good <<'GUEST'
ok "a command that succeeds" true
not_ok "a command that fails" false
is "$(echo a b)" "a b" "equal"
like "a12" '^a[0-9]+$' "matching"
unlike "a12" 'b' "not matching"
le 1.5 2 "less"
ge 2 1.5 "more"
skip 1 "to show it"
printf '<4>first\n' >/dev/kmsg
dmesg_mark
printf '<4>harness: second\n' >/dev/kmsg
is "$(dmesg_since)" "harness: second" "log since a mark"
echo kept >/tmp/file
keep /tmp/file
GUEST

guest results <<'GUEST'
ok "failing ok" sh -c 'echo its words; exit 3'
not_ok "failing not_ok" true
is 1 2 "failing is"
like abc x "failing like"
unlike abc b "failing unlike"
le 2 1.5 "failing le"
ge x 1 "failing ge"
ok "failing wait_for" wait_for 0.2 false
pass "good one"
GUEST

guest panic <<'GUEST'
pass "before"
echo c >/proc/sysrq-trigger
GUEST

# report FRAME [FUNCTIONS]: what KCSAN says, with FRAME in one of its stacks. The other has
# interrupted something.
report() {
	printf '%s\n' ================================================================== \
		"BUG: KCSAN: data-race in ${2:-some_function / another}" "" \
		"write to 0xffff8880 of 8 bytes by task 7 on cpu 1:" " some_function+0x10/0x20" " $1" "" \
		"read to 0xffff8880 of 8 bytes by task 8 on cpu 0:" " another+0x10/0x20" " asm_common_interrupt+0x22/0x40" "" \
		"Reported by Kernel Concurrency Sanitizer on:" \
		==================================================================
}

guest log <<GUEST
pass "before"
printf '<4>WARNING: CPU: 0 PID: 1 at some/file.c:1 some_function\\n' >/dev/kmsg
while IFS= read -r line; do
	printf '<3>%s\n' "\$line" >/dev/kmsg
done <<'REPORT'
$(report "fifo_put+0x10/0x20 [fifo]")
REPORT
echo l >/proc/sysrq-trigger
GUEST

guest allowed --allow 'WARNING: .* some_function' <<'GUEST'
pass "before"
printf '<4>WARNING: CPU: 0 PID: 1 at some/file.c:1 some_function\n' >/dev/kmsg
GUEST

guest no-time --append printk.time=0 <<'GUEST'
pass "before"
GUEST

guest early <<'GUEST'
pass "before"
poweroff -f
GUEST

guest command <<'GUEST'
pass "before"
false
pass "after"
GUEST

guest unset <<'GUEST'
pass "before"
echo "$no_such_variable"
GUEST

guest expression <<'GUEST'
pass "before"
is "$((1 + 0.5))" 1.5 "never"
pass "after"
GUEST

guest forged <<'GUEST'
pass "before"
echo "ok - not counted" >&3
GUEST

guest leak <<'GUEST'
load broken how=leak
unload broken
pass "before"
[[ -e $kmemleak ]] || note "no kmemleak"
GUEST

guest no-vm --memory none <<'GUEST'
pass "never"
GUEST

no_guest dies <<'TEST'
scratch
pass "before"
(cd "$scratch_dir" && false)
pass "after"
TEST

# The time limit must begin once the guest hangs: on a busy host it may expire while it boots.
no_guest hang <<'TEST'
eval "limit_from_now() $(declare -f guest_limit | sed 1d)"
guest_limit() {
	until grep -q 'it hangs' "$guest_logs/console"; do
		sleep 0.1
	done
	guest_timeout=2
	limit_from_now
}
run_guest <<'GUEST'
pass "before"
echo "it hangs" >/dev/console
sleep 1000
GUEST
TEST

no_guest nothing <<'TEST'
scratch
TEST

# Two at a time, so that a time limit means something on two processors.
run_cases() {
	local case running=0

	for case in "$cases"/*.t; do
		if ((running++ >= 2)); then
			wait -n
		fi
		run_case "$case" &
	done
	wait
}

run_case() {
	local status=0

	bash "$1" >"${1%.t}.out" 2>&1 || status=$?
	echo "status $status" >>"${1%.t}.out"
}

# reports NAME FAILURES REGEX DESCRIPTION: the case printed a plan, FAILURES lines
# `not ok`, and a line that matches REGEX. Its status agrees.
reports() {
	local output failures status=0

	output=$(<"$cases/harness-$1.out")
	failures=$(grep -c '^not ok' <<<"$output") || status=1
	if ((failures != $2)); then
		fail "$4" "$failures results failed, not $2" "$output"
	elif [[ $output != *$'\n'1..* || $output != *$'\n'"status $((1 - status))" ]]; then
		fail "$4" "no plan, or another status" "$output"
	elif ! grep -qE -e "$3" <<<"$output"; then
		fail "$4" "no line matches: $3" "$output"
	else
		pass "$4"
	fi
}

# breaks_off NAME REGEX DESCRIPTION: the case printed a line that matches REGEX, ended with
# an error, and printed no plan.
breaks_off() {
	local output

	output=$(<"$cases/harness-$1.out")
	if grep -qE -e "$2" <<<"$output" && ! grep -q '^1\.\.' <<<"$output" &&
		[[ $output == *"status 1" ]]; then
		pass "$3"
	else
		fail "$3" "$output"
	fi
}

# ended_with LINE RESULTS WANT DESCRIPTION: this is said of a guest with such a last line, of
# which so many results came.
ended_with() {
	guest_logs=$cases guest_status=0 guest_end=$1 guest_results=$2
	is "$(guest_failure)" "$3" "$4"
}

# judged FRAME FUNCTIONS WANT DESCRIPTION: of such a report this is found.
judged() {
	is "$(report "$1" "$2" | sed 's/^/[    1.000000] /' | log_bad_lines '' | cut -c 16-)" "$3" "$4"
}

run_cases

breaks_off dies '^# the test ended with status 1' "a test whose command fails comes to no proper end"
breaks_off nothing '^# the test has no result' "a test without a result is no test that passes"
reports good 0 '^1\.\.11$' "a guest that does well passes"
reports good 0 '^ok 8 # SKIP to show it$' "a skipped test says why"
is "$(cat "$test_logs/harness-good/file")" kept "a guest's file arrives"
reports results 8 '^ok 9 - good one$' "each kind of failed result is a failure, and the script goes on"
reports results 8 '^# its words$' "what a failed command said is shown"
reports panic 2 '^# the kernel panicked: Kernel panic - not syncing: sysrq' "a panic is reported"
if [[ $(readlink "$FIFO_VM/vmlinuz") == */6.1.*-rt-* ]]; then
	skip "6.1-rt prints its log again only from where its console once stopped"
else
	reports panic 2 '^# .*test: ok - before' "a panic's console holds the whole kernel log"
fi
reports hang 2 '^# it was still running after its time limit of [0-9]+ s' "a hang is reported"
if [[ $(readlink "$FIFO_VM/vmlinuz") == */5.10.* ]]; then
	skip "5.10 does not print what a panic in an NMI has to say"
else
	is "$(grep -c -m 1 'task:.* state:' "$test_logs/harness-hang/console")" 1 "a hang's console holds what each task was doing"
fi
reports log 1 '^# .*WARNING: CPU: 0 PID: 1 at some/file' "a warning in the kernel log is reported"
reports log 1 '^# .*Call [Tt]race:' "a back trace in the kernel log is reported"
reports log 1 '^# .*BUG: KCSAN: data-race in some_function' "a data race in a module is reported"
judged "0xffffffffc0123456" "" 'BUG: KCSAN: data-race in some_function / another' "and so is one in a module that is gone"
judged "kthread+0x10/0x20" "" '' "a data race in the kernel alone is none of ours"
judged "fifo_worker_nap+0x10/0x20 [fifo]" "fifo_worker_nap [fifo] / hrtimer_wakeup" '' "nor is that of a timer that somebody sleeps on"
judged "fifo_put+0x10/0x20 [fifo]" "ktime_get_mono_fast_ns+0x84/0x110" '' "nor that of the clock for an event"
judged "work_poke+0x10/0x20 [fifo]" "process_one_work / try_to_grab_pending" '' "nor that of a work that is done sooner"
judged "move+0x10/0x20 [stalled]" "hrtimer_wakeup / move [stalled]" \
	'BUG: KCSAN: data-race in hrtimer_wakeup / move [stalled]' "but any other with such a timer is"
reports allowed 0 '^1\.\.3$' "a message that the test expects is none"
reports no-time 1 '^# its lines have no time stamps' "a log that cannot be judged is reported"
reports early 2 '^# it stopped after 1 results' "a guest that turns off early is reported"
reports command 1 '^# line 2: status 1 from: false' "an unchecked command that fails is reported, with its line"
reports unset 1 '^# .*no_such_variable: unbound variable' "an unset variable is reported"
reports expression 1 '^# .*0\.5: syntax error' "a mistake in an expression is reported"
reports forged 1 '^# it says that it sent 1 results, and 2 came' "an uncounted result is reported"
: >"$cases/console"
ended_with 'end tests=1 status=0 tainted=0' 1 '' "a guest that sent its results has not failed"
ended_with '' 0 "it said nothing on the results' port" "one that says nothing has"
ended_with 'end tests=1 status=3 tainted=0' 1 'its script ended with status 3' "and one whose script ends with an error"
ended_with 'end tests=0 status=0 tainted=0' 0 'it ran no test' "one without a test"
ended_with 'end tests=2 status=0 tainted=0' 1 'it says that it sent 2 results, and 1 came' "one that lost a result"
ended_with 'end tests=1' 1 'its last line makes no sense: end tests=1' "one that makes no sense"
reports no-vm 2 '^# QEMU ended with status 1: .*-m none' "a VM that does not start is reported"
if grep -qx '# no kmemleak' "$cases/harness-leak.out"; then
	skip "no kernel that finds leaks: use --kernel debug"
else
	reports leak 2 '^# unreferenced object' "a leak is reported, with what was lost"
	reports leak 2 '^# .*kmemleak: [0-9]* new suspected' "and so it is in the kernel log"
fi
