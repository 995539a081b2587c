# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# A QEMU that runs what the kernel patches.
#
# Before 8.1, a processor that TCG emulates may translate code while another one
# writes to it, and run the old code for ever after. The kernel does that whenever
# it switches a static branch or a tracepoint: now and then a guest hung, in the
# breakpoint that stands there meanwhile. Where that may be, Debian 13's QEMU is
# unpacked and run in place.
# shellcheck disable=SC2034,SC2154 # vm.sh uses qemu; root_cache comes from root.sh

# Installs a QEMU that can run the kernel, or unpacks one.
qemu_need() {
	if kernel_is_arm64; then
		packages_need qemu-system-arm
		return
	fi
	if ! qemu_may_have_kvm && packages_known qemu-system-x86 && qemu_is_old && qemu_fetch; then
		return
	fi
	packages_need qemu-system-x86
}

qemu_may_have_kvm() {
	! kernel_is_foreign && [[ -w /dev/kvm ]] || return
	[[ $(host_arch) == arm64 ]] || grep -qwE 'vmx|svm' /proc/cpuinfo
}

# qemu_prepare DIRECTORY: makes a link there, "qemu", where another QEMU than the
# installed one is to be used.
qemu_prepare() {
	rm -f "$1/qemu"
	[[ $(<"$1/accel") == tcg* ]] && ! kernel_is_arm64 && qemu_is_old || return 0
	! qemu_fetch || ln -s "$root_cache/qemu-trixie" "$1/qemu"
}

qemu_fetch() {
	(root_extract qemu-trixie trixie qemu-system-x86 "65 MB, which takes 170 MB") && return
	say "Going on with this release's QEMU, with which a guest may hang now and then"
	return 1
}

# Of the QEMU that is installed, or that apt-get would install.
qemu_version() {
	if command -v qemu-system-x86_64 >/dev/null; then
		qemu-system-x86_64 --version
	else
		packages_field qemu-system-x86 Version
	fi | sed -nE '1s/^(QEMU.* version |[0-9]+:)?([0-9]+\.[0-9]+).*/\2/p'
}

qemu_is_old() {
	local version

	version=$(qemu_version)
	((${version%.*} * 100 + ${version#*.} < 801))
}

# qemu_find DIRECTORY: set the array qemu to the program for x86-64.
qemu_find() {
	local usr

	qemu=(qemu-system-x86_64)
	[[ -e $1/qemu ]] || return 0
	usr=$(readlink "$1/qemu")/usr
	qemu=(
		env "QEMU_MODULE_DIR=$usr/lib/x86_64-linux-gnu/qemu"
		"$usr/lib64/ld-linux-x86-64.so.2" --library-path "$usr/lib/x86_64-linux-gnu"
		"$usr/bin/qemu-system-x86_64" -L "$usr/share/qemu" -L "$usr/share/seabios"
	)
}
