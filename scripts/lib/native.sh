# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# What an item costs on this machine's processors, beside other queues: scripts/bench native.

native_dir=$root/build/native
native_source=$root/bench/native
native_packages=(gcc g++ libc6-dev libboost-dev libconcurrentqueue-dev liburcu-dev)
native_dpdk=libdpdk-dev

native_main() {
	local rounds=41 plot=''

	while (($#)); do
		case $1 in
		--rounds) rounds=${2:?--rounds needs a value} && shift ;;
		--plot) plot=yes ;;
		--help | -h) usage && exit ;;
		*) die "unknown option $1 of native (--help lists them)" ;;
		esac
		shift
	done
	if [[ ! $rounds =~ ^[1-9][0-9]?$ ]] || ((rounds < 15)); then
		die "--rounds $rounds: must be a whole number from 15 to 99"
	fi
	need_x86 "the measured queues are built"
	native_prepare
	native_measure "$rounds"
	[[ ! $plot ]] || native_plot
}

native_prepare() {
	[[ ! $plot ]] || command -v gnuplot >/dev/null || native_packages+=(gnuplot-nox)
	packages_need "${native_packages[@]}"
	mkdir -p "$native_dir"
	lock "$native_dir/lock"
	native_need_dpdk
	say "Building the queues"
	native_build
}

# Its headers are all that is needed. Its dependencies are two hundred packages.
native_need_dpdk() {
	local version

	packages_known "$native_dpdk" || die "the archive has no $native_dpdk"
	version=$(packages_field "$native_dpdk" Version)
	[[ ! -e $native_dir/dpdk/$version ]] || return 0
	say "Unpacking $native_dpdk in $native_dir/dpdk: $(($(packages_field "$native_dpdk" Size) >> 20)) MB to download"
	rm -rf "$native_dir/dpdk"
	packages_extract "$native_dpdk" "$native_dir/dpdk"
	touch "$native_dir/dpdk/$version"
}

# --- the build ---------------------------------------------------------------

# What the engines include of the kernel is empty: bench/native/kernel.h has it all. User space
# has some of it itself.
native_headers() {
	local header

	rm -rf "$native_dir/include"
	while IFS= read -r header; do
		mkdir -p "$native_dir/include/${header%/*}"
		: >"$native_dir/include/$header"
	done < <(cd "$root" && grep -hoE '^#include <[^>]*>' fifo/*.[ch] fifo/engine/*.[ch] include/fifo.h |
		sed 's/.*<\(.*\)>/\1/' | grep -vxE 'linux/(types|ioctl|limits|errno|stddef)\.h')
}

# native_compile COMPILER SOURCE [OPTION]…
native_compile() {
	local object

	object=$native_dir/$(basename "$2").o
	"$1" -O2 -pthread -Wall -Wextra -Werror -I "$native_source" "${@:3}" -c -o "$object" "$2" ||
		die "the build of ${2#"$root/"} failed"
	native_objects+=("$object")
}

# As the kernel compiles them, whose own code must not use vector registers.
native_build_engines() {
	local source

	for source in fifo/{transfer,queue,item,histogram,sojourn,got}.c fifo/engine/*.c bench/native/engines.c; do
		native_compile gcc "$root/$source" -std=gnu11 -fwrapv -fno-strict-aliasing \
			-mgeneral-regs-only -Wno-unused-parameter -include "$native_source/kernel.h" \
			-I "$native_dir/include" -I "$root/fifo" -I "$root/include"
	done
}

native_build() {
	local dpdk=$native_dir/dpdk/usr/include source
	local -a native_objects=()

	cd "$root"
	native_headers
	native_build_engines
	for source in main run turns locked urcu; do
		native_compile gcc "$native_source/$source.c" -std=gnu11 -fwrapv
	done
	native_compile gcc "$native_source/dpdk.c" -std=gnu11 -march=corei7 -include rte_config.h \
		-isystem "$dpdk/x86_64-linux-gnu/dpdk" -isystem "$dpdk/dpdk"
	for source in boost moodycamel; do
		native_compile g++ "$native_source/$source.cc" -std=gnu++20
	done
	g++ -pthread -o "$native_dir/native" "${native_objects[@]}" \
		-lurcu-memb -lurcu-cds -lurcu-common || die "the queues do not link"
}

# --- what is measured ----------------------------------------------------------

native_versions() {
	dpkg-query -W -f 'version ${Package} ${Version}\n' "${native_packages[@]}"
	printf 'version %s %s\n' "$native_dpdk" "$(packages_field "$native_dpdk" Version)"
}

# native_measure ROUNDS: prints the tables.
native_measure() {
	say "Measuring $1 rounds, a second or two each"
	{
		native_versions
		slowly "$native_dir/native" "$1" 20000 || die "what was measured is wrong"
	} >"$native_dir/samples"
	printf '%s, %d processors; items of 64 bytes, queues of 1024\n\n' \
		"$(sed -n 's/^model name[[:space:]]*: //p;T;q' /proc/cpuinfo)" "$(nproc)"
	native_judge "$native_dir/samples"
}

# native_judge SAMPLES
native_judge() {
	awk -v data="$native_dir/native.dat" -f "$root/bench/numbers.awk" -f "$native_source/judge.awk" "$1"
}

native_plot() {
	gnuplot -e "data='$native_dir/native.dat'; picture='$native_dir/native.svg'" \
		"$root/bench/plots/native.gp" || die "gnuplot failed"
	say "The figures are in $native_dir/native.dat, the plot in $native_dir/native.svg"
}
