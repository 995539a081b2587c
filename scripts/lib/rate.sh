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
	need_x86 "the figures are"
	command -v gnuplot >/dev/null || packages_need gnuplot-nox
	setup_vm "$kernel"
	session_new rate
	session_add tick
	session_run 600 --counted yes --cpus 1 --append nokaslr </dev/null >"$session_dir/rates"
	tr -d '\r' <"$session_dir/rates" >"$root/build/rate.txt"
	cat "$root/build/rate.txt"
	complaints=$(session_complaints)
	[[ $complaints ]] ||
		gnuplot -e "data='$root/build/rate.txt'; picture='$root/build/rate.svg'" "$root/bench/plots/rate.gp"
	session_verdict "$complaints" "build/rate.svg shows it."
}
