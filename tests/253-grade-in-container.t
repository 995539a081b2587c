#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# docs/lab/gradescope prepares a minimal Debian, and grades there as Gradescope has it done, with
# the rights of a plain container: root, without those to make a sandbox. Makes a new root of each
# release, which takes minutes.
#
#	FIFO_CONTAINERS	releases, separated by commas: bookworm,trixie (none)

. "${0%/*}/lib/host.sh"
. "$root/tests/lib/lab.sh"
packages_need git

# The archive is as docs/lab/teachers.md makes it.
archive=$(sed -n 's/^    \$ \(git archive .*autograder.zip.*\)/\1/p' "$root/docs/lab/teachers.md")
(cd "$root" && bash -c "${archive//autograder.zip/$scratch_dir/autograder.zip}")
unzip() {
	python3 -m zipfile "$@" "$scratch_dir/autograder.zip"
}
is "$(unzip -l | awk '{ print $1 }' | grep -cxE 'setup.sh|run_autograder|fifo/scripts/grade')" 3 \
	"autograder.zip has what Gradescope looks for, and the grader"
[[ ${FIFO_CONTAINERS-} ]] || {
	skip "takes minutes for each release: FIFO_CONTAINERS=bookworm,trixie"
	exit
}
((EUID == 0)) || command -v sudo >/dev/null || die "FIFO_CONTAINERS needs root"
. "$root/tests/lib/bare.sh"

# What Docker and Podman leave to root.
rights=chown,dac_override,fowner,fsetid,kill,setgid,setuid,setpcap,net_bind_service,net_raw,sys_chroot,mknod,audit_write,setfcap

# The sources as they are here, where the archive has those of the last commit.
container_fill() {
	packages_as_root mkdir -p "$box/autograder/submission"
	bare_copy "$box/autograder/source/fifo"
	packages_as_root cp "$root"/docs/lab/gradescope/* "$box/autograder/source/"
	packages_as_root cp "$box"/autograder/{source/run_autograder,}
}

# inside WORD…: in the container, with its rights alone.
inside() {
	# shellcheck disable=SC2016 # it is the other shell that expands them
	packages_as_root unshare --mount --pid --ipc --uts --fork --kill-child bash -c '
		mount -t proc proc "$1/proc" && mount -t tmpfs tmpfs "$1/dev/shm" &&
		exec setpriv --bounding-set "-all,+${2//,/,+}" --inh-caps=-all chroot "$1" "${@:3}"' - "$box" "$rights" \
		env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin "${bare_proxies[@]}" "$@" </dev/null
}

# The lab's solution is handed in.
submit() {
	local tree=$scratch_dir/$release

	lab_solution "$tree"
	packages_as_root rm -rf "$box/autograder/submission"
	packages_as_root cp -r "$tree" "$box/autograder/submission"
}

results() {
	python3 -B "$root/tests/grade/outputs.py" gradescope "$box/autograder/results/results.json"
	python3 -c 'import json, sys; r = json.load(open(sys.argv[1])); print(*eval(sys.argv[2]))' \
		"$box/autograder/results/results.json" "$1"
}

# container RELEASE
container() {
	local release=$1 box=$bare_logs/$1 status=0 start

	bare_make "$release" "$box" || return 0
	container_fill
	start=$SECONDS
	inside /autograder/source/setup.sh >"$bare_logs/$release.setup" 2>&1 || status=$?
	is "$status" 0 "$release: setup.sh has all that it needs" || diag "$(tail -n 20 "$bare_logs/$release.setup")"
	printf '# %s: setup.sh took %d s\n' "$release" "$((SECONDS - start))"
	container_grade
	packages_as_root rm -rf --one-file-system "$box"
}

container_grade() {
	local status=0 start=$SECONDS

	# bubblewrap has no rights here: that is no fault of a submission.
	submit
	inside bash -c 'XDG_CACHE_HOME=/var/cache /autograder/source/fifo/scripts/grade /autograder/submission' >"$bare_logs/$release.bwrap" 2>&1 || status=$?
	is "$status $(tail -n 1 "$bare_logs/$release.bwrap" | grep -o 'in a container that .*')" \
		"2 in a container that is thrown away, use --sandbox user" "$release: it is said what a container needs"

	packages_as_root sed -i 's/^options=.*/options=(--sandbox user --only builds,order,in-use)/' "$box/autograder/run_autograder"
	inside /autograder/run_autograder >"$bare_logs/$release.solution" 2>&1 || status=$?
	is "$(results '[r["score"] > 0, [t["status"] for t in r["tests"]]]')" "True ['passed', 'passed', 'passed']" \
		"$release: run_autograder grades a solution" || diag "$(tail -n 20 "$bare_logs/$release.solution")"
	printf '# %s: three criteria took %d s\n' "$release" "$((SECONDS - start))"

	# A Makefile that goes on behind make, and looks around.
	submit
	printf '%s\n' 'all:' $'\t-ls /autograder/source' \
		$'\tsetsid sh -c "sleep 777 & sleep 777" >/dev/null 2>&1 &' $'\techo "error: enough"; false' |
		packages_as_root tee "$box/autograder/submission/Makefile" >/dev/null
	inside bash -c '/autograder/run_autograder; cat /proc/[0-9]*/comm | grep -c "^sleep"' \
		>"$bare_logs/$release.hostile" 2>&1 || status=$?
	is "$(results '[r["score"], r["tests"][0]["output"].count("Permission denied")]')" "0 1" "$release: a Makefile cannot read the grader"
	is "$(tail -n 1 "$bare_logs/$release.hostile")" 0 "and nothing of it goes on" || diag "$(<"$bare_logs/$release.hostile")"
}

for release in ${FIFO_CONTAINERS//,/ }; do
	container "$release"
done
