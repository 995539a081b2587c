# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# The kernel that a VM boots and that the modules are built for.
#
# A kernel is a directory, whatever made it:
#	vmlinuz		boots
#	build		for make KDIR=
#	lib/modules	its own modules
#	root		only if modules for it are not built on this machine, but in
#			this root of another release
#	programs	only if it is for another architecture than this machine's: those that its
#			guests run
# The distribution's kernels are unpacked into such directories; they are never
# installed, so the machine's own boot is not touched.

kernel_cache=${XDG_CACHE_HOME:-$HOME/.cache}/fifo-vm/kernels

# kernel_prepare WORD: WORD is `stock`, a series (6.12), a release
# (6.1.0-56-cloud-amd64), a kind of kernel that is built here (debug, or
# debug-6.12 for another source than the distribution's default), or another
# Debian release (trixie, trixie-rt). Sets kernel_release and kernel_dir.
kernel_prepare() {
	local lock_fd

	if [[ $1 =~ ^([a-z]+)(-([0-9.]+))?$ && -e $root/vm/kernels/${BASH_REMATCH[1]}.config ]]; then
		own_kernel_prepare "${BASH_REMATCH[1]}" "${BASH_REMATCH[3]}"
	elif root_knows "$1"; then
		root_prepare "$1"
	else
		kernel_release=$(kernel_resolve "$1")
		kernel_dir=$kernel_cache/$kernel_release
		# The cache is shared by all checkouts.
		mkdir -p "$kernel_cache"
		lock "$kernel_dir.lock"
		kernel_fetch_image
		kernel_fetch_headers
		exec {lock_fd}>&-
	fi
	kernel_check
}

# What is in the cache may be of another time.
kernel_check() {
	local part

	for part in vmlinuz build/Makefile; do
		[[ -e $kernel_dir/$part ]] ||
			die "there is no $kernel_dir/$part: remove that directory to have it made anew"
	done
}

kernel_is_arm64() {
	release_is_arm64 "$kernel_release"
}

# release_is_arm64 RELEASE: Ubuntu's have no architecture in their names: those in its archive
# are of this machine's, as are those that are built here.
release_is_arm64() {
	case $1 in
	*-arm64) ;;
	*-amd64 | *-686*) return 1 ;;
	*) [[ $(host_arch) == arm64 ]] ;;
	esac
}

kernel_is_foreign() {
	case $(host_arch) in
	amd64) kernel_is_arm64 ;;
	arm64) ! kernel_is_arm64 ;;
	esac
}

kernel_is_i386() {
	[[ $kernel_release == *-686* ]]
}

kernel_resolve() {
	case $1 in
	stock)
		kernel_stock
		;;
	[0-9]*.*-*)
		printf '%s\n' "$1"
		;;
	[0-9]*.[0-9]*)
		kernel_newest "$1"
		;;
	*)
		die "unknown kernel '$1': stock, a series like 6.12, a release like 6.1.0-56-cloud-amd64, debug, kcsan, gcov, or one of ${root_words[*]}"
		;;
	esac
}

# What the distribution's own metapackage for virtual machines stands for.
kernel_stock() {
	local meta release

	for meta in "linux-image-cloud-$(host_arch)" linux-image-virtual; do
		packages_known "$meta" || continue
		release=$(packages_field "$meta" Depends |
			sed -n 's/.*linux-image-\([0-9][^ ,]*\).*/\1/p')
		[[ $release ]] && printf '%s\n' "$release" && return
	done
	die "found neither linux-image-cloud-$(host_arch) nor linux-image-virtual in the archive"
}

kernel_newest() {
	local release

	packages_known "linux-image-cloud-$(host_arch)" || packages_known linux-image-virtual || true
	release=$(apt-cache pkgnames "linux-image-$1" | sed 's/^linux-image-//' |
		grep -E "^${1//./\\.}[.-][0-9].*-(cloud-$(host_arch)|generic)$" | sort -V | tail -1)
	[[ $release ]] || die "the archive has no $1 kernel for virtual machines"
	printf '%s\n' "$release"
}

