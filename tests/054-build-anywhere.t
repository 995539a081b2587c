#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The modules build the way that Yocto and buildroot build modules, by hand with the kernel's
# make alone, and from sources that cannot be written to. make sign signs them. Nothing looks
# at this machine's own modules. Boots no virtual machine.

. "${0%/*}/lib/host.sh"

unset MAKEFLAGS MAKELEVEL KDIR KERNEL_SRC BUILD O MO DEPMOD MODLIB INSTALL_MOD_PATH PRODUCERS CONSUMERS SAMPLES TESTS
guest_prepare_vm
kernel_dir=$(dirname "$(readlink "$FIFO_VM/vmlinuz")")
kernel_release=$(basename "$kernel_dir")
[[ ! -e $kernel_dir/root ]] || skip_all "needs a kernel whose modules are built on this machine: use --kernel stock"
objects=$(realpath "$kernel_dir/build")
source=$(sed -n 's,^include \(/.*\)/Makefile$,\1,p' "$objects/Makefile")
packages_need strace openssl
scratch
chmod 755 "$scratch_dir"
tree=$scratch_dir/tree
built=$scratch_dir/built
image=$scratch_dir/image
mkdir "$tree" "$built" "$image"
(cd "$root" && cp -r Makefile Kbuild VERSION fifo producer consumer samples include packaging "$tree/")

# Where the objects are apart from the sources, as with Debian's packages and Yocto, make is
# told both.
kernel=(KERNEL_SRC="$objects")
[[ ! $source ]] || kernel=(KERNEL_SRC="$source" O="$objects")

# A user that cannot write to root's files.
with=()
if ((EUID == 0)); then
	with=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	chown 65534:65534 "$built" "$image"
fi
chmod -R a+rX,a-w "$tree"

# run DESCRIPTION COMMAND…: on a failure shows what it printed.
run() {
	local status=0

	"${with[@]}" "${@:2}" >"$scratch_dir/log" 2>&1 || status=$?
	if ((status == 0)) && ! grep -qE '\.[ch]:[0-9]+:.* warning:' "$scratch_dir/log"; then
		pass "$1"
	else
		fail "$1" "status: $status" "$(tail -n 20 "$scratch_dir/log")"
	fi
}

# modules DIRECTORY: the names of those below it.
modules() {
	find "$1" -name '[a-z]*.ko*' -exec basename -a {} + | sed 's/\.xz$//' | sort | xargs
}

# --- Yocto's way, from sources that cannot be written to ---------------------

run "modules build from sources that cannot be written to" \
	make -C "$tree" -j "$(nproc)" "${kernel[@]}" BUILD="$built" KCFLAGS=-g0 modules
is "$(modules "$built")" "consumer.ko fifo.ko producer.ko" "and are where BUILD says"
is "$(find "$tree" -name '*.o' -o -name '*.ko' -o -name '.*.cmd')" "" "and nothing is beside the sources"
traced=("${with[@]}" strace -f -qq -o "$image/trace" -e 'trace=%file')
with=()
run "they install into MODLIB" "${traced[@]}" \
	make -C "$tree" "${kernel[@]}" BUILD="$built" DEPMOD=echo MODLIB="$image/modules" modules_install
is "$(modules "$image/modules")" "consumer.ko fifo.ko producer.ko" "all three"
is "$(grep -E '"/(usr/)?lib/modules' "$image/trace" | grep -vF "\"$objects" | head -n 5)" "" "without a look at this machine's modules"

# --- by hand, as buildroot ---------------------------------------------------

chmod -R u+w "$tree"
run "the kernel's make alone builds them" make -C "$objects" M="$tree" PWD="$tree" -j "$(nproc)" KCFLAGS=-g0 modules
is "$(modules "$tree")" "consumer.ko fifo.ko producer.ko" "all three"
run "and installs them" make -C "$objects" M="$tree" INSTALL_MOD_PATH="$image/target" DEPMOD=true modules_install
is "$(modules "$image/target")" "consumer.ko fifo.ko producer.ko" "into INSTALL_MOD_PATH"
run "make goes on from there" make -C "$tree" KDIR="$objects" KCFLAGS=-g0

# --- signed ------------------------------------------------------------------

if [[ -x $objects/scripts/sign-file ]]; then
	openssl req -new -x509 -newkey rsa:2048 -nodes -days 1 -subj "/CN=fifo test" -outform DER \
		-keyout "$scratch_dir/key" -out "$scratch_dir/cert" 2>/dev/null
	run "make sign signs them" make -C "$tree" KDIR="$objects" KCFLAGS=-g0 sign KEY="$scratch_dir/key" CERT="$scratch_dir/cert"
	is "$(find "$tree" -name '*.ko' -exec modinfo -F signer {} ';' | sort | uniq -c | xargs)" "3 fifo test" "with that key"
	size=$(stat -c %s "$tree/fifo/fifo.ko")
	run "make sign again" make -C "$tree" KDIR="$objects" KCFLAGS=-g0 sign KEY="$scratch_dir/key" CERT="$scratch_dir/cert"
	is "$(stat -c %s "$tree/fifo/fifo.ko")" "$size" "leaves them as they are"
	run "make install keeps the signature" make -C "$tree" KDIR="$objects" KCFLAGS=-g0 install INSTALL_MOD_PATH="$image/signed"
	is "$(find "$image/signed" -name 'fifo.ko*' -exec modinfo -F signer {} ';')" "fifo test" "of what it installs"
else
	skip "the headers of $kernel_release have no scripts/sign-file"
fi
