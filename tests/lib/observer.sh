# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# A virtual machine with a disk that has a Debian release's programs, which the guest has at
# /observer; and with that release's kernel, or another. Comes after tests/lib/host.sh.
# shellcheck disable=SC2034,SC2154 # shared with scripts/lib

# The name of the disks, the programs, and what they cost: a test may set others. A shell and
# what it needs is always there: programs of one release do not mingle with those of another.
observer_name=observer
observer_packages=linux-perf,trace-cmd,bpftrace
observer_cost="130 MB, which takes 600 MB"

# In the order in which they are to be loaded. What a kernel has built in is no file.
observer_modules=(virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci virtio_blk)

# observer_prepare RELEASE [KERNEL]: sets FIFO_VM and observer_disk. Without KERNEL, a word as
# of scripts/test, the kernel is the release's.
observer_prepare() {
	observer_prepare_disk "$1"
	observer_prepare_vm "${2-$1}"
}

observer_prepare_disk() {
	local lock_fd name=$observer_name-$1

	observer_disk=$root_cache/$name-$(root_digest "$observer_packages" "$(declare -f observer_make_disk)").disk
	mkdir -p "$root_cache"
	lock "$observer_disk.lock"
	if [[ ! -e $observer_disk ]]; then
		packages_need e2fsprogs
		root_extract "$name" "$1" "bash,coreutils,grep,kmod,mawk,sed,$observer_packages" "$observer_cost" ||
			die "the programs of $1 are not to be had"
		observer_make_disk "$root_cache/$name"
		packages_as_root rm -r "$root_cache/$name"
	fi
	exec {lock_fd}>&-
}

# No script of a package has run: what it would have linked or compiled is missing.
observer_make_disk() {
	packages_as_root rm -rf "$1"/usr/share/{doc,info,locale,man}
	packages_as_root mkdir -p "$1"/{dev,lib/modules,proc,root,run,sys,tmp} "$1/usr/local"
	packages_as_root ln -sf mawk "$1/usr/bin/awk"
	packages_as_root ln -sf bash "$1/bin/sh"
	[[ ! -e $1/usr/bin/python3 ]] || packages_as_root chroot "$1" python3 -m compileall -q -j 2 /usr/lib/python3 /usr/lib/python3.* || true
	truncate -s 3G "$observer_disk.new"
	slowly packages_as_root /sbin/mke2fs -q -t ext4 -O ^has_journal -d "$1" "$observer_disk.new"
	mv "$observer_disk.new" "$observer_disk"
}

# This machine's own release has the stock kernel, whose modules scripts/test has built.
observer_prepare_vm() {
	local tree=modules word=stock

	[[ $1 == stock || $1 == "$(. /etc/os-release && echo "${VERSION_CODENAME-}")" ]] || word=$1
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
	local dir=$root/build/tools-static lock_fd

	lock "$dir.lock"
	env -u MAKEFLAGS make -C "$root/tools" O="$dir" PKG_CONFIG=false CFLAGS='-O2 -Werror' \
		LDFLAGS='-static -s' "$dir/fifoctl" >"$dir.log" 2>&1 || die "the build of fifoctl failed: $(<"$dir.log")"
	exec {lock_fd}>&-
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

# observer_enter: prints what a guest's script begins with: it mounts the disk, with the guest's
# own files where programs look for them, and defines observe COMMAND…, which runs one there.
observer_enter() {
	cat <<'GUEST'
while read -r module; do
	insmod "$module"
done </guest/observer
mkdir /observer
mount_disk() {
	mount -t ext4 -o ro /dev/vda /observer
}
wait_for 10 mount_disk
for dir in dev proc sys lib/modules; do
	mount -o rbind "/$dir" "/observer/$dir"
done
for dir in tmp run root usr/local; do
	mount -t tmpfs tmpfs "/observer/$dir"
done
mkdir /observer/usr/local/bin
cp /guest/fifoctl /observer/usr/local/bin/

observe() {
	chroot /observer /usr/bin/env -i HOME=/root TERM=dumb LC_ALL=C \
		PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
}
GUEST
}
