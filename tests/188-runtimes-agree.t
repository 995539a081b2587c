#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The runtimes of seven languages read and write /dev/fifoN as they do a pipe. Each has a small
# program in tests/runtimes/, which takes the same steps on a named pipe and on a queue that it
# opens by their paths. Where the outcomes differ, docs/runtimes.md says how, and why.
#
#	FIFO_RUNTIMES	of those with large downloads, with commas (go,java,node,rust)

. "${0%/*}/lib/host.sh"
. "$root/tests/lib/observer.sh"
. "$root/tests/lib/runtimes.sh"

page=$root/docs/runtimes.md
IFS=, read -ra large <<<"${FIFO_RUNTIMES-go,java,node,rust}"
for name in "${large[@]}"; do
	[[ $name =~ ^(go|java|node|rust)$ ]] || die "FIFO_RUNTIMES: $name: must be go, java, node or rust"
done

[[ $(host_arch) == amd64 ]] || skip_all "it was tried on x86-64 alone"
guest_prepare_vm
[[ $(readlink "$FIFO_VM/vmlinuz") == "$kernel_cache/$(kernel_stock)/vmlinuz" ]] ||
	skip_all "the runtimes are on a disk, for which only the stock kernel has a driver here"
packages_known mmdebstrap || skip_all "the archive has no mmdebstrap, which fetches the runtimes"

# --- in guests -------------------------------------------------------------------

# play NAME…: all steps of each on a pipe and on a queue, and one section on a file that is
# neither. Leaves what they did in $outcomes/NAME.pipe and NAME.queue.
play() {
	run_guest --timeout 600 --disk "$observer_disk" --file "$root/tests/runtimes" --file "$runtimes_dir" \
		--file "$root/build/guest/text" < <(
		printf 'names=(%s) programs=%q sources=%q helpers=%q\n' "$*" "$runtimes_dir" "$root/tests/runtimes" "$root/build/guest"
		observer_enter
		cat <<'GUEST'
PATH+=:$helpers
there=/usr/local/players
cp -r "$sources" /observer$there
[[ ! -e $programs/java ]] || cp -r "$programs/java" /observer$there/
declare -A player=(
	[bash]="bash $sources/player.sh"
	[cpp]="$programs/cpp"
	[go]="$programs/go"
	[rust]="$programs/rust"
	[python]="chroot /observer /usr/bin/python3 $there/player.py"
	[node]="chroot /observer /usr/bin/node $there/player.js"
	[java]="chroot /observer /usr/lib/jvm/default-java/bin/java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp $there/java Player"
)
mkdir /run/keep/outcomes

# on FILE SECTIONS NAME AS: a player that fails has an outcome of its own.
on() {
	bash "$sources/play.sh" "$1" "$2" ${player[$3]} >"/run/keep/outcomes/$4" || true
}

mkfifo /dev/pipe
load fifo size=64
for name in "${names[@]}"; do
	on /dev/pipe all "$name" "$name.pipe" &
	on /dev/fifo0 all "$name" "$name.queue" &
	wait
	is "$(</sys/class/misc/fifo0/depth)" 0 "$name: nothing is left in the queue"
done
on /dev/null within bash control.null
unload fifo
GUEST
	)
	cp "$guest_logs"/outcomes/* "$outcomes/"
}

# --- what they did ---------------------------------------------------------------

# rows SECTION: of the page's table there: cells with tabs between, without their marks.
rows() {
	sed -n "/^## $1\$/,/^## [^${1::1}]/p" "$page" | sed -nE '/^\|[- |]*\|$/d; s/^\| (.*) \|$/\1/p' |
		sed 's/ | /\t/g; s/`//g; s/\\|/|/g; 1d'
}

# judge NAME PIPE QUEUE: prints what nobody expects: a pipe that does not do what play.sh says,
# and a queue that does neither the same nor what the page says. The last line is how many
# steps did the same, did not, and have no means in this runtime.
judge() {
	awk -F '\t' -v OFS='\t' -v name="$1" -v page=<(rows 'Where they differ') -f "$root/tests/runtimes/judge.awk" "$2" "$3"
}

# judged NAME: two results.
judged() {
	local said numbers

	said=$(judge "$1" "$outcomes/$1.pipe" "$outcomes/$1.queue")
	numbers=${said##*$'\n'}
	said=${said%"$numbers"}
	is "$said" "" "$1: a queue does what a pipe does, or what docs/runtimes.md says"
	is "$(rows Runtimes | awk -F '\t' -v OFS='\t' -v name="$1" '$1 == name { print $2, $3, $4 }')" "$numbers" \
		"$1: the steps with the same outcome, with another, without means"
}

scratch
outcomes=$scratch_dir
light=(bash cpp python)
disks=()
runtimes_prepare_cpp
for name in "${large[@]}"; do
	case $name in
	go | rust) light+=("$name") ;;
	*) disks+=("$name") ;;
	esac
	[[ $name == node ]] || "runtimes_prepare_$name"
done
runtimes_disk python
play "${light[@]}"
for name in "${disks[@]}"; do
	runtimes_disk "$name"
	play "$name"
done
for name in "${light[@]}" "${disks[@]}"; do
	judged "$name"
done

said=$(judge bash "$outcomes/bash.pipe" "$outcomes/control.null")
if grep -q '^they differ:.*300 ms, nothing comes' <<<"$said"; then
	pass "it is noticed that /dev/null does not do what a pipe does"
else
	fail "it is noticed that /dev/null does not do what a pipe does" "$said"
fi
