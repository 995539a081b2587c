# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# A machine that has booted, kept: a guest that needs no other is restored from it in half a
# second, where a boot under TCG takes five. The kept machine waits for the guest's files, as
# init does if there is no guest/main, and given, which reads them from QEMU's fw_cfg.
# It is in the virtual machine as a program. Comes after scripts/lib/vm.sh.
# shellcheck disable=SC2154 # setup_lock is setup_begin's

# The memory of a guest of the tests, in MB.
booted_memory=1024

# booted_keep DIRECTORY [MEMORY]: boot what is in a VM directory, and keep that as
# DIRECTORY/booted. With KVM a boot takes a second, and User-Mode Linux cannot be kept.
booted_keep() {
	local dir=$1 memory=${2:-$booted_memory} key log=$1/booted.log
	local -a vm_argv qemu

	[[ $(<"$dir/accel") == tcg* ]] && ! kernel_is_arm64 || return 0
	rm -f "$dir/booted.new"
	printf - >"$dir/nothing"
	vm_command "$dir" --initrd "$dir/base.cpio" --memory "$memory" --given "$dir/nothing" \
		--results stdio,signal=off --monitor "$dir/monitor"
	qemu_find "$dir"
	key=$({
		printf '%q ' "${vm_argv[@]}"
		"${qemu[@]}" --version
		cat "$dir/vmlinuz" "$dir/base.cpio"
	} | sha256sum)
	[[ ! -e $dir/booted || $(<"$dir/booted.key") != "$key" ]] || return 0
	rm -f "$dir/booted"
	say "Booting once, and keeping that"
	if ! booted_save "$dir" >"$log" 2>&1; then
		say "That failed ($log says how): each guest boots on its own"
		return 0
	fi
	printf '%s\n' "$key" >"$dir/booted.key"
	mv "$dir/booted.new" "$dir/booted"
}

# booted_save DIRECTORY: run vm_argv until it waits for files, and save that. Prints what the
# monitor says. Open for both directions, its pipes block nobody if QEMU is gone.
booted_save() {
	local dir=$1 answers pid monitor said line

	rm -f "$dir"/monitor.{in,out}
	mkfifo "$dir"/monitor.{in,out}
	exec {monitor}<>"$dir/monitor.in" {said}<>"$dir/monitor.out"
	exec {answers}< <(exec timeout --foreground --kill-after=5 300 "${vm_argv[@]}" </dev/null {setup_lock}>&-)
	pid=$!
	if IFS= read -r line <&"$answers" && [[ $line == waiting* ]]; then
		printf 'migrate "exec:cat >%s"\ninfo migrate\nquit\n' "$dir/booted.new" >&"$monitor"
	else
		kill "$pid"
	fi
	wait "$pid" || true
	line=$(timeout 1 cat <&"$said" || true)
	exec {answers}<&- {monitor}>&- {said}<&-
	rm "$dir"/monitor.{in,out}
	printf '%s\n' "$line"
	[[ $line == *[Ss]tatus:*completed* ]]
}
