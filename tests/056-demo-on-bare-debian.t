#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The first command of the README works on a minimal Debian, for a user who has sudo, with the
# packages that it installs itself, and shows no warning. Makes a new root of each release,
# which takes minutes.
#
#	FIFO_BARE	releases, separated by commas: bookworm,trixie,sid (none)

. "${0%/*}/lib/host.sh"

[[ ${FIFO_BARE-} ]] || skip_all "takes minutes for each release: FIFO_BARE=bookworm,trixie,sid"
((EUID == 0)) || command -v sudo >/dev/null || skip_all "needs root"

logs=$test_logs/$test_name
proxies=()
for name in http_proxy https_proxy no_proxy; do
	[[ ! ${!name-} ]] || proxies+=("$name=${!name}")
done

# Accept old lists of a mirror. mmdebstrap chooses the mirror.
bare_make() {
	local -a options=('Acquire::Check-Valid-Until "false"')
	local name proxy

	for name in http https; do
		proxy=$(apt-config dump --format '%v' "Acquire::$name::Proxy")
		[[ ! $proxy ]] || options+=("Acquire::$name::Proxy \"$proxy\"")
	done
	# shellcheck disable=SC2016 # mmdebstrap sets $1
	packages_as_root mmdebstrap --variant=minbase --include=sudo "${options[@]/#/--aptopt=}" \
		--customize-hook='chroot "$1" useradd --create-home --shell /bin/bash user' \
		--customize-hook='printf "%s\n" "user ALL=(ALL) NOPASSWD: ALL" "Defaults env_keep += \"http_proxy https_proxy no_proxy\"" >"$1/etc/sudoers.d/user"' \
		"$release" "$bare" >"$logs/$release.root" 2>&1
}

# The sources, as they are here, as the user's.
bare_copy() {
	packages_as_root mkdir "$bare/home/user/fifo"
	tar -C "$root" --exclude=./.git --exclude=./build -c . |
		packages_as_root tar -C "$bare/home/user/fifo" --no-same-owner -x
	packages_as_root chroot "$bare" chown -R user: /home/user/fifo
}

# Runs without a terminal, and of this machine's environment only with its proxies.
bare_demo() {
	# shellcheck disable=SC2016 # it is the other shell that expands them
	packages_as_root unshare --mount --pid --fork --kill-child sh -c '
		mount -t proc proc "$1/proc" &&
		exec chroot --userspec=user "$@"' - "$bare" \
		env -i HOME=/home/user PATH=/usr/bin:/bin "${proxies[@]}" \
		/home/user/fifo/scripts/demo </dev/null >"$logs/$release.out" 2>"$logs/$release.err"
}

# bare RELEASE
bare() {
	local release=$1 bare=$logs/$1 status=0 start picture

	packages_as_root rm -rf "$bare"
	if ! bare_make; then
		fail "a root of $release can be made" "$(tail -n 5 "$logs/$release.root")"
		return
	fi
	bare_copy
	start=$SECONDS
	bare_demo || status=$?
	printf '# %s: scripts/demo took %d s\n' "$release" "$((SECONDS - start))"
	picture=$(packages_as_root head -c 5 "$bare/home/user/fifo/build/demo.svg" 2>&1 || true)
	packages_as_root rm -rf "$bare"
	((status == 0)) || diag "$(tail -n 20 "$logs/$release.err")"
	is "$status" 0 "scripts/demo succeeds in a bare root of $release"
	is "$(tail -n 1 "$logs/$release.out" | cut -c 1-7)" "OK: put" "and says so"
	is "$picture" "<?xml" "and draws a picture"
	is "$(grep -iE 'warning|deprecated|no such file|denied' "$logs/$release.err")" "" "without a warning"
}

packages_need mmdebstrap debian-archive-keyring
mkdir -p "$logs"
for release in ${FIFO_BARE//,/ }; do
	bare "$release"
done
