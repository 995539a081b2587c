# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Minimal roots of Debian releases, as somebody has them who has installed nothing yet.
# shellcheck disable=SC2154 # host.sh sets root and test_logs

packages_need mmdebstrap debian-archive-keyring
bare_logs=$test_logs/$test_name
mkdir -p "$bare_logs"

# What a command in a root has in its environment of this machine's.
bare_proxies=()
for bare_name in http_proxy https_proxy no_proxy; do
	[[ ! ${!bare_name-} ]] || bare_proxies+=("$bare_name=${!bare_name}")
done

# bare_make RELEASE ROOT [OPTION…]: one with these options of mmdebstrap, which chooses the mirror. Old
# lists of a mirror are accepted. If it fails, that is a result.
bare_make() {
	local -a options=('Acquire::Check-Valid-Until "false"')
	local name proxy

	for name in http https; do
		proxy=$(apt-config dump --format '%v' "Acquire::$name::Proxy")
		[[ ! $proxy ]] || options+=("Acquire::$name::Proxy \"$proxy\"")
	done
	packages_as_root rm -rf --one-file-system "$2"
	packages_as_root mmdebstrap --variant=minbase "${options[@]/#/--aptopt=}" "${@:3}" "$1" "$2" >"$bare_logs/$1.root" 2>&1 && return
	fail "a root of $1 can be made" "$(tail -n 5 "$bare_logs/$1.root")"
	return 1
}

# bare_copy DIRECTORY: the sources, as they are here.
bare_copy() {
	packages_as_root mkdir -p "$1"
	tar -C "$root" --exclude=./.git --exclude=./build -c . |
		packages_as_root tar -C "$1" --no-same-owner -x
}
