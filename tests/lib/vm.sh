# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# The VM of the tests: it has their modules, copies of the clients, their programs and
# the library of their guest scripts as well. Comes after scripts/lib/setup.sh.
# shellcheck disable=SC2034,SC2154 # shared with scripts/lib

. "$root/scripts/lib/booted.sh"

build_parts+=(tests/modules tests/torture tests/unit)
# Some tests need more than one module of a kind. scripts/check and scripts/matrix have the
# same options, and go on with what a test has compiled.
build_options=(TESTS=1 PRODUCERS="audio copy video" CONSUMERS="copy disk" W=1 KCFLAGS=-Werror)
setup_packages+=(libncurses-dev libtraceevent-dev libtracefs-dev libtracecmd-dev patch pkgconf)

# setup_test_vm KERNEL: as setup_vm.
setup_test_vm() {
	! setup_given || return 0
	setup_kernel "$1"
	qemu_need
	build_modules
	build_tools
	build_helpers
	vm_dir=$root/build/$kernel_release/vm
	vm_build "$vm_dir" "$root/build/$kernel_release/modules" setup_add_tests
	booted_keep "$vm_dir"
	setup_end
}

# The second tree is for a fifo.ko that is broken on purpose.
build_modules() {
	say "Building the modules for $kernel_release"
	build_tree modules
	build_busted
}

# A fifo.ko that is broken in each way that tests/torture/busted/ has a patch for, if its
# parameter says so.
build_busted() {
	local tree=$root/build/$kernel_release/busted

	build_patched_sources "$tree" "$root"/tests/torture/busted/*.patch
	build_make "$tree" "$tree.log" fifo/fifo.ko || die "the build failed"
}

# build_patched_sources TREE PATCH…: links to the sources, and patched copies. A copy is as
# old as the last change of its source and patches, so that make builds it only when it
# has to.
build_patched_sources() {
	local tree=$1 stamp=$1.stamp patch file files

	find "$tree" -name '*.[ch]' -type f ! -name '*.mod.c' -delete 2>/dev/null || true
	build_link_sources "$tree"
	for patch in "${@:2}"; do
		mapfile -t files < <(sed -n 's,^+++ b/,,p' "$patch")
		touch -r "$patch" "$stamp"
		for file in "${files[@]/#/"$tree/"}"; do
			[[ ! -L $file ]] || cp -p --remove-destination "$root/${file#"$tree/"}" "$file"
			[[ ! $file -nt $stamp ]] || touch -r "$file" "$stamp"
		done
		patch --quiet --no-backup-if-mismatch -p1 -d "$tree" <"$patch" || die "$patch does not apply"
		touch -r "$stamp" "${files[@]/#/"$tree/"}"
	done
}

# The programs of sessions, and those of tests/guest, which may use libfifo.
build_helpers() {
	local source lock_fd

	build_helpers_dir=$root/build/guest
	! kernel_is_foreign || build_helpers_dir+=-arm64
	mkdir -p "$build_helpers_dir"
	lock "$build_helpers_dir.lock"
	for source in "$root"/{tests/guest,vm/programs}/*.c; do
		[[ $source != */given.c ]] || ! kernel_is_arm64 || continue
		build_program "$build_helpers_dir/$(basename "$source" .c)" "$source"
	done
	exec {lock_fd}>&-
}

setup_add_tests() {
	local busted=$1/lib/modules/$kernel_release/extra/busted

	setup_add_tools "$1"
	install -m 644 "$root"/tests/lib/{guest,screen}.sh "$1/lib/"
	find "$build_helpers_dir" -type f -exec cp -t "$1/bin" {} +
	# Unknown to depmod: it is not the fifo.ko that modprobe is to load.
	mkdir "$busted"
	cp "$root/build/$kernel_release/busted/fifo/fifo.ko" "$busted/"
	build_strip "$busted"/*.ko
}
