# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Builds the modules and the guest's tools outside the source tree.

# The sources that Kbuild reads, and variables for make. tests/lib/vm.sh adds those of the
# tests. Without debug information there is nothing to make BTF of, which fails.
build_parts=(Makefile Kbuild VERSION fifo producer consumer samples include vm/modules bench/cost bench/wake)
build_options=(PLAY=1 KCFLAGS='-Werror -g0' CONFIG_DEBUG_INFO_BTF_MODULES=)

# Kbuild writes next to its sources, and each kernel needs its own objects: the
# build tree is made of links to the sources.
build_link_sources() {
	local tree=$1 dir file

	mkdir -p "$tree"
	find "$tree" -type l -delete
	while IFS= read -r dir; do
		mkdir -p "$tree/$dir"
	done < <(cd "$root" && build_find -type d)
	while IFS= read -r file; do
		ln -s "$root/$file" "$tree/$file"
	done < <(cd "$root" && build_find -type f '(' -name '*.[ch]' -o -name Kbuild -o -name Makefile -o -name VERSION ')' ! -name '*.mod.c')
}

build_find() {
	find "${build_parts[@]}" "$@"
}

# A warning is a failure; -Werror makes those of the compiler errors. One is not about the
# sources: that another release of the compiler has built the kernel.
build_warnings() {
	grep -iE 'warning|\[-Werror' "$1" |
		grep -vE 'the compiler differs from the one used to build the kernel|all warnings being treated as errors'
}

# Where modules for $kernel_dir are built: on this machine, or in a root.
# build_there COMMAND…: run it there.
build_there() {
	local -a cross=()

	! kernel_is_foreign || cross=(ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu-)
	! uml_is "$kernel_dir/vmlinuz" || cross=(ARCH=um)
	if [[ -e $kernel_dir/root ]]; then
		root_run "$kernel_dir/root" \
			setpriv --reuid="$EUID" --regid="$(id -g)" --clear-groups \
			env "${cross[@]}" "$@"
	else
		env "${cross[@]}" "$@"
	fi
}

# What KDIR is there. In a root's kernel directory the link begins with "root".
build_kdir() {
	local build

	if [[ -e $kernel_dir/root ]]; then
		build=$(readlink "$kernel_dir/build")
		echo "${build#root}"
	else
		echo "$kernel_dir/build"
	fi
}

# build_compile TREE [ARGUMENT…]: make there.
build_compile() {
	build_there make -C "$1" -j "$(nproc)" KDIR="$(build_kdir)" "${build_options[@]}" "${@:2}"
}

# Does the kernel count which lines of a module are run?
build_counts() {
	grep -qx CONFIG_GCOV_KERNEL=y "$kernel_dir/build/.config" 2>/dev/null
}

# build_make TREE LOG [ARGUMENT…]
build_make() {
	local tree=$1 log=$2

	shift 2
	if build_counts; then
		set -- "$@" GCOV_PROFILE=y
	fi
	if ! slowly into "$log" build_compile "$tree" "$@"; then
		# Without the lines that say what is being compiled.
		grep -vE '^  [A-Z]+ ' "$log" >&2
		return 1
	elif build_warnings "$log" >&2; then
		# What has been built would not be built, and complained about, again.
		rm -r "$tree"
		return 1
	fi
}

# build_strip MODULE…: removes the debug information, which is nine tenths of a module.
build_strip() {
	local prefix=''

	! kernel_is_foreign || prefix=aarch64-linux-gnu-
	build_there "${prefix}strip" --strip-debug "$@"
}

# The modules for a session.
build_play() {
	say "Building the modules for $kernel_release"
	build_tree play
}

# build_tree NAME [VARIABLE=VALUE…]: build in build/RELEASE/NAME.
build_tree() {
	local tree=$root/build/$kernel_release/$1

	build_link_sources "$tree"
	build_make "$tree" "$tree.log" "${@:2}" ||
		die "the build failed"
}

# build_own DIRECTORY: a module of the user's own, with the headers and the symbols of fifo.ko.
# Leaves it in build/RELEASE/own.
build_own() {
	local tree=$root/build/$kernel_release/own

	[[ -e $1/Kbuild || -e $1/Makefile ]] || die "--module $1: must be a directory with a Kbuild or Makefile of the kernel's form, such as samples/put"
	rm -rf "$tree"
	cp -rL "$1" "$tree"
	# What was built for another kernel is not for this one.
	find "$tree" -type f '(' -name '*.ko' -o -name '*.o' -o -name '*.mod' -o -name '*.mod.c' -o -name '.*.cmd' ')' -delete
	say "Building the module in $1"
	build_there make -C "$(build_kdir)" M="$tree" KCFLAGS="-g0 -I$root/include" CONFIG_DEBUG_INFO_BTF_MODULES= \
		KBUILD_EXTRA_SYMBOLS="$root/build/$kernel_release/play/Module.symvers" modules >"$tree.log" 2>&1 ||
		die "the build of $1 failed: $(<"$tree.log")"
}

# Sets build_tools_dir, of libfifo and the tools for a guest.
build_tools_where() {
	build_tools_dir=$root/build/tools
	build_cross=()
	if kernel_is_foreign; then
		build_tools_dir+=-arm64
		build_cross=(build_there env)
	fi
}

# Its own make: what may be set for the one that has called this is not for it. A machine of
# another architecture gets no libraries: its fifoctl has no screen.
build_tools() {
	local prefix='' log lock_fd
	local -a options=(LDFLAGS=-s)

	build_tools_where
	lock "$build_tools_dir.lock"
	log=$build_tools_dir.log
	if kernel_is_foreign; then
		prefix=aarch64-linux-gnu-
		options=(LDFLAGS='-static -s' PKG_CONFIG=false)
	fi
	say "Building the programs of the virtual machine"
	"${build_cross[@]}" env -u MAKEFLAGS make -C "$root/tools" O="$build_tools_dir" \
		CC="${prefix}gcc" AR="${prefix}ar" CFLAGS='-O2 -Werror' "${options[@]}" \
		"$build_tools_dir"/{libfifo.a,fifoctl,worker} >"$log" 2>&1 ||
		die "the build of the tools failed: $(<"$log")"
	exec {lock_fd}>&-
}

# build_program PROGRAM SOURCE…: for a guest, unless it is newer than all that it is
# made of.
build_program() {
	local program=$1 library=$build_tools_dir/libfifo.a prefix='' part stale=''

	shift
	for part in "$@" "$library"; do
		[[ $program -nt $part ]] || stale=yes
	done
	[[ $stale ]] || return 0
	! kernel_is_foreign || prefix=aarch64-linux-gnu-
	"${build_cross[@]}" "${prefix}gcc" -static -s -O2 -Wall -Wextra -Werror -pthread \
		-I "$root/include/uapi" -I "$root/tools/lib" \
		-o "$program" "$@" "$library" || die "the build of $program failed"
}
