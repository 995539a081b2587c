# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# The kernel's own tools, checkpatch.pl and kernel-doc, which are in its source package only.
# Needs setup.sh.

# Sets kernel_scripts to a directory that has them.
kernel_scripts_prepare() {
	local package tarball lock_fd

	packages_known linux-source || die "the archive has no linux-source, for its checkpatch.pl"
	package=$(packages_field linux-source Depends | grep -o 'linux-source-[0-9.]*')
	kernel_scripts=${kernel_cache%/*}/$package/scripts
	mkdir -p "${kernel_cache%/*}"
	# The cache is shared by all checkouts.
	lock "${kernel_scripts%/*}.lock"
	[[ -d $kernel_scripts ]] || kernel_scripts_unpack
	exec {lock_fd}>&-
}

kernel_scripts_unpack() {
	packages_need "$package" xz-utils
	tarball=/usr/src/$package.tar.xz
	say "Unpacking scripts/ of $tarball in ${kernel_scripts%/*}"
	mkdir -p "${kernel_scripts%/*}"
	tar -xJf "$tarball" -C "${kernel_scripts%/*}" --strip-components=1 "$package/scripts"
}
