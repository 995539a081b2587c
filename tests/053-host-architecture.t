#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Guest and kernel are of this machine's architecture, x86-64 or arm64, built by its own
# compiler, and run under KVM if that can be; what is for x86-64 only says so. Boots no virtual
# machine: an uname of our own says what this machine is.

. "${0%/*}/lib/host.sh"

scratch
mkdir "$scratch_dir/bin"
cat >"$scratch_dir/bin/uname" <<-EOT
	#!/bin/sh
	[ "\$*" = -m ] && cat "$scratch_dir/machine" || exec $(command -v uname) "\$@"
EOT
chmod +x "$scratch_dir/bin/uname"
PATH=$scratch_dir/bin:$PATH
kernel_dir=$scratch_dir/kernel
mkdir "$kernel_dir"

# on MACHINE COMMAND…: what it says there.
on() {
	echo "$1" >"$scratch_dir/machine"
	("${@:2}") 2>&1 || true
}

# An archive that has one kernel for each architecture.
packages_known() {
	[[ $1 == linux-image-cloud-* ]]
}

packages_field() {
	echo "linux-image-6.1.0-56-cloud-${1##*-}"
}

# What is installed for it.
packages_need() {
	echo "$*"
}

# compiler RELEASE: what make is told of the compiler that builds for it.
compiler() {
	kernel_release=$1
	# shellcheck disable=SC2016 # it is the other shell that expands them
	build_there sh -c 'echo "${ARCH-own} ${CROSS_COMPILE-}"' | xargs
}

# machine RELEASE ACCEL: which QEMU boots it, and with which processor.
machine() {
	local accel=$2 vm_machine

	kernel_release=$1
	vm_machine "$scratch_dir" "$scratch_dir/$1/vmlinuz"
	printf '%s\n' "${vm_machine[@]}" | grep -A 1 -E '^qemu-system|^-machine|^-cpu' | grep -v '^-' | xargs
}

# kvm RELEASE: may that be tried?
kvm() {
	kernel_release=$1
	qemu_may_have_kvm && echo yes
}

generic=6.8.0-1-generic
amd64=6.1.0-56-cloud-amd64
arm64=6.1.0-56-cloud-arm64

is "$(on x86_64 kernel_stock) $(on aarch64 kernel_stock)" "$amd64 $arm64" "the stock kernel is of this machine's architecture"
is "$(on riscv64 setup_begin)" "${0##*/}: the virtual machine is for x86-64 or arm64, this is riscv64" "another machine is refused"

is "$(on x86_64 compiler $amd64)" own "x86-64 builds for itself"
is "$(on aarch64 compiler $arm64)" own "and so does arm64"
is "$(on x86_64 compiler $arm64)" "arm64 aarch64-linux-gnu-" "x86-64 cross-compiles for arm64"

is "$(on x86_64 machine $amd64 kvm)" "qemu-system-x86_64" "QEMU is that of the kernel, on x86-64"
is "$(on aarch64 machine $arm64 tcg)" "qemu-system-aarch64 virt cortex-a72" "and on arm64"
is "$(on aarch64 compiler $generic) $(on x86_64 compiler $generic)" "own own" "Ubuntu's kernels are of this machine's architecture"
is "$(on aarch64 machine $generic tcg)" "qemu-system-aarch64 virt cortex-a72" "and so is the QEMU that boots them"
is "$(on aarch64 machine $arm64 kvm)" "qemu-system-aarch64 virt,gic-version=max host" "under KVM its processor is this machine's"
kernel_release=$arm64
is "$(on aarch64 qemu_need)" "qemu-system-arm" "which is installed"
if [[ -w /dev/kvm ]]; then
	is "$(on aarch64 kvm $arm64)" yes "KVM is tried on arm64"
else
	is "$(on aarch64 kvm $arm64)" "" "KVM is not tried on arm64 without /dev/kvm"
fi
is "$(on x86_64 kvm $arm64)" "" "nor for another architecture"

is "$(on x86_64 root_words_here)" "${root_words[*]}" "x86-64 builds for all releases"
is "$(on aarch64 root_words_here)" "bullseye bookworm bookworm-rt trixie trixie-rt sid" "arm64 for its own"
kernel_cache=$scratch_dir root_cache=$scratch_dir
is "$(on aarch64 root_prepare bookworm-arm64)" "${0##*/}: bookworm-arm64 is built for on x86-64 only, this is aarch64" "what is cross-compiled is refused there"
is "$(on aarch64 own_kernel_prepare debug)" "${0##*/}: the configurations in vm/kernels are for x86-64, this is aarch64" "and the kernels that are built here"
is "$(on aarch64 "$root/scripts/bench" cost)" "bench: the figures are for x86-64, this is aarch64" "and counting instructions"
