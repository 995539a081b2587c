#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# make names the reason if it cannot build (a space in the path, no clang, another
# architecture, sources that cannot be written to, no headers, no key), takes the compiler that
# has built the kernel, and leaves depmod to others if it installs for another machine. Boots no
# virtual machine: uses a made-up build directory.

. "${0%/*}/lib/host.sh"

unset MAKEFLAGS MAKELEVEL KDIR KERNEL_SRC BUILD CC LLVM ARCH CROSS_COMPILE O MO DEPMOD MODLIB INSTALL_MOD_PATH
scratch
source=$scratch_dir/source
objects=$scratch_dir/objects
mkdir -p "$source" "$objects/include/generated" "$scratch_dir/my clean"

# Prints its arguments, and the compiler if one is named.
cat >"$source/Makefile" <<'EOT'
.PHONY: modules modules_install clean
modules modules_install clean:
	@echo kernel: $@ $(if $(filter command%,$(origin LLVM)),LLVM=$(LLVM)) \
		$(if $(filter command%,$(origin CC)),CC=$(CC))
EOT
cp "$source/Makefile" "$objects/"
echo '#define UTS_RELEASE "1.2.3-test"' >"$objects/include/generated/utsrelease.h"
touch "$objects/.config"

# What this machine may lack.
mkdir "$scratch_dir/bin"
for program in clang ld.lld llvm-ar; do
	ln -s /bin/true "$scratch_dir/bin/$program"
done
PATH=$scratch_dir/bin:$PATH

# Runs make as a user that cannot write to root's files.
if ((EUID == 0)); then
	as_user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
else
	as_user=()
fi

# run DIRECTORY ARGUMENT…: make there; sets status and said.
run() {
	status=0
	said=$("${with[@]}" make -s --no-print-directory -C "$@" 2>&1 | grep -v '^make' | xargs -d '\n') || status=$?
}

with=()
cp "$root"/{Makefile,Kbuild,VERSION} "$scratch_dir/my clean/"
run "$scratch_dir/my clean" KDIR="$objects"
is "$said" "The kernel's build system takes no space in a path: $scratch_dir/my clean" \
	"a path with a space is refused, and the kernel's build system not called"
ln -s "$objects" "$scratch_dir/my kernel"
run "$root" KDIR="$scratch_dir/my kernel"
is "$said" "The kernel's build system takes no space in a path: $scratch_dir/my kernel" "one to the kernel is refused, too"
run "$root" KDIR="$objects" BUILD="$scratch_dir/my build"
is "$said" "The kernel's build system takes no space in a path: $scratch_dir/my build" "and one to what is built"
(cd "$root" && cp -r --parents scripts vm "$scratch_dir/my clean/")
is "$(env -u FIFO_VM "$scratch_dir/my clean/scripts/demo" 2>&1 | tail -n 1)" \
	"demo: the kernel's build system takes no space in a path: $scratch_dir/my clean" "by the scripts, too"

# --- which compiler ----------------------------------------------------------

printf 'CONFIG_%s=y\n' CC_IS_CLANG LD_IS_LLD >"$objects/.config"
run "$root" modules KDIR="$objects"
is "$said" "kernel: modules LLVM=1" "clang and lld build for a kernel that they have built"
run "$root" modules KDIR="$source" O="$objects"
is "$said" "kernel: modules LLVM=1" "where its objects are apart from its sources, too"
run "$root" modules KDIR="$objects" LLVM=-19
is "$said" "kernel: modules LLVM=-19" "or the version that is named"
run "$root" modules KDIR="$objects" CC=clang-19
is "$said" "kernel: modules CC=clang-19" "or the compiler that is named"
with=(env CC=gcc)
run "$root" modules KDIR="$objects"
is "$said" "kernel: modules LLVM=1" "CC in the environment names none: the kernel's build system ignores it"
with=()
run "$root" modules_install KDIR="$objects" MODLIB="$scratch_dir/image"
is "$said" "kernel: modules LLVM=1 kernel: modules_install LLVM=1" "when they install, too"
with=(env PATH="$scratch_dir/none")
mkdir "$scratch_dir/none"
for program in make grep sed head xargs uname sh; do
	ln -s "$(command -v "$program")" "$scratch_dir/none/"
done
run "$root" modules KDIR="$objects"
is "$said" "clang has built the kernel of $objects, and there is no clang: install clang, lld and llvm, or name a version that you have: make LLVM=-19" \
	"without clang a line says what to install"
