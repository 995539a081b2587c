#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The modules build against headers to which a distribution has backported names of
# newer kernels (RHEL 9.5, CentOS Stream 9), and use these. If a header lacks a name,
# they use their own. Boots no virtual machine: uses a copy of the headers.

. "${0%/*}/lib/host.sh"

guest_prepare_vm
kernel_dir=$(dirname "$(readlink "$FIFO_VM/vmlinuz")")
kernel_release=$(basename "$kernel_dir")
build=$(realpath "$kernel_dir/build")
source=$(sed -n 's,^include \(/.*\)/Makefile$,\1,p' "$build/Makefile")
[[ $source == /usr/src/* && ! -e $kernel_dir/root ]] ||
	skip_all "needs the header packages of this machine's release: use --kernel stock"
scratch

# The headers and names that Kbuild asks for, one pair a line.
asked() {
	sed -n 's/.*call header_has,\([a-z0-9_/]*\.h\),\([a-z0-9_]*\)).*/\1 \2/p' "$root/Kbuild"
}

# has HEADER NAME: the kernel's own header has the name.
has() {
	grep -qw "$2" "$source/include/linux/$1"
}

# Makes links to the headers. A header that is changed becomes a file.
copy_headers() {
	local part

	cp -rs "$source" "$scratch_dir/common"
	cp -a "$build" "$scratch_dir/build"
	for part in scripts tools; do
		ln -sfn "$(realpath "$build/$part")" "$scratch_dir/build/$part"
	done
	sed -i "s,$source/,$scratch_dir/common/," "$scratch_dir/build/Makefile"
}

# change HEADER SED
change() {
	sed -i "$2" "$scratch_dir/common/include/linux/$1"
	! cmp -s {"$source","$scratch_dir/common"}/include/linux/"$1" ||
		die "linux/$1 is not as this test knows it: $2 changes nothing"
}

# add HEADER <TEXT: at its end, before the last #endif.
add() {
	local header=$scratch_dir/common/include/linux/$1

	{ head -n -1 "$header" && cat && echo '#endif'; } >"$header.new"
	mv "$header.new" "$header"
}

# bring_NAME: change the headers as a distribution does that backports NAME.

# Code that sets the flags of a mapping without this function does not compile there.
bring_vm_flags_mod() {
	change mm_types.h 's,^\tunsigned long vm_flags;.*Flags\, see mm\.h.*,\tunion { const vm_flags_t vm_flags; vm_flags_t __vm_flags; };,'
	add mm.h <<-'EOT'
		static inline void vm_flags_mod(struct vm_area_struct *vma,
						vm_flags_t set, vm_flags_t clear)
		{
			vma->__vm_flags = (vma->vm_flags | set) & ~clear;
		}
	EOT
}

bring_hrtimer_setup() {
	add hrtimer.h <<-'EOT'
		static inline void hrtimer_setup(struct hrtimer *timer,
						 enum hrtimer_restart (*function)(struct hrtimer *),
						 clockid_t clock_id, enum hrtimer_mode mode)
		{
			hrtimer_init(timer, clock_id, mode);
			timer->function = function;
		}
	EOT
}

# Sets brought to the names that the kernel lacks and the copy now has.
bring_names() {
	local header name

	brought=()
	while read -r header name; do
		if has "$header" "$name"; then
			continue
		elif [[ $(type -t "bring_$name") == function ]]; then
			"bring_$name"
			brought+=("$name")
		else
			skip "$name: how a kernel would bring it back to $header is not said here"
		fi
	done < <(asked)
}

# told TREE: the names that Kbuild found when it built fifo.ko.
told() {
	grep -oh 'FIFO_HAVE_[a-z0-9_]*' "$1"/fifo/.*.o.cmd | sort -u | sed 's/^FIFO_HAVE_//' | xargs
}

tree_builds() {
	make -k -C "$tree" -j "$(nproc)" KDIR="$scratch_dir/build" KCFLAGS=-Werror >"$scratch_dir/log" 2>&1
}

[[ $(asked) ]] || die "Kbuild asks for no name"
there=$(asked | while read -r header name; do
	! has "$header" "$name" || echo "$name"
done | sort | xargs)
is "$(told "$root/build/$kernel_release/modules")" "$there" "the names that this kernel has are used, and no others"

tree=$scratch_dir/tree
build_link_sources "$tree"
copy_headers
bring_names
if ((${#brought[@]} == 0)); then
	skip "this kernel has all names that are known here"
elif tree_builds; then
	pass "the modules build where ${brought[*]} were brought back"
	is "$(told "$tree")" "$(xargs -n 1 <<<"$there ${brought[*]}" | sort | xargs)" "and use them"
else
	fail "the modules build where ${brought[*]} were brought back" "$(grep -E 'error|warning' "$scratch_dir/log" | head -n 20)"
fi