kernel_fetch_image() {
	local package=linux-image-$kernel_release part image

	[[ -e $kernel_dir/vmlinuz ]] && return
	packages_known "$package" || package=linux-image-unsigned-$kernel_release
	packages_known "$package" || package=linux-image-$kernel_release-unsigned
	packages_known "$package" || die "the archive has no kernel $kernel_release"
	say "Fetching $package, to be unpacked, not installed, in"
	say "  $kernel_dir"
	for part in "$package" $(kernel_image_parts "$package"); do
		packages_extract "$part" "$kernel_dir"
		image=$(kernel_find_image "$kernel_dir" "$kernel_release")
		[[ ! $image ]] || break
	done
	[[ $image ]] || die "there is no vmlinuz of $kernel_release in $package, nor in those of its release that it needs"
	ln -sfn "$image" "$kernel_dir/vmlinuz"
}

# kernel_image_parts PACKAGE: those of the same release that it needs, as the image may be
# in one of its own.
kernel_image_parts() {
	packages_field "$1" Depends | tr -s ' ,|' '\n' | grep -E "^linux-.*-${kernel_release//[.+]/\\&}$" || true
}

# kernel_find_image DIRECTORY RELEASE: where below it a package has put the image, or
# nothing.
kernel_find_image() {
	kernel_find "$1" '(' -name "vmlinuz-$2" -o -path "*/$2/vmlinuz" ')' -printf '%p\n'
}

# kernel_find_build DIRECTORY RELEASE: where below it a package has put what modules are
# built with, or nothing.
kernel_find_build() {
	kernel_find "$1" -path "*$2/Module.symvers" -printf '%h\n'
}

# The exit status is of those places that are not there.
kernel_find() {
	(cd "$1" && find boot lib usr/lib usr/src -type f "${@:2}" -quit 2>/dev/null) || true
}

kernel_fetch_headers() {
	local build=/lib/modules/$kernel_release/build
	local package=linux-headers-$kernel_release

	[[ -e $kernel_dir/build/Makefile ]] && return
	if [[ ! -e $build/Makefile ]]; then
		packages_known "$package" || die "the archive has no $package"
		if kernel_headers_want_image "$package"; then
			kernel_unpack_headers "$package"
			return
		fi
		packages_need "$package"
		[[ -e $build/Makefile ]] || build=/$(kernel_find_build / "$kernel_release")
	fi
	kernel_link_build "$package" "$build"
}

# kernel_link_build PACKAGE BUILD: to what was found of the package.
kernel_link_build() {
	[[ -e $2/Makefile ]] ||
		die "there is no build directory of $kernel_release, a Makefile beside a Module.symvers, in $1"
	ln -sfn "$2" "$kernel_dir/build"
}

# Newer Debian header packages depend on the kernel image, which would put that
# kernel on the machine's boot path: take what they need and unpack the rest.
kernel_headers_want_image() {
	[[ $(packages_field "$1" Depends) == *linux-image-* ]]
}

kernel_unpack_headers() {
	local -a needed
	local build link

	mapfile -t needed < <(packages_field "$1" Depends | tr -s ' ,|' '\n' |
		grep -E '^(linux-headers-.*-common(-rt)?|linux-kbuild-.*|gcc-[0-9]+(-for-host)?)$')
	packages_need "${needed[@]}"
	packages_extract "$1" "$kernel_dir"
	build=$(kernel_find_build "$kernel_dir" "$kernel_release")
	kernel_link_build "$1" "$kernel_dir/$build"
	for link in scripts tools; do
		kernel_link_installed "$build/$link"
	done
}

# kernel_link_installed LINK: what was unpacked has a link to what is installed, which is
# relative to where the package would have it.
kernel_link_installed() {
	local target

	target=$(readlink "$kernel_dir/$1") || return 0
	target=$(realpath --canonicalize-missing "/${1%/*}/$target")
	[[ -e $target ]] || die "there is no $target, which $kernel_dir/$1 is a link to"
	ln -sfn "$target" "$kernel_dir/$1"
}
