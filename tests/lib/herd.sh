# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# herd7, and the kernel's memory model for it. Debian has herd7 in sid: it is
# unpacked there, with the libraries that it loads, and run in place.
# shellcheck disable=SC2154 # kernel_cache comes from kernel.sh, root_cache from root.sh

herd_root=$root_cache/herd-sid

# herd_prepare: sets herd_model, the directory of the kernel's model.
herd_prepare() {
	(root_extract "${herd_root##*/}" sid herdtools7 "45 MB, which takes 260 MB") ||
		skip_all "herd7 of Debian sid cannot be had here"
	herd_model=$(herd_find_model) || skip_all "the kernel's memory model cannot be had here"
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

	"$(find -L "$usr"/lib* -maxdepth 1 -name 'ld-linux-*.so.?' -print -quit)" \
		--library-path "$usr/lib/$(uname -m)-linux-gnu" \
		"$usr/bin/herd7" -set-libdir "$usr/share/herdtools7/herd" \
		-I "$herd_model" -conf "$herd_model/linux-kernel.cfg" "$1" 2>&1
}

# herd_result SAID: Never, Sometimes or Always; with a + and the flag, if there is
# one: Sometimes+data-race.
herd_result() {
	awk '/^Flag / { flag = "+" $2 } /^Observation / { result = $3 }
		END { print (result ? result : "nothing") flag }' <<<"$1"
}
