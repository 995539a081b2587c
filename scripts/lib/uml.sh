# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# User-Mode Linux: a kernel that is a program of this machine. It boots in a second and
# runs at the processor's speed. That of Debian's default source has one processor, and its
# time can travel; that of sid's, smp, has several.
# shellcheck disable=SC2154 # vm_command() sets what uml_command() reads

# uml_patch_source SOURCE: give the processor's floating point state the room that it
# takes on a processor with AMX. Without it the kernel stops there in its first moments.
uml_patch_source() {
	local file=$1/arch/x86/um/user-offsets.c

	sed -i 's/\(DEFINE_LONGS(HOST_FP_SIZE, \)2696)/\112288)/' "$file"
	grep -q 'HOST_FP_SIZE, 12288)' "$file" || die "$file does not set HOST_FP_SIZE to 2696, as expected"
}

# uml_is KERNEL: its path names it.
uml_is() {
	[[ $1 == *-@(uml|smp)-*/vmlinuz ]]
}

uml_is_smp() {
	[[ $1 == *-smp-*/vmlinuz ]]
}

uml_kernel_arguments='console=ttyS0 printk.time=1 panic=-1 log_buf_len=16M printk.devkmsg=on loglevel=5'

# uml_command: what vm_command() does for QEMU. It has one processor unless it is smp, whose user
# space ptrace() cannot run.
uml_command() {
	local -a arguments

	read -ra arguments <<<"$uml_kernel_arguments $append"
	! uml_is_smp "$kernel" || arguments+=(seccomp=on "ncpus=$cpus")
	vm_argv=(
		"$root/scripts/lib/uml-machine" "$kernel"
		"$console" "$results" "$files" "${monitor:-none}"
		"mem=${memory}M" "initrd=$initrd" "${arguments[@]}"
	)
}

# uml_probe DIRECTORY: end with the reason if no such kernel runs on this machine.
uml_probe() {
	local dir=$1 scratch said call='ptrace()'
	local -a vm_argv

	! uml_is_smp "$kernel_dir/vmlinuz" || call='seccomp()'
	scratch=$(mktemp -d "$dir/probe.XXXXXX")
	mkdir "$scratch/guest"
	printf 'echo booted >/dev/ttyS1\n' >"$scratch/guest/main"
	vm_initrd "$dir" "$scratch" "$scratch.initrd"
	vm_command "$dir" --initrd "$scratch.initrd" --results stdio,signal=off
	said=$(timeout 20 "${vm_argv[@]}" 2>&1 </dev/null) || true
	rm -r "$scratch"*
	[[ $said == *booted* ]] || die "User-Mode Linux does not run on this machine. It needs $call, which a container may" \
		"forbid. It said:"$'\n'"$(tail -n 5 <<<"$said")"
}
