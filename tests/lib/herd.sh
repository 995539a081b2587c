# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# herd7, and the kernel's memory model for it. Debian has herd7 in sid: it is
# unpacked there, with the libraries that it loads, and run in place.
# shellcheck disable=SC2154 # kernel_cache comes from kernel.sh

herd_root=${kernel_cache%/*}/roots/herd-sid

# herd_prepare: sets herd_model, the directory of the kernel's model.
herd_prepare() {
	local lock

	# The cache is shared by all checkouts.
	mkdir -p "${herd_root%/*}"
	exec {lock}>"$herd_root.lock"
	flock "$lock"
	[[ -d $herd_root ]] || (herd_make) || skip_all "herd7 of Debian sid cannot be had here"
	herd_model=$(herd_find_model) || skip_all "the kernel's memory model cannot be had here"
	exec {lock}>&-
}

# The lists of a mirror may be old.
herd_make() {
	local scratch

	packages_need mmdebstrap debian-archive-keyring
	say "Fetching herd7 of Debian sid (a download of some 45 MB, which takes 260 MB),"
	say "to be unpacked, not installed, in"
	say "  $herd_root"
	scratch=$(mktemp -d "${herd_root%/*}/new.XXXXXX")
	chmod 755 "$scratch"
	if packages_as_root mmdebstrap --variant=extract --include=herdtools7 \
		--aptopt='Acquire::Check-Valid-Until "false"' sid "$scratch/root" >"$herd_root.log" 2>&1; then
		mv "$scratch/root" "$herd_root"
		rmdir "$scratch"
	else
		packages_as_root rm -r "$scratch"
		die "mmdebstrap failed: $(tail -n 3 "$herd_root.log")"
	fi
}

# The model is in the source package only.
herd_find_model() {
	local package dir tarball scratch

	packages_known linux-source || return 1
	package=$(packages_field linux-source Depends | grep -o 'linux-source-[0-9.]*')
	for dir in "${kernel_cache%/*}"{/source,}/"$package"/tools/memory-model; do
		[[ -e $dir/linux-kernel.cat ]] && printf '%s\n' "$dir" && return
	done
	packages_need "$package" xz-utils
	tarball=/usr/src/$package.tar.xz
	[[ -e $tarball ]] || return 1
	say "Unpacking tools/memory-model of $tarball in ${dir%/tools/*}"
	scratch=$(mktemp -d "${kernel_cache%/*}/new.XXXXXX")
	tar -xJf "$tarball" -C "$scratch" --strip-components=2 "$package/tools/memory-model" || return 1
	mkdir -p "${dir%/*}"
	mv "$scratch/memory-model" "$dir"
	rmdir "$scratch"
	printf '%s\n' "$dir"
}

# herd FILE: what herd7 says of a litmus test.
herd() {
	local usr=$herd_root/usr

	"$usr/lib64/ld-linux-x86-64.so.2" --library-path "$usr/lib/x86_64-linux-gnu" \
		"$usr/bin/herd7" -set-libdir "$usr/share/herdtools7/herd" \
		-I "$herd_model" -conf "$herd_model/linux-kernel.cfg" "$1" 2>&1
}

# herd_result SAID: Never, Sometimes or Always; with a + and the flag, if there is
# one: Sometimes+data-race.
herd_result() {
	awk '/^Flag / { flag = "+" $2 } /^Observation / { result = $3 }
		END { print (result ? result : "nothing") flag }' <<<"$1"
}
