#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# What make builds, prints, installs and cleans. Boots no virtual machine: uses a copy
# of the sources, and the kernel headers of this machine.

. "${0%/*}/lib/host.sh"

unset MAKEFLAGS MAKELEVEL KDIR RUNNING NEWEST PRODUCERS CONSUMERS SAMPLES INSTALL_MOD_PATH TESTS
guest_prepare_vm
kernel_dir=$(dirname "$(readlink "$FIFO_VM/vmlinuz")")
kernel_release=$(basename "$kernel_dir")
kdir=$(build_kdir)
release=$(sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' "$kernel_dir/build/include/generated/utsrelease.h")
scratch=$test_logs/$test_name
tree=$scratch/tree
output=$scratch/output
rm -rf "$scratch"
mkdir -p "$tree"

sources() {
	find fifo producer consumer samples include Makefile Kbuild VERSION -type f \
		'(' -name '*.[ch]' ! -name '*.mod.c' -o -name Kbuild -o -name Makefile -o -name VERSION ')'
}

everything() {
	(cd "$tree" && find . -mindepth 1 | sort)
}

# run ARGUMENT…: make in the copy; sets output and status.
run() {
	status=0
	touch "$scratch/stamp"
	build_there make -C "$tree" -j "$(nproc)" --no-print-directory "$@" >"$output" 2>&1 || status=$?
}

# made NAME…: the last run succeeded, without a warning about the sources, and built these
# modules.
made() {
	local name

	if ((status)) || build_warnings "$output"; then
		return 1
	fi
	for name; do
		[[ -s $tree/${name%%_*}/$name.ko ]] || return
	done
}

# unchanged: the last run wrote no file.
unchanged() {
	((status == 0)) && [[ -z $(find "$tree" -type f -newer "$scratch/stamp") ]]
}

# rebuilt NAME: the last run made this module again.
rebuilt() {
	[[ $tree/${1%%_*}/$1.ko -nt $scratch/stamp ]]
}

# ok DESCRIPTION COMMAND…: on a failure shows what make printed.
ok() {
	if "${@:2}" >/dev/null; then
		pass "$1"
	else
		fail "$1" "status: $status" "$(tail -n 20 "$output")"
	fi
}

said() {
	grep -qE -e "$1" "$output"
}

(cd "$root" && sources | cpio -pdm --quiet "$tree")
before=$(everything)

# --- building ----------------------------------------------------------------

run KDIR="$kdir"
ok "make KDIR=… builds the three modules" made fifo producer consumer
is "$(cd "$tree" && find . -name '*.ko' | sort | tr '\n' ' ')" "./consumer/consumer.ko ./fifo/fifo.ko ./producer/producer.ko " "and no others"
is "$(modinfo -F vermagic "$tree/fifo/fifo.ko" | cut -d ' ' -f 1)" "$release" "for that kernel"
is "$(modinfo -F depends "$tree/producer/producer.ko")/$(modinfo -F depends "$tree/consumer/consumer.ko")" fifo/fifo "both clients depend on fifo"
for module in fifo producer consumer; do
	ko=$tree/$module/$module.ko
	is "$(modinfo -F license "$ko")" GPL "modinfo $module has the license"
	ok "the author" grep -q . <(modinfo -F author "$ko")
	ok "a description" grep -q . <(modinfo -F description "$ko")
	is "$(modinfo -F parm "$ko" | grep -vE '^[a-z]+:.*\(default.*\)$')" "" "and the default of each parameter"
done
run KDIR="$kdir"
ok "make again does nothing" unchanged

run KDIR="$kdir" PRODUCERS="video audio" CONSUMERS=disk
ok "named copies are built" made producer_video producer_audio consumer_disk
is "$(modinfo -F name "$tree/producer/producer_video.ko")" producer_video "under their own names"
is "$(find "$tree" -name '*_video.c' -o -name '*_disk.c')" "" "from the same source"
run KDIR="$kdir" PRODUCERS="video audio" CONSUMERS=disk
ok "make again does nothing to copies either" unchanged
touch "$tree/producer/producer.c"
run KDIR="$kdir" PRODUCERS="video audio" CONSUMERS=disk
ok "a changed source rebuilds the module" rebuilt producer
ok "and its copies" rebuilt producer_audio
ok "and not the others" eval '! rebuilt consumer_disk'
touch "$tree/include/fifo_client.h"
run KDIR="$kdir" PRODUCERS="video audio" CONSUMERS=disk
ok "a changed header rebuilds those who use it" rebuilt consumer_disk

run KDIR="$kdir" SAMPLES=1
ok "samples are built on demand" made fifo producer consumer
ok "and are there" test -s "$tree/samples/ping/ping.ko"

# --- which kernel ------------------------------------------------------------

run KDIR=/nonexistent
ok "a KDIR that is none fails" [ "$status" != 0 ]
ok "and says so" said '^KDIR=/nonexistent: not the build directory of a kernel$'

run RUNNING=1.2.3-none NEWEST="$kdir"
ok "without headers for the running kernel the newest are used" made fifo producer consumer
ok "make says what is missing" said '^There are no headers for the running kernel, 1\.2\.3-none\.$'
ok "which package it is in" said 'sudo apt install linux-headers-1\.2\.3-none$'
ok "and what it does instead" said "^Building for ${kdir//+/\\+} instead\.\$"
run RUNNING=1.2.3-none NEWEST=
ok "without any headers make fails" [ "$status" != 0 ]
ok "and names the package" said 'sudo apt install linux-headers-1\.2\.3-none$'

# --- installing --------------------------------------------------------------

# A kernel that compresses its modules has these compressed too.

installed=$scratch/root/lib/modules/$release
run install KDIR="$kdir" INSTALL_MOD_PATH="$scratch/root"
ok "make install" [ "$status" = 0 ]
is "$(find "$installed" -name '*.ko*' -exec basename -a {} + | sed 's/\.xz$//' | sort | tr '\n' ' ')" "consumer.ko fifo.ko producer.ko " "installs the modules"
ok "modprobe will find what producer needs" grep -qE '(^|/)producer\.ko(\.xz)?: ([^ ]*/)?fifo\.ko(\.xz)?$' "$installed/modules.dep"
ok "and what consumer needs" grep -qE '(^|/)consumer\.ko(\.xz)?: ([^ ]*/)?fifo\.ko(\.xz)?$' "$installed/modules.dep"
run install KDIR="$kdir" INSTALL_MOD_PATH=installed PRODUCERS=video
ok "make install into a relative path" [ "$status" = 0 ]
ok "puts it there" compgen -G "$tree/installed/lib/modules/$release/*/producer/producer_video.ko*"
rm -rf "$tree/installed" "$kernel_dir/build/installed"

# --- without a word about the kernel ---------------------------------------

run
if build_there test -e "/lib/modules/$(uname -r)/build/Makefile"; then
	ok "make builds for the running kernel" made fifo producer consumer
	is "$(modinfo -F vermagic "$tree/fifo/fifo.ko" | cut -d ' ' -f 1)" "$(uname -r)" "for that one"
elif build_there sh -c 'ls /lib/modules/*/build/Makefile' >/dev/null 2>&1; then
	ok "make builds for another kernel" made fifo producer consumer
	ok "and says so" said '^Building for /lib/modules/.*/build instead\.$'
else
	ok "make fails" [ "$status" != 0 ]
	ok "and names the package" said "sudo apt install linux-headers-$(uname -r)\$"
fi

# --- cleaning ----------------------------------------------------------------

run clean
ok "make clean" [ "$status" = 0 ]
is "$(diff <(echo "$before") <(everything))" "" "leaves the tree as it was"
run clean RUNNING=1.2.3-none NEWEST=
ok "needs no headers" [ "$status" = 0 ]
run help
ok "make help says what there is" said 'make install'
((test_failed)) || rm -r "$tree"
