#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The manual pages, docs/ABI and the kernel-doc have all that the sources offer, and each file
# has its licence. What is missing is named: the checks of scripts/check find it in a copy.
# Boots no virtual machine.

. "${0%/*}/lib/host.sh"

packages_need git reuse
scratch

# copy: a new copy of what the checks read.
copy() {
	rm -rf "$scratch_dir/tree"
	mkdir "$scratch_dir/tree"
	(cd "$root" && cp -rP --parents LICENSE LICENSES .reuse docs fifo include producer tools "$scratch_dir/tree")
	find "$scratch_dir/tree" '(' -name '*.[oa]' -o -name '*.mod*' -o -name '.*.cmd' ')' -delete
	rm -rf "$scratch_dir/tree/tools/build"
	git init -q "$scratch_dir/tree"
}

# finds CHECK FILE SED WANT: the check names what an edit of this file breaks, and no more.
finds() {
	local said name="$1: ${4%%$'\n'*}"

	copy
	sed -i -E -e "$3" "$scratch_dir/tree/$2"
	if cmp -s "$root/$2" "$scratch_dir/tree/$2"; then
		fail "$name" "the edit of $2 changes nothing: $3"
	elif said=$("$root/tests/lib/$1" "$scratch_dir/tree" 2>&1); then
		fail "$name" "it found nothing"
	else
		is "$said" "$4" "$name"
	fi
}

copy
is "$("$root/tests/lib/documented" "$scratch_dir/tree" 2>&1; echo $?)" 0 "the pages have everything"

finds documented docs/man/producer.4 '/^\.It Cm cpu$/d' \
	"docs/man/producer.4 lacks cpu, which include/fifo_client.h producer/census.c producer/param.c producer/producer.c has"
finds documented fifo/main.c '1amodule_param_cb(limit, NULL, NULL, 0444);' \
	"docs/man/fifo.4 lacks limit, which fifo/main.c has"
finds documented docs/ABI/testing/sysfs-class-misc-fifo 's,/fifo<N>/got$,&s,' \
	"docs/ABI/testing/sysfs-class-misc-fifo lacks got, which fifo/sysfs.c has"
finds documented docs/man/fifo.4 '/^\.It Sy fifo_wait$/d' \
	"docs/man/fifo.4 lacks fifo_wait, which fifo/trace.h has"
finds documented docs/ABI/testing/tracefs-fifo '/^\t\tresult/d' \
	"docs/ABI/testing/tracefs-fifo lacks result, which fifo/trace.h has"
finds documented docs/man/fifo.4 '/^\.It Dv FIFO_IOC_KICK$/d' \
	"docs/man/fifo.4 lacks FIFO_IOC_KICK, which include/uapi/fifo.h has"
finds documented docs/ABI/testing/debugfs-fifo '0,/^Contact:/{/^Contact:/d}' \
	"docs/ABI/testing/debugfs-fifo: an entry lacks a tag, or has them in another order"
finds documented docs/man/libfifo.3 's/^\.Fn fifo_size "/.Fn fifo_length "/' \
	"docs/man/libfifo.3 lacks fifo_size, which tools/lib/libfifo.map has"
finds documented docs/man/fifoctl.1 's/Fl -count/Fl -number/' \
	"docs/man/fifoctl.1 lacks count, which $(cd "$root" && echo tools/fifoctl/*.c) has"
finds documented fifo/sysfs.c 's/dev_attr_/attribute_/' \
	"$(printf 'fifo/sysfs.c: nothing matches %s\n' '&dev_attr_\K\w+' '&dev_attr_\K\w+')"
finds documented tools/lib/libfifo.h '0,/^ \* Context: Any thread\.$/{/^ \* Context: /d}' \
	"tools/lib/libfifo.h: fifo_open() lacks Context:"
finds documented fifo/port.c '0,/^ \* Return:/{s/^ \* Return:/ * Result:/}' \
	"fifo/port.c: fifo_attach() lacks Return:"
finds documented fifo/port.c 's/^ \* fifo_detach\(\) -/ * fifo_leave() -/' \
	"fifo/port.c: fifo_detach() lacks kernel-doc"

copy
is "$("$root/tests/lib/licences" "$scratch_dir/tree" 2>&1; echo $?)" 0 "each file has its licence"
finds licences fifo/port.c 1d "fifo/port.c: does not begin with the licence GPL-2.0"
finds licences tools/lib/libfifo.h '1s/MIT OR //' \
	"tools/lib/libfifo.h: does not begin with the licence MIT OR LGPL-2.1-or-later"