with=()
echo CONFIG_CC_IS_CLANG=y >"$objects/.config"
run "$root" modules KDIR="$objects"
is "$said" "kernel: modules CC=clang" "clang alone builds for a kernel that another linker has linked"
mkdir "$objects/include/config"
mv "$objects/.config" "$objects/include/config/auto.conf"
run "$root" modules KDIR="$objects"
is "$said" "kernel: modules CC=clang" "without .config make reads auto.conf"
rm -r "$objects/include/config"
: >"$objects/.config"
run "$root" modules KDIR="$objects"
is "$said" "kernel: modules" "for a kernel that gcc has built no compiler is named"

# --- for which machine -------------------------------------------------------

case $(uname -m) in
aarch64) other=riscv ;;
*) other=arm64 ;;
esac
printf '#\n# Linux/%s 6.1.0 Kernel Configuration\n' "$other" >"$objects/.config"
run "$root" modules KDIR="$objects"
is "${said/ this machine is * make/ make}" "The kernel of $objects is for $other, make ARCH=$other CROSS_COMPILE=PREFIX-" \
	"a kernel of another architecture wants ARCH and CROSS_COMPILE"
run "$root" modules KDIR="$objects" ARCH="$other" CROSS_COMPILE=other-
is "$said" "kernel: modules" "and is built for with them"
printf '# Linux/%s 6.1.0 Kernel Configuration\n' "$(uname -m)" >"$objects/.config"
run "$root" modules KDIR="$objects"
is "$said" "kernel: modules" "one of this machine's architecture needs neither"
: >"$objects/.config"
run "$root" modules KERNEL_SRC="$source" O="$objects"
is "$said" "kernel: modules" "KERNEL_SRC is another name of KDIR"

# --- where -------------------------------------------------------------------

chmod 755 "$scratch_dir"
mkdir "$scratch_dir/locked"
cp -r "$root"/{Makefile,Kbuild,VERSION,fifo,producer,consumer,samples,include} "$scratch_dir/locked/"
chmod -R a-w "$scratch_dir/locked"
with=("${as_user[@]}")
run "$scratch_dir/locked" modules KDIR="$objects"
is "$said" "$scratch_dir/locked cannot be written to: make BUILD=DIR builds in DIR" "sources that cannot be written to want BUILD"
with=()
run "$root" modules KDIR="$objects" BUILD="$scratch_dir/built"
is "$said $(readlink "$scratch_dir/built/fifo/main.c")" "kernel: modules $root/fifo/main.c" "which has links to them"
chmod -R u+w "$scratch_dir/locked"

# --- headers -----------------------------------------------------------------

run "$root" modules RUNNING=5.15.153.1-microsoft-standard-WSL2 NEWEST=
is "$(grep -oE "WSL's|sudo [a-z]+" <<<"$said" | xargs -d '\n')" "WSL's" "under WSL no package is named, as there is none"
run "$root" modules RUNNING=6.1.0-1-amd64 NEWEST=
is "$(grep -oE "WSL's|sudo [a-z]+" <<<"$said" | xargs -d '\n')" "sudo apt sudo dnf sudo pacman" "elsewhere the distributions' are"

# --- signing -----------------------------------------------------------------

run "$root" sign KDIR="$objects" BUILD="$scratch_dir/built"
is "${said#kernel: modules }" "sign: there is no scripts/sign-file with the kernel's headers" "make sign says that the headers lack sign-file"
install -D /dev/null "$objects/scripts/sign-file"
run "$root" sign KDIR="$objects" BUILD="$scratch_dir/built" KEY=/nonexistent/key
is "${said#kernel: modules }" "sign: cannot read the key /nonexistent/key: name one with KEY=, or see docs/secure-boot.md" "or that there is no key"
run "$root" sign KDIR="$objects" BUILD="$scratch_dir/built" KEY=/dev/null CERT=/nonexistent/cert
is "${said#kernel: modules }" "sign: cannot read the certificate /nonexistent/cert: name one with CERT=, or see docs/secure-boot.md" \
	"or no certificate"

# --- depmod ------------------------------------------------------------------

run "$root" modules_install KDIR="$source" O="$objects" DEPMOD='echo depmod:' INSTALL_MOD_PATH="$scratch_dir/image"
is "$said" "kernel: modules kernel: modules_install depmod: -b $scratch_dir/image 1.2.3-test" "depmod is the one that is named, for the release of the objects"
run "$root" modules_install KDIR="$source" O="$objects" DEPMOD='echo depmod:' MODLIB="$scratch_dir/image/lib/modules/1.2.3-test"
is "$said" "kernel: modules kernel: modules_install" "none is run where MODLIB names a tree of another machine"
run "$root" modules_install KDIR="$source" DEPMOD='echo depmod:'
is "${said##*: }" "*** no utsrelease.h in $source/include/generated.  Stop." "nor for the running kernel where the release is not known"
