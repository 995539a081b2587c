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

. "$root/tests/lib/bare.sh"

# Runs without a terminal, and of this machine's environment only with its proxies.
bare_demo() {
	# shellcheck disable=SC2016 # it is the other shell that expands them
	packages_as_root unshare --mount --pid --fork --kill-child sh -c '
		mount -t proc proc "$1/proc" &&
		exec chroot --userspec=user "$@"' - "$bare" \
		env -i HOME=/home/user PATH=/usr/bin:/bin "${bare_proxies[@]}" \
		/home/user/fifo/scripts/demo </dev/null >"$bare_logs/$release.out" 2>"$bare_logs/$release.err"
}

# Options that have mmdebstrap make a user who has sudo. It sets $1 of a hook to the root.
# shellcheck disable=SC2016
user=(
	--include=sudo
	--customize-hook='chroot "$1" useradd --create-home --shell /bin/bash user'
	--customize-hook='printf "%s\n" "user ALL=(ALL) NOPASSWD: ALL" "Defaults env_keep += \"http_proxy https_proxy no_proxy\"" >"$1/etc/sudoers.d/user"'
)

# bare RELEASE
bare() {
	local release=$1 bare=$bare_logs/$1 status=0 start picture

	bare_make "$release" "$bare" "${user[@]}" || return 0
	bare_copy "$bare/home/user/fifo"
	packages_as_root chroot "$bare" chown -R user: /home/user/fifo
	start=$SECONDS
	bare_demo || status=$?
	printf '# %s: scripts/demo took %d s\n' "$release" "$((SECONDS - start))"
	picture=$(packages_as_root head -c 5 "$bare/home/user/fifo/build/demo.svg" 2>&1 || true)
	packages_as_root rm -rf "$bare"
	((status == 0)) || diag "$(tail -n 20 "$bare_logs/$release.err")"
	is "$status" 0 "scripts/demo succeeds in a bare root of $release"
	is "$(tail -n 1 "$bare_logs/$release.out" | cut -c 1-7)" "OK: put" "and says so"
	is "$picture" "<?xml" "and draws a picture"
	is "$(grep -iE 'warning|deprecated|no such file|denied' "$bare_logs/$release.err")" "" "without a warning"
}

for release in ${FIFO_BARE//,/ }; do
	bare "$release"
done
