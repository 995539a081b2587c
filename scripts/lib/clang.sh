# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Debian's kernels as if clang had built them: scripts/matrix --llvm. Debian has no such
# kernel. A copy of the headers is given the configuration that clang would have got.

clang_packages=(clang lld llvm)

# What clang may not know, as an option of the kernel and the flag that it adds.
clang_options=(
	RETHUNK=-mfunction-return=thunk-extern
	MITIGATION_RETHUNK=-mfunction-return=thunk-extern
	SLS=-mharden-sls=all
	MITIGATION_SLS=-mharden-sls=all
	INIT_STACK_ALL_ZERO=-ftrivial-auto-var-init=zero
	FTRACE_MCOUNT_USE_CC=-mrecord-mcount
	UBSAN_BOUNDS_STRICT=-fsanitize=bounds-strict
	CC_HAS_MIN_FUNCTION_ALIGNMENT=-fmin-function-alignment=16
	STACKPROTECTOR=-mstack-protector-guard-reg=fs
	STACKPROTECTOR_STRONG=-mstack-protector-guard-reg=fs
)

# clang_prepare: after kernel_prepare, for a kernel of another Debian release. Sets kernel_dir
# to one whose build directory is clang's.
clang_prepare() {
	local from word=${kernel_dir%/*} copy=/usr/src/llvm-$kernel_release

	[[ -e $kernel_dir/root ]] || die "--llvm takes only ${root_words[*]}"
	from=$(build_kdir)
	clang_install
	clang_run "$(declare -f clang_copy clang_turn)"'; clang_copy "$@"' \
		"$from" "$copy" "${clang_options[@]}" || die "the headers of $kernel_release could not be made clang's"
	mkdir -p "$word/llvm/$kernel_release"
	ln -sfn "$kernel_dir/root" "$word/llvm/$kernel_release/root"
	ln -sfn "root$copy" "$word/llvm/$kernel_release/build"
	kernel_dir=$word/llvm/$kernel_release
}

# The release's own.
clang_install() {
	local log=$kernel_dir/../clang.log scratch=${kernel_dir%/*}

	! clang_run 'command -v clang ld.lld llvm-ar' >/dev/null || return 0
	say "Installing ${clang_packages[*]} in $scratch/root (1 GB)"
	slowly into "$log" root_install "${clang_packages[@]}" ||
		die "they could not be installed: $(tail -n 5 "$log")"
}

# clang_run SCRIPT ARGUMENT…: in the root.
clang_run() {
	root_run "$kernel_dir/root" bash -ec "$1" - "${@:2}"
}

# clang_copy FROM TO OPTION=FLAG…: in the root, a build directory that is made clang's.
clang_copy() {
	local link

	rm -rf "$2"
	cp -a "$1" "$2"
	for link in scripts tools; do
		[[ ! -L $1/$link ]] || ln -sfn "$(realpath "$1/$link")" "$2/$link"
	done
	# Debian's names gcc.
	[[ ! -e $2/.kernelvariables ]] || sed -i '/^CC = /d' "$2/.kernelvariables"
	sed -i "s,$1\>,$2," "$2/Makefile"
	cd "$2"
	clang_turn "${@:3}"
}

# clang_turn OPTION=FLAG…: in .config, and in what make and C read of it.
clang_turn() {
	local option gone='AS_IS_GNU|GCC[0-9]*_(ASM|NO)[A-Z_]*|CC_NO_ARRAY_BOUNDS|USE_X86_SEG_SUPPORT' version

	for option; do
		clang -Werror "${option#*=}" -c -x c /dev/null -o /dev/null 2>/dev/null || gone+="|${option%%=*}"
	done
	version=$(clang -dumpversion | awk -F . '{ print $1 * 10000 + $2 * 100 + $3 }')
	sed -Ei "s/^(#define )?CONFIG_CC_IS_GCC\>/\1CONFIG_CC_IS_CLANG/
		s/^(#define )?CONFIG_LD_IS_BFD\>/\1CONFIG_LD_IS_LLD/
		s/^((#define )?CONFIG_(CLANG|LLD)_VERSION[ =]).*/\1$version/
		s/^((#define )?CONFIG_GCC_VERSION[ =]).*/\10/
		s/(-Wimplicit-fallthrough)=5/\1/
		/^(#define )?CONFIG_($gone)[ =]/d" .config include/config/auto.conf include/generated/autoconf.h
}
