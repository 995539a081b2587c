# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# What a wake-up takes on this machine's processors, for each engine: scripts/bench waking.
# Modules never run on this machine: User-Mode Linux runs them, which is a program of it, and
# whose processors are threads of it.
# shellcheck disable=SC2154 # shared with scripts/lib

waking_main() {
	local rounds=101 complaints

	while (($#)); do
		case $1 in
		--rounds) rounds=${2:?--rounds needs a value} && shift ;;
		--help | -h) usage && exit ;;
		*) die "unknown option $1 of waking (--help lists them)" ;;
		esac
		shift
	done
	if [[ ! $rounds =~ ^[1-9][0-9]{1,2}$ ]] || ((rounds < 15)); then
		die "--rounds $rounds: must be a whole number from 15 to 999"
	fi
	need_x86 "the figures are"
	(($(nproc) > 1)) || die "waking needs two processors, this machine has one"
	build_options+=(WAKE=1)
	setup_vm smp
	session_new wake
	echo "$rounds" >"$session_overlay/guest/arguments"
	waking_boot >"$session_dir/samples"
	complaints=$(session_complaints)
	[[ ! $complaints ]] || session_verdict "$complaints" ''
	printf '%s, %d processors; User-Mode Linux %s; items of 64 bytes, queues of 1024\n\n' \
		"$(sed -n 's/^model name[[:space:]]*: //p;T;q' /proc/cpuinfo)" "$(nproc)" "$kernel_release"
	tr -d '\r' <"$session_dir/samples" | waking_judge
}

# As root in real time, so that what else runs here does not delay it.
waking_boot() {
	((EUID)) || chrt --fifo --pid 1 $$ || say "This is no real-time process: what else runs here delays it"
	session_run 600 --cpus 2 </dev/null
	((EUID)) || chrt --other --pid 0 $$
}

# waking_judge <SAMPLES
waking_judge() {
	awk -f "$root/bench/numbers.awk" -f "$root/bench/wake/judge.awk"
}
