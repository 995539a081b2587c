# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# What things cost, in instructions: scripts/bench cost.

cost_file=$root/bench/cost.txt

cost_main() {
	local kernel=stock action=print

	while (($#)); do
		case $1 in
		--kernel) kernel=${2:?--kernel needs a value} && shift ;;
		--update) action=update ;;
		--help | -h) usage && exit ;;
		*) die "unknown option $1 of cost (--help lists them)" ;;
		esac
		shift
	done
	setup_vm "$kernel" tools
	bench_session cost
	"cost_$action"
}

# The figures, under what they were counted with.
cost_print() {
	cost_header
	cost_count
}

cost_update() {
	cost_print >"$session_dir/new"
	cp "$session_dir/new" "$cost_file"
}

cost_header() {
	cat <<-EOT
		# Instructions for each item: scripts/bench cost --update writes this file.
		# kernel: $kernel_release
		# compiler: $(cost_compiler)
	EOT
	printf '%-36s %8s %8s %8s %8s\n' '# items at a time' 1 8 32 64
}

# That which has built the modules.
cost_compiler() {
	readelf -p .comment "$root/build/$kernel_release/play/fifo/fifo.ko" | sed -n 's/.*GCC: //p' | head -n 1
}

# cost_count: boots, and prints what the guest has counted.
cost_count() {
	local complaints

	echo "${FIFO_COST_PARTS:-calls pipelines runs}" >"$session_overlay/guest/arguments"
	session_run 300 --counted yes --cpus 1 --append nokaslr </dev/null >"$session_dir/figures"
	tr -d '\r' <"$session_dir/figures"
	complaints=$(session_complaints)
	[[ ! $complaints ]] || session_verdict "$complaints" ''
}
