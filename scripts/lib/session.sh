# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# A session: a VM whose program talks to whoever started it. Its terminal is
# the second serial port, so that the kernel's console, which goes to a file,
# is never in between. What is left in the end arrives through the third one.

# session_new PROGRAM: make the session that runs vm/guest/PROGRAM.
session_new() {
	! kernel_is_foreign || die "sessions are of this machine's architecture, not of that of $kernel_release"
	mkdir -p "$root/build"
	session_dir=$(mktemp -d "$root/build/session.XXXXXX")
	session_overlay=$session_dir/overlay
	mkdir -p "$session_overlay"/{bin,guest,root}
	install -m 644 "$root/vm/guest/session" "$session_overlay/guest/main"
	install -m 644 "$root/vm/guest/$1" "$session_overlay/guest/session"
	install -m 644 "$root/vm/guest/play" "$session_overlay/guest/play"
	# Busybox's dmesg cannot follow the log.
	vm_add_program "$session_overlay" dmesg
}

# session_add PROGRAM…: build vm/programs/PROGRAM.c for it.
session_add() {
	local name

	for name; do
		gcc -static -s -O2 -Wall -Wextra -Werror -o "$session_overlay/bin/$name" "$root/vm/programs/$name.c" ||
			die "the build of $name failed"
	done
}

# session_run LIMIT [OPTION VALUE]…: boot it, for LIMIT seconds at the most;
# the options are those of vm_command. Sets session_status, QEMU's. Should this
# script be killed, QEMU goes too.
session_run() {
	local limit=$1
	local -a vm_argv

	shift
	: >"$session_dir/console"
	vm_initrd "$vm_dir" "$session_overlay" "$session_dir/initrd"
	vm_command "$vm_dir" --initrd "$session_dir/initrd" "$@" \
		--console "file,path=$session_dir/console" \
		--results stdio,signal=off \
		--files "file,path=$session_dir/end"
	session_status=0
	say "Booting the virtual machine"
	setpriv --pdeathsig TERM timeout --foreground --kill-after=5 "$limit" \
		"${vm_argv[@]}" 2>"$session_dir/qemu" || session_status=$?
	rm "$session_dir/initrd"
}

# session_field NAME: of the line that the session ended with; nothing when
# there is none.
session_field() {
	sed -n "1s/^end .*\b$1=\([0-9]*\).*/\1/p" "$session_dir/end"
}

# The kernel's log, as the session left it.
session_log() {
	sed 1d "$session_dir/end"
}

# Why the VM did not come to a proper end, or nothing.
session_failure() {
	if grep -q 'Kernel panic' "$session_dir/console"; then
		echo "the virtual machine's kernel stopped: $(session_panic)"
	elif ((session_status == 124 || session_status == 137)); then
		echo "the virtual machine reached its time limit"
	elif ((session_status != 0)); then
		echo "QEMU ended with status $session_status: $(<"$session_dir/qemu")"
	fi
}

# What is wrong with a session whose steps were to
# succeed, a line each, or nothing.
session_complaints() {
	local failure

	failure=$(session_failure)
	if [[ $failure ]]; then
		echo "$failure"
		return
	fi
	if [[ $(session_field status) != 0 ]]; then
		echo "a step above did not do what it should"
	fi
	if log_tainted "$(session_field tainted)"; then
		echo "the kernel is tainted: $(session_field tainted)"
	fi
	session_log | log_bad_lines ''
}

# session_verdict COMPLAINTS OK: says which of the two it is.
session_verdict() {
	if [[ $1 ]]; then
		say "FAILED: $1"
		session_keep
		return 1
	fi
	printf 'OK: %s\n' "$2"
}

session_panic() {
	grep -m 1 -o 'Kernel panic.*' "$session_dir/console" | tr -d '\r'
}

# What has failed is kept, to be looked at.
session_keep() {
	say "The kernel's console is in $session_dir/console"
	session_kept=yes
}

# For the end of the script.
session_leave() {
	[[ ! ${session_dir-} || ${session_kept-} ]] || rm -rf "$session_dir"
}
