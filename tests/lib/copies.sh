# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Named copies of the clients, for tests that need more than the two modules.
# shellcheck disable=SC2154 # root comes from host.sh

# copies_build PRODUCERS CONSUMERS: build them with make, and let this test's
# guests have them in /modules.
copies_build() {
	local tree

	guest_prepare_vm
	tree=$root/build/$kernel_release/copies
	setup_begin
	build_link_sources "$tree"
	build_make "$tree" "$tree.log" KCFLAGS=-Werror PRODUCERS="$1" CONSUMERS="$2" ||
		die "the build of the copies failed"
	copies_vm "$tree"
	setup_end
}

# A VM like the other one, with the copies laid over it: this test's own, until
# its end, since others may run at the same time. It is beside the tree, of which the
# next build deletes all links.
copies_vm() {
	local files=$1-files-$$ module

	copies_dir=$1-vm-$$
	mkdir -p "$copies_dir" "$files/lib/modules/$kernel_release/extra"
	for module in "$1"/{producer,consumer}/*_*.ko; do
		cp "$module" "$files/lib/modules/$kernel_release/extra/"
	done
	find "$FIFO_VM" -maxdepth 1 ! -type d ! -name 'base.cpio*' -exec cp -P -t "$copies_dir" {} +
	{ cat "$FIFO_VM/base.cpio" && vm_archive "$files"; } >"$copies_dir/base.cpio"
	rm -r "$files"
	FIFO_VM=$copies_dir
}
