# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# The VM of the tests: it has their modules, copies of the clients, their programs and
# the library of their guest scripts as well. Comes after scripts/lib/setup.sh.
# shellcheck disable=SC2034,SC2154 # shared with scripts/lib

build_parts+=(tests/modules tests/torture tests/unit)
# Some tests need more than one module of a kind. scripts/check and scripts/matrix have the
# same options, and go on with what a test has compiled.
build_options=(TESTS=1 PRODUCERS="audio copy video" CONSUMERS="copy disk" W=1 KCFLAGS=-Werror)

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
	setup_end
}

# The programs of tests/guest, which may use libfifo.
build_helpers() {
	local source

	build_helpers_dir=$root/build/guest
	! kernel_is_arm64 || build_helpers_dir+=-arm64
	mkdir -p "$build_helpers_dir"
	for source in "$root"/tests/guest/*.c; do
		build_program "$build_helpers_dir/$(basename "$source" .c)" "$source"
	done
}

setup_add_tests() {
	local busted=$1/lib/modules/$kernel_release/extra/busted

	setup_add_tools "$1"
	install -m 644 "$root/tests/lib/guest.sh" "$1/lib/guest.sh"
	find "$build_helpers_dir" -type f -exec cp -t "$1/bin" {} +
	# Unknown to depmod: it is not the fifo.ko that modprobe is to load.
	mkdir "$busted"
	cp "$root/build/$kernel_release/busted/fifo/fifo.ko" "$busted/"
	build_strip "$busted"/*.ko
}
