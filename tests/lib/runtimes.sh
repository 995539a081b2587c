# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# The players of tests/runtimes/, with Debian's compilers and runtimes, which are unpacked, not
# installed. Comes after tests/lib/observer.sh.
# shellcheck disable=SC2034,SC2154 # shared with scripts/lib and observer.sh

runtimes_release=trixie
runtimes_dir=$root/build/runtimes

# runtimes_compile NAME SOURCE COMMAND…: in runtimes_root, unless what it made is newer.
runtimes_compile() {
	local made=$runtimes_dir/$1 source=$root/tests/runtimes/$2

	[[ ! $made -nt $source ]] || return 0
	say "Compiling tests/runtimes/$2"
	mkdir -p "$runtimes_dir"
	slowly into "$made.log" root_run "$runtimes_root" "${@:3}" "$source" ||
		die "the build failed: $(tail -n 20 "$made.log")"
	# A directory is as old as its list of names.
	packages_as_root touch "$made"
}

# runtimes_extract NAME PACKAGES COST: what compiles. Sets runtimes_root.
runtimes_extract() {
	runtimes_root=$root_cache/runtimes-$1-$(root_digest "$2")
	root_extract "${runtimes_root##*/}" "$runtimes_release" "base-files,coreutils,$2" "$3" || die "$2 is not to be had"
}

# 188 needs the compiler alone, 191 the rest, too.
runtimes_extract_rust() {
	runtimes_extract "rust-$runtimes_release" cargo,rustc,gcc,libc6-dev,pkgconf "170 MB, which takes 750 MB"
}

# runtimes_disk NAME: a machine with what runs: sets FIFO_VM and observer_disk.
runtimes_disk() {
	observer_name=runtimes-$1
	case $1 in
	python) observer_packages=python3 observer_cost="25 MB, which takes 90 MB" ;;
	node) observer_packages=nodejs observer_cost="40 MB, which takes 160 MB" ;;
	java) observer_packages=default-jre-headless observer_cost="60 MB, which takes 220 MB" ;;
	esac
	observer_prepare "$runtimes_release" stock
}

# The C++ compiler is this machine's, as that of the other programs of guests.
runtimes_prepare_cpp() {
	packages_need g++
	mkdir -p "$runtimes_dir"
	[[ $runtimes_dir/cpp -nt $root/tests/runtimes/player.cc ]] ||
		g++ -std=gnu++17 -static -s -O2 -Wall -Wextra -Werror -o "$runtimes_dir/cpp" "$root/tests/runtimes/player.cc" ||
		die "the build of $runtimes_dir/cpp failed"
}

runtimes_prepare_go() {
	runtimes_extract go golang-go "60 MB, which takes 330 MB"
	runtimes_compile go player.go env HOME=/tmp CGO_ENABLED=0 go build -o "$runtimes_dir/go"
}

runtimes_prepare_rust() {
	runtimes_extract_rust
	runtimes_compile rust player.rs rustc --edition 2021 -O -D warnings -C linker=gcc \
		-C target-feature=+crt-static -C strip=symbols -o "$runtimes_dir/rust"
}

runtimes_prepare_java() {
	runtimes_extract java default-jdk-headless "120 MB, which takes 360 MB"
	runtimes_compile java Player.java /usr/lib/jvm/default-java/bin/javac -Xlint:all -Werror -d "$runtimes_dir/java"
}
