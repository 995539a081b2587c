# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Kernels that are built here, from the distribution's source and the fragments
# in vm/kernels/: with the debugging options that its own kernels lack.
#
# Each is a kernel directory like the others, under a release of its own that
# names its source, its kind and a digest of its fragments: a changed fragment
# makes another kernel.

own_kernel_packages=(gcc make bc bison flex libelf-dev xz-utils)

# own_kernel_prepare KIND [SERIES]: sets kernel_release and kernel_dir.
own_kernel_prepare() {
	local kind=$1 series=${2:-} source digest version lock_fd

	need_x86 "the configurations in vm/kernels are"
	# The cache is shared by all checkouts, which may want different kernels.
	mkdir -p "$kernel_cache"
	lock "$kernel_cache/own.lock"
	own_kernel_series
	digest=$(own_kernel_fragments "$kind" | sha256sum | cut -c 1-8)
	source=$kernel_cache/../source/linux-source-$series
	own_kernel_fetch
	version=$(make -s -C "$source" kernelversion)
	kernel_release=$version-$kind-$digest
	kernel_dir=$kernel_cache/$kernel_release
	exec {lock_fd}>&-
	lock "$kernel_dir.lock"
	[[ -e $kernel_dir/vmlinuz ]] || own_kernel_build
	exec {lock_fd}>&-
}

# The series that the distribution's metapackage stands for, or the one asked
# for; sid, if only its source can be such a kernel.
own_kernel_series() {
	if [[ $kind == smp ]]; then
		[[ ! $series ]] || die "smp-$series: smp is of the source of sid only"
		series=sid
		return
	fi
	if [[ ! $series ]]; then
		packages_known linux-source || die "the archive has no linux-source"
		series=$(packages_field linux-source Depends | grep -oE '[0-9]+\.[0-9]+(\.[0-9]+)?' | head -1)
	fi
	packages_known "linux-source-$series" || die "the archive has no linux-source-$series"
}

# own_kernel_fragments KIND: what its configuration is made of; some options only the
# source of one series has. User-Mode Linux shares nothing with the others.
own_kernel_fragments() {
	local part
	local -a parts=(base "base-$series" "$1" "$1-$series")

	[[ -e $root/vm/kernels/$1.config ]] || die "no such kind of kernel: $1"
	case $1 in
	uml) parts=("${parts[@]:2}") ;;
	smp) parts=(uml smp) ;;
	esac
	for part in "${parts[@]}"; do
		[[ ! -e $root/vm/kernels/$part.config ]] || cat "$root/vm/kernels/$part.config"
	done
}

own_kernel_fetch() {
	local scratch

	packages_need "${own_kernel_packages[@]}"
	[[ -e $source/Makefile ]] && return
	say "Fetching linux-source-$series (unpacked in $source)"
	mkdir -p "${source%/*}"
	scratch=$(mktemp -d "${source%/*}/new.XXXXXX")
	if [[ $series == sid ]]; then
		own_kernel_unpack_sid
	else
		packages_extract "linux-source-$series" "$scratch/package"
		own_kernel_unpack "$scratch/package"
	fi
	mv "$scratch"/linux-source-*/ "$source"
	rm -r "$scratch"
}

# own_kernel_unpack DIRECTORY: the source that is in what was unpacked there.
own_kernel_unpack() {
	find "$1/usr/src" -name 'linux-source-*.tar.*' -exec tar -C "$scratch" -xf {} +
	[[ -e $(echo "$scratch"/linux-source-*/Makefile) ]] ||
		die "no linux-source-*.tar.* with the source is in linux-source-$series"
}

# The package comes with others, which are of no use here.
own_kernel_unpack_sid() {
	root_extract linux-source-sid sid linux-source "160 MB, which takes 2 GB" ||
		die "the source of sid's kernel cannot be had here"
	own_kernel_unpack "$root_cache/linux-source-sid"
	packages_as_root rm -r "$root_cache/linux-source-sid"
}

# The directory gets its vmlinuz last: with it the kernel is there.
own_kernel_build() {
	local log=$kernel_dir/log image=bzImage path=arch/x86/boot/bzImage

	[[ $kind != uml ]] || uml_patch_source "$source"
	! uml_is "$kernel_dir/vmlinuz" || image=linux path=linux
	mkdir -p "$kernel_dir/build" "$kernel_dir/lib/modules/$kernel_release"
	say "Building the kernel $kernel_release, once: this takes some minutes"
	own_kernel_fragments "$kind" >"$kernel_dir/fragments"
	printf 'CONFIG_LOCALVERSION="-%s-%s"\n' "$kind" "$digest" >>"$kernel_dir/fragments"
	slowly into "$log" own_kernel_compile || die "the kernel could not be built: $(tail -5 "$log")"
	ln -s "build/$path" "$kernel_dir/vmlinuz"
}

own_kernel_compile() {
	own_kernel_make KCONFIG_ALLCONFIG="$kernel_dir/fragments" allnoconfig &&
		own_kernel_missing "$kernel_dir/build/.config" &&
		own_kernel_make -j "$(nproc)" "$image" modules
}

own_kernel_make() {
	local arch=x86_64

	! uml_is "$kernel_dir/vmlinuz" || arch=um
	make -C "$source" O="$kernel_dir/build" ARCH="$arch" "$@"
}

# own_kernel_missing CONFIG: name the options of the fragments that did not
# take effect in CONFIG; fails when there are any.
own_kernel_missing() {
	awk -F= '
		/^CONFIG_/ && NR == FNR { want[$1] = $2 == "n" ? "" : $2; next }
		/^CONFIG_/ { got[$1] = substr($0, length($1) + 2) }
		END {
			for (name in want)
				if (got[name] != want[name]) {
					print name ": wanted " (want[name] ? want[name] : "n") \
						", is " (got[name] ? got[name] : "n")
					missing = 1
				}
			exit missing
		}' "$kernel_dir/fragments" "$1"
}
