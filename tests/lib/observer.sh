# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# A virtual machine with a Debian release's kernel, and a disk with that release's perf,
# trace-cmd and bpftrace, which the guest has at /observer. Comes after tests/lib/host.sh.
# shellcheck disable=SC2034,SC2154 # shared with scripts/lib

# A shell and what it needs, too: programs of one release do not mingle with those of another.
observer_packages=bash,coreutils,grep,kmod,mawk,sed,linux-perf,trace-cmd,bpftrace

# In the order in which they are to be loaded. What a kernel has built in is no file.
observer_modules=(virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci virtio_blk)

# observer_prepare RELEASE: sets FIFO_VM and observer_disk.
observer_prepare() {
	observer_prepare_disk "$1"
	observer_prepare_vm "$1"
}

observer_prepare_disk() {
	local lock_fd

	observer_disk=$root_cache/observer-$1.disk
	mkdir -p "$root_cache"
	lock "$observer_disk.lock"
	if [[ ! -e $observer_disk ]]; then
		packages_need e2fsprogs
		root_extract "observer-$1" "$1" "$observer_packages" "130 MB, which takes 600 MB" ||
			die "the programs of $1 are not to be had"
		observer_make_disk "$root_cache/observer-$1"
		packages_as_root rm -r "$root_cache/observer-$1"
	fi
	exec {lock_fd}>&-
}

# No script of a package has run: what it would have linked is missing.
observer_make_disk() {
	packages_as_root rm -rf "$1"/usr/share/{doc,info,locale,man}
	packages_as_root mkdir -p "$1"/{dev,lib/modules,proc,root,run,sys,tmp} "$1/usr/local"
	packages_as_root ln -sf mawk "$1/usr/bin/awk"
	packages_as_root ln -sf bash "$1/bin/sh"
	truncate -s 3G "$observer_disk.new"
	slowly packages_as_root /sbin/mke2fs -q -t ext4 -O ^has_journal -d "$1" "$observer_disk.new"
	mv "$observer_disk.new" "$observer_disk"
}

# This machine's own release has the stock kernel, whose modules scripts/test has built.
observer_prepare_vm() {
	local tree=modules word=stock

	[[ $1 == "$(. /etc/os-release && echo "${VERSION_CODENAME-}")" ]] || word=$1
	setup_kernel "$word"
	qemu_need
	if [[ $word != stock ]]; then
		tree=observed
		observer_build
	fi
	observer_build_fifoctl
	vm_dir=$root/build/$kernel_release/observer-vm
	vm_build "$vm_dir" "$root/build/$kernel_release/$tree" observer_add
	setup_end
	FIFO_VM=$vm_dir
}

# The three modules alone, without the tests'.
observer_build() {
	local -a build_parts=(Makefile Kbuild VERSION fifo producer consumer samples include)
	local -a build_options=(KCFLAGS='-Werror -g0' CONFIG_DEBUG_INFO_BTF_MODULES=)

	say "Building the modules for $kernel_release"
	build_tree observed
}

# Static: the disk is of another release, and has no libraries for it.
observer_build_fifoctl() {
	local dir=$root/build/tools-static

	env -u MAKEFLAGS make -C "$root/tools" O="$dir" PKG_CONFIG=false CFLAGS='-O2 -Werror' \
		LDFLAGS='-static -s' "$dir/fifoctl" >"$dir.log" 2>&1 || die "the build of fifoctl failed: $(<"$dir.log")"
}

observer_add() {
	local name file

	cp "$root/build/tools-static/fifoctl" "$1/guest/"
	install -m 644 "$root/tests/lib/guest.sh" "$1/lib/guest.sh"
	: >"$1/guest/observer"
	for name in "${observer_modules[@]}"; do
		file=$(find "$kernel_dir/lib/modules/$kernel_release/" -name "$name.ko*" -print -quit)
		[[ $file ]] || continue
		cp "$file" "$1/guest/"
		echo "/guest/${file##*/}" >>"$1/guest/observer"
	done
}
