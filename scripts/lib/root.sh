# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Kernels of other Debian releases than this machine's. Each comes with a root,
# a small Debian of that release that has its compiler and the kernel's headers:
# modules for it are built there.
#
#	roots/bookworm-rt/root		is the root,
#	roots/bookworm-rt/RELEASE	the kernel directory: links into it

root_cache=${XDG_CACHE_HOME:-$HOME/.cache}/fifo-vm/roots

# A release's kernel for virtual machines, or its PREEMPT_RT one, oldest first.
root_words=(bullseye bookworm bookworm-rt trixie trixie-rt sid)

# root_knows WORD
root_knows() {
	[[ " ${root_words[*]} " == *" $1 "* ]]
}

# root_prepare WORD: sets kernel_release and kernel_dir.
root_prepare() {
	local word=$1 lock

	# The cache is shared by all checkouts.
	mkdir -p "$root_cache"
	exec {lock}>"$root_cache/lock"
	flock "$lock"
	[[ -d $root_cache/$word ]] || root_make
	exec {lock}>&-
	kernel_dir=$(echo "$root_cache/$word"/[0-9]*)
	kernel_release=${kernel_dir##*/}
}

root_make() {
	local scratch release log=$root_cache/$word.log

	packages_need mmdebstrap debian-archive-keyring
	say "Making a root of Debian $word with its compiler and kernel, once, in"
	say "  $root_cache/$word"
	scratch=$(mktemp -d "$root_cache/new.XXXXXX")
	if ! { root_bootstrap && release=$(root_add_kernel); } >"$log" 2>&1; then
		packages_as_root rm -rf "$scratch"
		die "the root could not be made: $(tail -5 "$log")"
	fi
	root_link_kernel
	chmod 755 "$scratch"
	mv "$scratch" "$root_cache/$word"
}

# The lists of a mirror may be old. The package lists are kept, for the next step.
root_bootstrap() {
	packages_as_root mmdebstrap --variant=minbase --include=gcc,make,perl \
		--aptopt='Acquire::Check-Valid-Until "false"' --skip=cleanup/apt/lists \
		"${word%-rt}" "$scratch/root"
}

# By the name that the metapackage stands for: an archive may have lost the
# metapackage itself. No initrd is made.
root_add_kernel() {
	local meta=linux-image-cloud-amd64 release

	[[ $word != *-rt ]] || meta=linux-image-rt-amd64
	release=$(root_run "$scratch/root" apt-cache show --no-all-versions "$meta" |
		sed -n 's/^Depends:.* linux-image-\([0-9][^ ,]*\).*/\1/p') &&
	root_run "$scratch/root" env INITRD=No DEBIAN_FRONTEND=noninteractive \
		apt-get install --yes --no-install-recommends \
		"linux-image-$release" "linux-headers-$release" >&2 &&
	printf '%s\n' "$release"
}

root_link_kernel() {
	local dir=$scratch/$release

	mkdir "$dir"
	ln -s ../root "$dir/root"
	ln -s root/lib "$dir/lib"
	ln -s "root/boot/vmlinuz-$release" "$dir/vmlinuz"
	ln -s "root/usr/src/linux-headers-$release" "$dir/build"
}

# root_run ROOT COMMAND…: in the root, with the sources at their own place.
root_run() {
	# shellcheck disable=SC2016 # it is the other shell that expands them
	packages_as_root unshare --mount bash -c '
		mkdir -p "$1$2" &&
		mount --bind "$2" "$1$2" &&
		mount -t proc proc "$1/proc" &&
		exec chroot "$1" env LC_ALL=C "${@:3}"' - "$1" "$root" "${@:2}"
}
