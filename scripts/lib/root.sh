# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Kernels of other Debian releases than this machine's. Each comes with a root,
# a small Debian of that release that has its compiler and the kernel's headers:
# modules for it are built there.
#
#	roots/bookworm-rt/root		is the root,
#	roots/bookworm-rt/RELEASE	the kernel directory: links into it

root_cache=${XDG_CACHE_HOME:-$HOME/.cache}/fifo-vm/roots

# A release's kernel for virtual machines, its PREEMPT_RT one, or, on x86-64, the one for
# arm64 or i386, which is cross-compiled; that for i386 is not booted.
root_words=(bullseye bullseye-i386 bookworm bookworm-rt bookworm-arm64 trixie trixie-rt sid)

# What an arm64 guest runs: static programs, and kmod with its libraries.
root_arm64_programs=(busybox-static bash-static kmod libkmod2 libc6 liblzma5 libssl3 libzstd1)

# root_knows WORD
root_knows() {
	[[ " ${root_words[*]} " == *" $1 "* ]]
}

# Those whose kernels this machine can build for.
root_words_here() {
	if [[ $(host_arch) == amd64 ]]; then
		echo "${root_words[@]}"
	else
		printf '%s\n' "${root_words[@]}" | grep -vE -- '-(i386|arm64)$' | xargs
	fi
}

# root_prepare WORD: sets kernel_release and kernel_dir.
root_prepare() {
	local word=$1 lock_fd

	[[ " $(root_words_here) " == *" $word "* ]] || die "$word is built for on x86-64 only, this is $(uname -m)"
	# The cache is shared by all checkouts.
	mkdir -p "$root_cache"
	lock "$root_cache/$word.lock"
	[[ -d $root_cache/$word ]] || root_make
	exec {lock_fd}>&-
	kernel_dir=$(echo "$root_cache/$word"/[0-9]*)
	kernel_release=${kernel_dir##*/}
}

root_make() {
	local scratch release log=$root_cache/$word.log

	packages_need mmdebstrap debian-archive-keyring
	say "Making a root of Debian $word with its compiler and kernel, once, in"
	say "  $root_cache/$word"
	scratch=$(mktemp -d "$root_cache/new.XXXXXX")
	if ! slowly into "$log" root_fill; then
		packages_as_root rm -rf "$scratch"
		die "the root could not be made: $(tail -5 "$log")"
	fi
	chmod 755 "$scratch"
	mv "$scratch" "$root_cache/$word"
}

# Sets release.
root_fill() {
	root_bootstrap && root_add_newest && root_link_kernel
}

# The lists of a mirror may be old. The package lists are kept, for the next
# steps.
root_bootstrap() {
	local architectures packages=gcc,make,perl,xz-utils

	architectures=$(host_arch)

	case $word in
	*-arm64)
		architectures+=,arm64
		packages+=,gcc-aarch64-linux-gnu,libc6-dev-arm64-cross
		;;
	*-i386) architectures+=,i386 ;;
	esac
	packages_as_root mmdebstrap --variant=minbase --architectures="$architectures" \
		--include="$packages" --aptopt='Acquire::Check-Valid-Until "false"' \
		--skip=cleanup/apt/lists "${word%%-*}" "$scratch/root"
}

# Sets release. An archive may have lost the newest kernel that its lists name, for one
# architecture, while it has an older one.
root_add_newest() {
	for release in $(root_releases); do
		! root_add_kernel || return 0
	done
	echo "no kernel that the metapackage stands for can be had"
	return 1
}

# What the versions of the metapackage stand for, newest first: an archive may have lost
# the metapackage itself.
root_releases() {
	local meta

	meta=linux-image-cloud-$(host_arch)
	case $word in
	*-rt) meta=linux-image-rt-$(host_arch) ;;
	*-arm64) meta=linux-image-cloud-arm64:arm64 ;;
	*-i386) meta=linux-image-686:i386 ;;
	esac
	root_run "$scratch/root" apt-cache show "$meta" | sed -n 's/^Depends:.*linux-image-\([0-9][^ ,]*\).*/\1/p'
}

# root_newest WORD: prints the kernel that the archive has now for an existing root; fails
# if it cannot read the archive.
root_newest() {
	local word=$1 scratch=$root_cache/$1

	root_run "$scratch/root" apt-get -qq update >/dev/null 2>&1 || return
	root_releases | head -n 1
}

# root_field PACKAGE FIELD
root_field() {
	root_run "$scratch/root" apt-cache show --no-all-versions "$1" | sed -n "s/^$2: //p"
}

