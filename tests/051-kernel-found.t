#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Finds a kernel's image and its build directory wherever the packages of a release put
# them, and names at once what no package has. Boots no virtual machine: uses made-up
# packages.

. "${0%/*}/lib/host.sh"

scratch
kernel_release=7.2.13+deb14-cloud-amd64
needs='linux-base (>= 4.17~), linux-base-@, dracut | initramfs-tools, linux-binary-@ (= 7.2.13-1), linux-modules-@'

# fetch FUNCTION CONTENTS: call it with an archive of CONTENTS: lines of a package and a file
# in it, with @ for the release. Sets status, said and unpacked.
fetch() {
	kernel_dir=$(mktemp -d "$scratch_dir/kernel.XXXXXX")
	[[ ! ${link-} ]] || ln -s "$link" "$kernel_dir/vmlinuz"
	status=0
	(
		contents=${2//@/$kernel_release}
		packages_known() { true; }
		packages_need() { true; }
		packages_field() { echo "${needs//@/$kernel_release}"; }
		packages_extract() {
			local package file

			echo "$1" >>"$scratch_dir/unpacked"
			while read -r package file; do
				[[ $package != "$1" ]] || install -D /dev/null "$2/$file"
			done <<<"$contents"
		}
		rm -f "$scratch_dir/unpacked"
		"$1"
	) 2>"$scratch_dir/said" || status=$?
	said=$(<"$scratch_dir/said")
	unpacked=$(xargs <"$scratch_dir/unpacked")
}

# image_in DESCRIPTION CONTENTS
image_in() {
	fetch kernel_fetch_image "$2"
	is "$status $([[ -f $kernel_dir/vmlinuz ]] && echo there)" "0 there" "an image is found $1"
}

# --- the image ---------------------------------------------------------------

image_in "in boot" "linux-image-@ boot/vmlinuz-@"
is "$unpacked" "linux-image-$kernel_release" "and nothing else is fetched"
image_in "beside the modules" "linux-image-@ lib/modules/@/vmlinuz"
image_in "beside the modules, in usr" "linux-image-@ usr/lib/modules/@/vmlinuz"
image_in "in a package of its own" "linux-binary-@ usr/lib/modules/@/vmlinuz
	linux-image-@ usr/share/doc/linux-image-@/copyright"
is "$unpacked" "linux-image-$kernel_release linux-base-$kernel_release linux-binary-$kernel_release" \
	"and what comes after it is not fetched"
link=boot/vmlinuz-$kernel_release
image_in "where an earlier run has left a link to nothing" "linux-image-@ usr/lib/modules/@/vmlinuz"
link=''

fetch kernel_fetch_image "linux-image-@ boot/config-@
	linux-modules-@ boot/vmlinuz-7.2.12+deb14-cloud-amd64"
is "$status" 1 "an image of another kernel is none"
is "$(tail -n 1 <<<"$said")" \
	"${0##*/}: there is no vmlinuz of $kernel_release in linux-image-$kernel_release, nor in those of its release that it needs" \
	"and a line says what is missing, and where it was looked for"

# --- the build directory -----------------------------------------------------

needs='linux-image-@ | linux-image-@-unsigned, linux-headers-7.2-common, gcc-16'
headers=usr/src/linux-headers-@
fetch kernel_fetch_headers "linux-headers-@ $headers/Makefile
	linux-headers-@ $headers/Module.symvers"
is "$status $([[ -f $kernel_dir/build/Makefile ]] && echo there)" "0 there" "a build directory is found in usr/src"
fetch kernel_fetch_headers "linux-headers-@ usr/lib/modules/@/Makefile
	linux-headers-@ usr/lib/modules/@/Module.symvers"
is "$status $([[ -f $kernel_dir/build/Makefile ]] && echo there)" "0 there" "or beside the modules"
fetch kernel_fetch_headers "linux-headers-@ $headers/include/config/kernel.release"
is "$status" 1 "a directory without a Makefile is none"
is "$(tail -n 1 <<<"$said")" \
	"${0##*/}: there is no build directory of $kernel_release, a Makefile beside a Module.symvers, in linux-headers-$kernel_release" \
	"and a line says so"

# --- what is in the cache ----------------------------------------------------

kernel_dir=$scratch_dir
mkdir "$scratch_dir/build"
touch "$scratch_dir/build/Makefile"
ln -s boot/gone "$scratch_dir/vmlinuz"
is "$(kernel_check 2>&1)" \
	"${0##*/}: there is no $scratch_dir/vmlinuz: remove that directory to have it made anew" \
	"an image that is gone from the cache is named before anything boots"
is "$(vm_add_program "$scratch_dir" no-such-program 2>&1)" \
	"${0##*/}: this machine has no no-such-program, which the virtual machine needs" \
	"and so is a program that this machine lacks"
