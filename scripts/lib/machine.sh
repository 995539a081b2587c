# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# A machine of another Debian release, with a disk: packages are installed on it as on a
# user's. The disk is a file. It is worked on from here, in a chroot, and then boots.
# shellcheck disable=SC2034,SC2154 # shared with the other libraries

# What the machine has before the packages come. ccache, as a version is compiled more than
# once.
machine_packages=(
	apt-utils build-essential ccache debhelper dh-dkms dh-python dkms libhiredis-dev libmosquitto-dev
	libncurses-dev librdkafka-dev libtracecmd-dev libtraceevent-dev libtracefs-dev lintian man-db
	openssl passwd pkgconf python3 systemd udev
)

# machine_prepare RELEASE: sets kernel_release, kernel_dir, machine_second, another kernel of
# the release, and machine_origin, the disk that each run has a copy of.
machine_prepare() {
	local lock_fd

	packages_need e2fsprogs mount util-linux
	root_prepare "$1"
	machine_second=${kernel_release/-cloud/}
	machine_origin=$root_cache/packages-$1-$kernel_release-$(root_digest "${machine_packages[@]}" "$(declare -f machine_fill)").disk
	lock "$root_cache/packages-$1.lock"
	[[ -e $machine_origin ]] || machine_make "$1"
	exec {lock_fd}>&-
}

machine_make() {
	local scratch log=$root_cache/packages-$1.log

	say "Making the disk of a machine with Debian $1 and DKMS, once, in"
	say "  $machine_origin"
	scratch=$(mktemp -d "$root_cache/new.XXXXXX")
	if ! slowly into "$log" machine_fill "$1"; then
		packages_as_root rm -rf "$scratch"
		die "the disk could not be made: $(tail -5 "$log")"
	fi
	mv "$scratch/disk" "$machine_origin"
	packages_as_root rm -rf "$scratch"
}

# The packages of the second kernel are only downloaded. A disk needs no journal that is
# thrown away after a run. The root may have what scripts/matrix --llvm put there: the headers
# for clang go, clang itself stays, as nothing here takes it.
machine_fill() {
	packages_as_root cp -a "$root_cache/$1/root" "$scratch/root" &&
		packages_as_root rm -rf "$scratch"/root/usr/src/llvm-* &&
		machine_apt "$scratch/root" update &&
		machine_apt "$scratch/root" install "${machine_packages[@]}" &&
		machine_apt "$scratch/root" clean &&
		machine_apt "$scratch/root" install --download-only \
			"linux-image-$machine_second" "linux-headers-$machine_second" &&
		truncate -s 6G "$scratch/disk" &&
		packages_as_root /sbin/mke2fs -q -t ext4 -O ^has_journal -d "$scratch/root" "$scratch/disk"
}

# machine_apt ROOT ARGUMENT…
machine_apt() {
	root_run "$1" env INITRD=No DEBIAN_FRONTEND=noninteractive apt-get --yes --no-install-recommends \
		-o Dpkg::Use-Pty=0 -o APT::Sandbox::User=root -o APT::Keep-Downloaded-Packages=true "${@:2}"
}

# machine_mount: the disk $machine_disk at $machine_root.
machine_mount() {
	mkdir -p "$machine_root"
	packages_as_root mount -o loop "$machine_disk" "$machine_root"
}

machine_umount() {
	packages_as_root umount "$machine_root"
}

# For a trap: the disk does not stay, whatever ended the run.
machine_drop() {
	! mountpoint -q "$machine_root" || machine_umount || true
	rm -f "$machine_disk"
}

# machine_own RELEASE…: before all else runs as root: what other scripts write to, too, is the
# user's.
machine_own() {
	local name

	mkdir -p "$root/build/packages" "$root_cache"
	for name in qemu-trixie "$@"; do
		touch "$root_cache/$name.lock"
	done
}

# What root made is the user's, too. The files in the roots stay root's.
machine_give_back() {
	((EUID)) || return 0
	packages_as_root chown -R "$EUID:$(id -g)" "$root/build/packages" || true
	packages_as_root find "$root_cache" -maxdepth 1 -user root -exec chown -h "$EUID:$(id -g)" {} + || true
}

# machine_run COMMAND…: on the mounted disk.
machine_run() {
	root_run "$machine_root" env -u XDG_CACHE_HOME HOME=/root INITRD=No DEBIAN_FRONTEND=noninteractive \
		PATH=/usr/lib/ccache:/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

# machine_files: what is on the mounted disk and is of no package. Without what depmod makes
# of all modules, what is of one boot, the packages' own notes, users, links to the newest
# kernels, and the key that dkms makes once for all it builds.
machine_files() {
	packages_as_root find "$machine_root" -xdev -mindepth 1 ! -type d -printf '/%P\n' |
		grep -vE '^/(dev|proc|run|tmp|var/tmp|var/cache|var/log|var/lib/(dpkg|apt|systemd)|root/\.cache|root/\.ccache)/' |
		grep -vE '^/usr/lib/modules/[^/]*/modules\.|^/etc/(passwd|group|shadow|gshadow|subuid|subgid)-?$|^/etc/\.(pwd\.lock|updated)$|^/var/lib/dkms/mok\.(key|pub)$|^/vmlinuz(\.old)?$' |
		LC_ALL=C sort >"$1.all"
	cat "$machine_root"/var/lib/dpkg/info/*.list | sed -E 's,^/(bin|sbin|lib|lib64)/,/usr/\1/,' |
		LC_ALL=C sort -u | LC_ALL=C comm -23 "$1.all" - >"$1"
	rm "$1.all"
}

# machine_vm DIRECTORY: makes a VM directory for the kernel, whose memory image has what its
# disk needs.
machine_vm() {
	local tree=$1/tree module

	rm -rf "$tree"
	mkdir -p "$tree"
	vm_add_tools "$tree"
	mkdir "$tree/mnt"
	ln -sf busybox "$tree/bin/switch_root"
	for module in $(machine_modules); do
		install -D -m 644 "$machine_root/$module" "$tree/$module"
		printf '/%s\n' "$module" >>"$tree/guest/modules"
	done
	install -m 755 "$root/vm/guest/disk" "$tree/init"
	vm_archive "$tree" >"$1/base.cpio"
	rm -r "$tree"
	ln -sfn "$kernel_dir/vmlinuz" "$1/vmlinuz"
	printf '%s\n' "${FIFO_ACCEL:-tcg,thread=multi}" >"$1/accel"
	qemu_prepare "$1"
}

# In the order in which they are to be loaded.
machine_modules() {
	local name

	for name in virtio_pci virtio_blk ext4; do
		modprobe --dirname "$machine_root" --set-version "$kernel_release" --show-depends "$name" |
			sed -n "s,^insmod $machine_root/*\([^ ]*\).*,\1,p"
	done | awk '!seen[$0]++'
}

# machine_boot DIRECTORY LIMIT: boots its disk. What it prints to its second serial port is in
# DIRECTORY/results, its console in DIRECTORY/console.
machine_boot() {
	local dir=$1
	local -a vm_argv

	vm_command "$dir" --initrd "$dir/base.cpio" --memory 1536 \
		--console "file,path=$dir/console" --results "file,path=$dir/results"
	vm_argv+=(
		-drive "file=$machine_disk,format=raw,if=none,id=disk,cache=unsafe"
		-device "virtio-blk-pci,drive=disk"
	)
	setpriv --pdeathsig TERM timeout --foreground --kill-after=5 "$2" "${vm_argv[@]}" 2>"$dir/qemu.log"
}
