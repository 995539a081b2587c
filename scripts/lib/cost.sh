# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# What things cost, in instructions: scripts/bench cost.
# shellcheck disable=SC2154 # shared with scripts/lib

cost_file=$root/bench/cost.txt
cost_all=(calls ways pipelines runs scale loads memory waking)

cost_main() {
	local kernel=stock action=print figure='' batch
	local -a parts=()

	while (($#)); do
		case $1 in
		--kernel) kernel=${2:?--kernel needs a value} && shift ;;
		--check | --update) action=${1#--} ;;
		--functions) action=functions figure=${2:?--functions needs a value} && shift ;;
		--help | -h) usage && exit ;;
		calls | ways | pipelines | runs | scale | loads | memory | waking) parts+=("$1") ;;
		-*) die "unknown option $1 of cost (--help lists them)" ;;
		*) die "$1: must be calls, ways, pipelines, runs, scale, loads, memory or waking" ;;
		esac
		shift
	done
	[[ $action == print ]] || ((${#parts[@]} == 0)) || die "--$action is about all figures, not about ${parts[*]}"
	((${#parts[@]})) || parts=("${cost_all[@]}")
	[[ ! $figure ]] || cost_choose
	need_x86 "the figures are"
	setup_vm "$kernel" tools
	bench_session cost
	"cost_$action"
}

# Sets figure and batch.
cost_choose() {
	batch=1
	if [[ $figure == *:* ]]; then
		batch=${figure##*:} figure=${figure%:*}
	fi
	[[ $batch =~ ^(1|8|32|64)$ ]] || die "--functions $figure:$batch: batches are of 1, 8, 32 or 64"
	if [[ ! $figure =~ ^(put-|try/|by-hand/|pipeline/|run/) ]] || ! grep -q "^$figure " "$cost_file"; then
		die "--functions $figure: must be a figure of calls, pipelines or runs in bench/cost.txt"
	fi
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

# Boots, and prints what the guest has counted. The part waking comes last, in a boot with two
# processors: these take turns.
cost_count() {
	local -a one=() two=()
	local part

	for part in "${parts[@]}"; do
		if [[ $part == waking ]]; then
			two=(waking)
		else
			one+=("$part")
		fi
	done
	((${#one[@]} == 0)) || cost_count_parts 1 "${one[@]}"
	((${#two[@]} == 0)) || cost_count_parts 2 "${two[@]}"
}

# cost_count_parts PROCESSORS PART…
cost_count_parts() {
	echo "${*:2}" >"$session_overlay/guest/arguments"
	cost_boot --cpus "$1"
	tr -d '\r' <"$session_dir/figures"
}

# cost_boot OPTION VALUE…: leaves what the guest prints in $session_dir/figures.
cost_boot() {
	local complaints

	session_run 1200 --counted yes --append nokaslr "$@" </dev/null >"$session_dir/figures"
	complaints=$(session_complaints)
	[[ ! $complaints ]] && return
	cat "$session_dir/figures" >&2
	session_verdict "$complaints" ''
}

# --- the gate ----------------------------------------------------------------

# Are the figures those that the tree has, or, if they were counted with another kernel or
# compiler, those of the commit before?
cost_check() {
	local new=$session_dir/new old=$cost_file

	cost_print >"$new"
	cost_scales "$new" || die "many instances must not cost more than 1.3 times as much as one"
	if [[ $(grep '^# [kc]' "$new") != $(grep '^# [kc]' "$cost_file") ]]; then
		say "bench/cost.txt is of another kernel or compiler than these:" "$(grep '^# [kc]' "$new")"
		cost_meant && return
		old=$session_dir/old
		cost_before >"$old"
	fi
	cost_compare "$old" "$new" || die "it costs more; if that is meant: scripts/bench cost --update, in the same commit"
	echo "OK: no figure is more than 1 % above that of $(cost_name "$old")."
}

cost_name() {
	if [[ $1 == "$cost_file" ]]; then
		echo bench/cost.txt
	else
		echo "commit $(git -C "$root" rev-parse --short "$(cost_commit)")"
	fi
}

# The commit to compare with: that before what is to be checked.
cost_commit() {
	if git -C "$root" diff --quiet HEAD; then
		echo HEAD^
	else
		echo HEAD
	fi
}

# Was bench/cost.txt changed since the commit before? Then more is meant to be the cost.
cost_meant() {
	! git -C "$root" diff --quiet "$(cost_commit)" -- "$cost_file" || return
	echo "OK: the commit changes bench/cost.txt, so that it may cost more."
}

# The figures of the commit before, counted by its own script.
cost_before() {
	local tree=$root/build/before

	say "Counting the commit before, too"
	rm -rf "$tree"
	mkdir -p "$tree"
	git -C "$root" archive "$(cost_commit)" | tar -x -C "$tree"
	"$tree/scripts/bench" cost --kernel "$kernel"
	rm -rf "$tree"
}

# cost_compare OLD NEW: prints which figures differ by more than 1 %, or 10 % of parts where others
# run meanwhile; fails if one has grown. Those of bench/cost.txt must be the same figures.
cost_compare() {
	awk -v same="$([[ $1 != "$cost_file" ]] || echo 1)" '
		/^# items/ { split($0, items) }
		/^#/ { next }
		FNR == NR {
			names[$1]
			for (i = 2; i <= NF; i++)
				old[$1, i] = $i
			next
		}
		!($1 in names) { printf "%s is new\n", $1; bad += same; next }
		{
			delete names[$1]
			most = $1 ~ /^(scale|load|unload|memory|waking-2)/ ? 10 : 1
			for (i = 2; i <= NF; i++) {
				percent = old[$1, i] + 0 ? 100 * $i / old[$1, i] - 100 : 0
				# 101 is 1 % above 100, whatever the last binary digit says.
				if (percent > most + 1e-9)
					bad++
				if (percent > most + 1e-9 || percent < -most - 1e-9)
					printf "%s, %d at a time: %s, was %s (%+.1f %%)\n", $1, items[i + 4], $i, old[$1, i], percent
			}
		}
		END {
			for (name in names) {
				printf "%s is not counted any more\n", name
				bad += same
			}
			exit bad > 0
		}' "$1" "$2"
}

# cost_scales FILE: prints what costs many instances more for each item than one.
cost_scales() {
	awk '
		!/^scale\// { next }
		/\/1 / { one = $2 }
		$2 > 1.3 * one { printf "%s: %s, of one %s\n", $1, $2, one; bad++ }
		END { exit bad > 0 }' "$1"
}

# --- where it goes -----------------------------------------------------------

# The functions of the kernel, and the instructions in each for an item.
cost_functions() {
	local dir=$session_dir items

	cost_plugin
	echo "functions $figure $batch" >"$session_overlay/guest/arguments"
	cost_boot --cpus 1 --plugin "$root/build/functions.so,out=$dir/counts"
	items=$(sed -n 's/^items \([0-9]*\).*/\1/p' "$dir/figures")
	sed '/^items/d' "$dir/figures" | tr -d '\r' | base64 -d | gunzip >"$dir/symbols"
	cost_table "$items" | sort -rn
}

# cost_table ITEMS
cost_table() {
	LC_ALL=C sort -s -k 1,1 "$dir/symbols" <(sed 's/ / in /' "$dir/counts") | awk -v items="$1" '
		$2 != "in" { name = $2; next }
		{ sum[name] += $3 }
		END {
			for (name in sum)
				if (sum[name] / items >= 0.1)
					printf "%8.1f  %s\n", sum[name] / items, name
		}'
}

# The interface has another number since QEMU 9.
cost_plugin() {
	local -a qemu
	local version

	qemu_find "$vm_dir"
	version=$("${qemu[@]}" --version | sed -n 's/.* version \([0-9]*\).*/\1/p')
	gcc -shared -fPIC -O2 -Wall -Wextra -Werror -DVERSION=$((version < 9 ? 1 : 2)) \
		-o "$root/build/functions.so" "$root/bench/plugin/functions.c" || die "the build of QEMU's plugin failed"
}