root_add_kernel() {
	case $word in
	*-arm64) root_add_foreign arm64 && root_add_programs ;;
	*-i386) root_add_foreign i386 ;;
	*) root_install "linux-image-$release" "linux-headers-$release" ;;
	esac
}

# No initrd is made.
root_install() {
	root_run "$scratch/root" env INITRD=No DEBIAN_FRONTEND=noninteractive \
		apt-get install --yes --no-install-recommends "$@"
}

# root_add_foreign ARCHITECTURE: its headers want a compiler that runs there: they are
# unpacked, and what they need to be built with is installed for this machine.
root_add_foreign() {
	local -a needed

	mapfile -t needed < <(root_field "linux-headers-$release:$1" Depends | tr -s ' ,' '\n' |
		grep -E '^linux-(headers-.*-common|kbuild-.*)$')
	root_unpack / "linux-headers-$release:$1" "linux-image-$release:$1" &&
		root_install "${needed[@]}"
}

root_add_programs() {
	root_unpack /arm64 "${root_arm64_programs[@]/%/:arm64}" &&
		root_run "$scratch/root" ln -s bash-static /arm64/bin/bash
}

# root_unpack DIRECTORY PACKAGE…: those of another architecture, in a directory of the root.
root_unpack() {
	# shellcheck disable=SC2016 # it is the root's shell that expands them
	root_run "$scratch/root" sh -ec '
		to=$1
		shift
		mkdir -p "$to"
		cd "$(mktemp -d)"
		apt-get -o APT::Sandbox::User=root download "$@"
		for package in *.deb; do
			dpkg-deb --fsys-tarfile "$package" |
				tar -x -C "$to" --keep-directory-symlink --exclude=./usr/share --exclude=*/gconv
			rm "$package"
		done' - "$@"
}

root_link_kernel() {
	local dir=$scratch/$release image build

	image=$(kernel_find_image "$scratch/root" "$release")
	build=$(kernel_find_build "$scratch/root" "$release")
	[[ $image ]] || { echo "there is no vmlinuz in linux-image-$release" && return 1; }
	[[ $build ]] || { echo "there is no Module.symvers in linux-headers-$release" && return 1; }
	mkdir "$dir"
	ln -s ../root "$dir/root"
	ln -s root/lib "$dir/lib"
	ln -s "root/$image" "$dir/vmlinuz"
	ln -s "root/$build" "$dir/build"
	[[ $word != *-arm64 ]] || ln -s root/arm64 "$dir/programs"
}

# root_digest WORD…: for the name of something in the cache: of other packages, or made in another
# way, it is another.
root_digest() {
	printf '%s\n' "$@" | sha256sum | cut -c 1-8
}

# root_extract NAME RELEASE PACKAGE COST: a package of another release, unpacked with
# the libraries that it loads, to be run in place: in $root_cache/NAME.
root_extract() {
	local dir=$root_cache/$1 lock_fd status=0

	# The cache is shared by all checkouts.
	mkdir -p "$root_cache"
	lock "$dir.lock"
	[[ -d $dir ]] || root_fetch "$@" || status=$?
	exec {lock_fd}>&-
	return "$status"
}

root_fetch() {
	local scratch

	packages_need mmdebstrap debian-archive-keyring
	say "Fetching $3 of Debian $2 (a download of some $4),"
	say "to be unpacked, not installed, in"
	say "  $dir"
	scratch=$(mktemp -d "$root_cache/new.XXXXXX")
	chmod 755 "$scratch"
	# The lists of a mirror may be old.
	if slowly into "$dir.log" packages_as_root mmdebstrap --variant=extract --include="$3" \
		--aptopt='Acquire::Check-Valid-Until "false"' "$2" "$scratch/root"; then
		# It is root's, and only its owner may move it to another directory.
		packages_as_root mv "$scratch/root" "$dir"
		rmdir "$scratch"
	else
		packages_as_root rm -r "$scratch"
		say "mmdebstrap failed: $(tail -n 3 "$dir.log")"
		return 1
	fi
}

# root_run ROOT COMMAND…: in the root, with the sources at their own place.
root_run() {
	# shellcheck disable=SC2016 # it is the other shell that expands them
	packages_as_root unshare --mount bash -c '
		mkdir -p "$1$2" &&
		mount --bind "$2" "$1$2" &&
		mount -t proc proc "$1/proc" &&
		exec chroot "$1" env LC_ALL=C "${@:3}"' - "$1" "$root" "${@:2}"
}
