#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# make names the reason if it cannot build (a space in the path, a kernel built by
# clang), and leaves depmod to others if it installs for another machine. Boots no
# virtual machine: uses a made-up build directory.

. "${0%/*}/lib/host.sh"

unset MAKEFLAGS MAKELEVEL KDIR CC LLVM O DEPMOD MODLIB INSTALL_MOD_PATH
scratch
source=$scratch_dir/source
objects=$scratch_dir/objects
mkdir -p "$source" "$objects/include/generated" "$scratch_dir/my clean"

# Prints its arguments.
cat >"$source/Makefile" <<'EOT'
.PHONY: modules modules_install clean
modules modules_install clean:
	@echo kernel: $@
EOT
cp "$source/Makefile" "$objects/"
echo '#define UTS_RELEASE "1.2.3-test"' >"$objects/include/generated/utsrelease.h"
touch "$objects/.config"

# run DIRECTORY ARGUMENT…: make there; sets status and said.
run() {
	status=0
	said=$(make -s --no-print-directory -C "$@" 2>&1 | grep -v '^make' | xargs -d '\n') || status=$?
}

cp "$root"/{Makefile,Kbuild,VERSION} "$scratch_dir/my clean/"
run "$scratch_dir/my clean" KDIR="$objects"
is "$said" "The kernel's build system takes no space in a path: $scratch_dir/my clean" \
	"a path with a space is refused, and the kernel's build system not called"
(cd "$root" && cp -r --parents scripts vm "$scratch_dir/my clean/")
is "$(env -u FIFO_VM "$scratch_dir/my clean/scripts/demo" 2>&1 | tail -n 1)" \
	"demo: the kernel's build system takes no space in a path: $scratch_dir/my clean" "by the scripts, too"

echo CONFIG_CC_IS_CLANG=y >"$objects/.config"
run "$root" modules KDIR="$objects"
is "$said" "clang has built the kernel of $objects: make LLVM=1" "a kernel that clang has built wants LLVM=1"
run "$root" modules KDIR="$source" O="$objects"
is "$said" "clang has built the kernel of $objects: make LLVM=1" "where its objects are apart from its sources, too"
run "$root" modules KDIR="$objects" LLVM=1
is "$said" "kernel: modules" "and is built for with it"
run "$root" modules KDIR="$objects" CC=clang
is "$said" "kernel: modules" "or with a compiler that is named"
: >"$objects/.config"

run "$root" modules_install KDIR="$source" O="$objects" DEPMOD='echo depmod:' INSTALL_MOD_PATH="$scratch_dir/image"
is "$said" "kernel: modules kernel: modules_install depmod: -b $scratch_dir/image 1.2.3-test" "depmod is the one that is named, for the release of the objects"
run "$root" modules_install KDIR="$source" O="$objects" DEPMOD='echo depmod:' MODLIB="$scratch_dir/image/lib/modules/1.2.3-test"
is "$said" "kernel: modules kernel: modules_install" "none is run where MODLIB names a tree of another machine"
run "$root" modules_install KDIR="$source" DEPMOD='echo depmod:'
is "${said##*: }" "*** no utsrelease.h in $source/include/generated.  Stop." "nor for the running kernel where the release is not known"
