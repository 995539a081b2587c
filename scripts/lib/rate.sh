# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Rates that are asked for, and those that come: scripts/bench rate.
# shellcheck disable=SC2154 # shared with scripts/lib

rate_main() {
	local kernel=stock complaints

	while (($#)); do
		case $1 in
		--kernel) kernel=${2:?--kernel needs a value} && shift ;;
		--help | -h) usage && exit ;;
		*) die "$1: rate takes only --kernel" ;;
		esac
		shift
	done
	packages_need gnuplot-nox
	setup_vm "$kernel"
	session_new rate
	session_add tick
	session_run 600 --counted yes --cpus 1 --append nokaslr </dev/null >"$session_dir/rates"
	tr -d '\r' <"$session_dir/rates" >"$root/build/rate.txt"
	cat "$root/build/rate.txt"
	complaints=$(session_complaints)
	[[ $complaints ]] || rate_plot
	session_verdict "$complaints" "build/rate.svg shows it."
}

# What comes, as a multiple of what is asked for.
rate_plot() {
	gnuplot <<-EOT
		set terminal svg size 800,500 background "white"
		set output "$root/build/rate.svg"
		set title "Items a second: got / asked, Linux $kernel_release, an idle processor in virtual time"
		set logscale xy
		set format x "10^{%L}"
		set xlabel "asked, items/s"
		set ylabel "got / asked"
		set yrange [0.01:1000]
		set grid
		set key top left
		set datafile missing "-"
		plot for [i = 2:4] "$root/build/rate.txt" using 1:(column(i) / \$1) with linespoints \
			title word("work kthread timer", i - 1), \
			"" using 1:(\$5 / \$1) with linespoints title "delayed work, HZ / rate ticks"
	EOT
}
