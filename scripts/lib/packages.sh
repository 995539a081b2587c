# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Packages of the distribution: what is missing is named, then installed.

packages_as_root() {
	if ((EUID == 0)); then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "this needs root, and there is no sudo; run as root: $*"
	fi
}

# One at a time.
packages_apt() {
	packages_as_root env LC_ALL=C DEBIAN_FRONTEND=noninteractive \
		flock /run/fifo-vm-apt.lock apt-get -o Dpkg::Use-Pty=0 -o APT::Sandbox::User=root "$@"
}

# The package lists are read anew at most once a run, and only when a package
# is unknown or has left the archive.
packages_refresh() {
	[[ ${packages_fresh-} ]] && return 1
	packages_fresh=1
	say "Reading the package lists (apt-get update)"
	packages_shown=()
	slowly packages_apt -qq update >&2
}

packages_missing() {
	local name
	for name; do
		[[ $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) == installed ]] ||
			printf '%s\n' "$name"
	done
}

packages_try_install() {
	packages_apt -qq install --yes --no-install-recommends "$@" 2>&1
}

# What will be downloaded and how much room it takes, in apt's words.
packages_cost() {
	packages_apt install --assume-no --no-install-recommends "$@" 2>/dev/null |
		sed -nE 's/^(Need to get|After this operation).*/  &/p' >&2 || true
}

# packages_need NAME…: install those that are not there; silent when all are.
packages_need() {
	local -a missing
	local name output

	command -v apt-get >/dev/null ||
		die "this needs Debian or Ubuntu (apt-get); elsewhere, provide: $*"
	mapfile -t missing < <(packages_missing "$@")
	((${#missing[@]})) || return 0

	# A package that is not known yet has the package lists read.
	for name in "${missing[@]}"; do
		packages_known "$name" || true
	done
	say "Installing packages: ${missing[*]}"
	packages_cost "${missing[@]}"
	output=$(slowly packages_try_install "${missing[@]}") && return
	packages_refresh && output=$(slowly packages_try_install "${missing[@]}") && return
	say "$output"
	die "apt-get could not install: ${missing[*]}"
}

# What apt-cache has said of a package: it takes half a second each time.
declare -gA packages_shown=()

# packages_show NAME: fill packages_shown with the version that would be installed, if there is one.
packages_show() {
	[[ ${packages_shown[$1]-} ]] ||
		packages_shown[$1]=$(apt-cache show --no-all-versions "$1" 2>/dev/null) || return
	[[ ${packages_shown[$1]} ]]
}

# packages_field NAME FIELD: of the version that would be installed.
packages_field() {
	packages_show "$1" && sed -n "s/^$2: //p" <<<"${packages_shown[$1]}"
}

# packages_known NAME: is it in the archive? Looks again after an update.
packages_known() {
	packages_show "$1" && return
	packages_refresh && packages_show "$1"
}

# packages_extract NAME DIRECTORY: unpack without installing.
packages_extract() {
	local scratch output

	mkdir -p "$2"
	scratch=$(mktemp -d "$2/.download.XXXXXX")
	if ! output=$(cd "$scratch" && slowly packages_download "$1"); then
		rm -r "$scratch"
		die "cannot download $1: $output"
	fi
	dpkg -x "$scratch"/*.deb "$2"
	rm -r "$scratch"
}

packages_download() {
	local -a get=(apt-get -qq -o APT::Sandbox::User=root download "$1")

	"${get[@]}" 2>&1 || { packages_refresh && "${get[@]}" 2>&1; }
}
