# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# From a bare machine to a VM that is ready to boot. Needs $root.

. "$root/scripts/lib/say.sh"
. "$root/scripts/lib/packages.sh"
. "$root/scripts/lib/kernel.sh"
. "$root/scripts/lib/own_kernel.sh"
. "$root/scripts/lib/uml.sh"
. "$root/scripts/lib/root.sh"
. "$root/scripts/lib/build.sh"
. "$root/scripts/lib/qemu.sh"
. "$root/scripts/lib/vm.sh"
. "$root/scripts/lib/session.sh"
. "$root/scripts/lib/log.sh"

# depmod is in /usr/sbin, which a plain user's path may lack.
PATH=$PATH:/usr/sbin:/sbin

setup_packages=(make gcc libc6-dev perl busybox-static cpio kmod)

# lock FILE: sets lock_fd, which holds the lock until it is closed.
lock() {
	exec {lock_fd}>"$1"
	flock --nonblock "$lock_fd" && return
	say "Waiting for another run, which holds $1"
	flock "$lock_fd"
}

# This machine's architecture, as Debian calls it. Guests are of the same.
host_arch() {
	case $(uname -m) in
	x86_64) echo amd64 ;;
	aarch64) echo arm64 ;;
	*) die "the virtual machine is for x86-64 or arm64, this is $(uname -m)" ;;
	esac
}

# need_x86 WHAT
need_x86() {
	[[ $(host_arch) == amd64 ]] || die "$1 for x86-64, this is $(uname -m)"
}

setup_begin() {
	[[ $root != *[[:space:]]* ]] || die "the kernel's build system takes no space in a path: $root"
	host_arch >/dev/null
	packages_need "${setup_packages[@]}"
	mkdir -p "$root/build"
}

# setup_hold: after kernel_prepare. For each kernel, only one at a time is between this and
# setup_end: two would build in the same place.
setup_hold() {
	lock "$root/build/$kernel_release.lock"
	setup_lock=$lock_fd
}

setup_end() {
	exec {setup_lock}>&-
}

# setup_vm KERNEL [tools]: makes the VM for a session, with fifoctl and an example if tools
# is given. Sets vm_dir, kernel_dir and kernel_release.
setup_vm() {
	local add='' building

	! setup_given || return 0
	[[ ! ${2-} ]] || add=setup_add_tools
	setup_kernel "$1"
	# The build needs the processors, the download the network.
	setup_build "${2-}" &
	building=$!
	qemu_need
	wait "$building" || exit
	vm_dir=$root/build/$kernel_release/play-vm
	vm_build "$vm_dir" "$root/build/$kernel_release/play" "$add"
	setup_end
}

setup_build() {
	build_play
	[[ ! $1 ]] || build_tools
}

# What a test runs has a VM already.
setup_given() {
	vm_dir=${FIFO_VM-}
	[[ $vm_dir ]] || return
	kernel_dir=$(dirname "$(readlink "$vm_dir/vmlinuz")")
	kernel_release=$(basename "$kernel_dir")
}

# setup_kernel KERNEL: a kernel that a VM can boot, held until setup_end.
setup_kernel() {
	setup_begin
	kernel_prepare "$1"
	! kernel_is_i386 || die "modules for $kernel_release are only built, by scripts/matrix: no virtual machine boots it"
	setup_hold
}

setup_add_tools() {
	build_tools_where
	vm_add_program "$1" "$build_tools_dir/fifoctl"
	vm_add_program "$1" "$build_tools_dir/worker"
}
