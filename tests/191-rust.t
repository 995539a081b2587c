#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The crate tools/rust/libfifo-sys has all that libfifo.h declares, as it is in C. A Debian
# release's cargo builds it without a registry, and its example moves items on a real fifo.ko.
#
#	FIFO_RUNTIMES	without rust it is skipped: the compiler is a large download
#	FIFO_RUST	releases, with commas (trixie)

. "${0%/*}/lib/host.sh"
. "$root/tests/lib/runtimes.sh"

[[ ,${FIFO_RUNTIMES-rust}, == *,rust,* ]] || skip_all "FIFO_RUNTIMES does not name rust"
[[ $(host_arch) == amd64 ]] || skip_all "it was tried on x86-64 alone"
packages_known mmdebstrap || skip_all "the archive has no mmdebstrap, which fetches cargo"
packages_need gcc libc6-dev make python3

crate=$root/tools/rust/libfifo-sys
headers=("$root/include/uapi/fifo.h" "$root/tools/lib/libfifo.h")
work=$root/build/rust
tools=$root/build/tools-rust
scratch

# header WHAT FILE…
header() {
	python3 -B "$root/tests/rust/header.py" "$@"
}

# In a release that is older than this machine's the library still runs: it needs little of libc.
make -C "$root/tools" O="$tools" PREFIX="$tools" LIBDIR="$tools" CFLAGS='-O2 -Werror' "$tools"/libfifo.{a,so,pc} \
	>"$tools.log" 2>&1 || die "the build of libfifo failed: $(<"$tools.log")"

# --- declarations ----------------------------------------------------------------

# same WANT GOT DESCRIPTION: files. A failure shows the lines that differ.
same() {
	is "$(diff "$1" "$2")" "" "$3"
}

header declared "$crate/src/lib.rs" >"$scratch_dir/declared"
header functions "${headers[@]}" >"$scratch_dir/functions"
sed -n 's/^\t\(fifo_.*\);$/\1/p' "$root/tools/lib/libfifo.map" | LC_ALL=C sort >"$scratch_dir/names"
same "$scratch_dir/names" <(sed 's/^fn //; s/(.*//' "$scratch_dir/declared") "the crate has each function of libfifo.map, and no other"
same "$scratch_dir/functions" "$scratch_dir/declared" "and declares it as libfifo.h does"
is "$(sed -n 's/^version = "\(.*\)"$/\1/p' "$crate/Cargo.toml")" "$(<"$root/VERSION")" "it has the version of libfifo"
header c "${headers[@]}" >"$scratch_dir/layout.c"
gcc -I "$root/include/uapi" -I "$root/tools/lib" -o "$scratch_dir/layout" "$scratch_dir/layout.c"
"$scratch_dir/layout" >"$scratch_dir/sizes"

# --- each release ----------------------------------------------------------------

# cargo WORD…: in the release's root, in $copy. Sets said to what it wrote. As no script of a
# package has run there, nothing is called cc.
cargo() {
	said=$(root_run "$runtimes_root" env -C "$copy" HOME="$work" CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER=gcc \
		"${variables[@]}" cargo "$@" 2>&1)
}

# passes DESCRIPTION WORD…
passes() {
	if cargo "${@:2}"; then
		pass "$1"
	else
		fail "$1" "$said"
	fi
}

# refuses WHY NAME=VALUE
refuses() {
	local -a variables=("$2")

	if cargo build --offline; then
		fail "$release: $2 is refused" "$said"
	elif [[ $said == *"$1"* ]]; then
		pass "$release: $2 is refused, with the reason"
	else
		fail "$release: $2 is refused, with the reason" "want: $1" "$said"
	fi
}

for release in $(tr , ' ' <<<"${FIFO_RUST:-trixie}"); do
	runtimes_release=$release
	runtimes_extract_rust
	copy=$work/$release
	packages_as_root rm -rf "$copy"
	mkdir -p "$copy"
	cp -r "$crate"/{Cargo.toml,build.rs,src,examples} "$copy/"
	header rust "${headers[@]}" >"$copy/examples/layout.rs"

	refuses "does not find libfifo" PKG_CONFIG_PATH=
	refuses "must be 0 or 1" LIBFIFO_STATIC=maybe
	variables=(PKG_CONFIG_PATH="$tools" LD_LIBRARY_PATH="$tools" RUSTFLAGS='-D warnings')
	passes "$release: cargo test: without a warning, all is documented" test --offline
	cargo run --offline --quiet --example layout || true
	same "$scratch_dir/sizes" <(printf '%s\n' "$said") "$release: sizes, offsets and constants are those of C"

	variables=(LIBFIFO_LIB_DIR="$tools" LIBFIFO_STATIC=1 RUSTFLAGS='-C target-feature=+crt-static')
	passes "$release: a static program is built" build --offline --release --example peek
	[[ -e $copy/target/release/examples/peek ]] || continue
	run_guest --timeout 60 --file "$copy/target/release/examples/peek" < <(
		declare -p copy release
		cat <<'GUEST'
load fifo engine=ring size=4
is "$(timeout 30 "$copy/target/release/examples/peek" {a..f})" $'1 a\n2 b\n3 c\n4 d\n5 e\n6 f' "$release: the example puts, peeks and releases"
is "$(cd /sys/class/misc/fifo0 && xargs <<<"$(<put) $(<got) $(<depth)")" "6 6 0" "and all is got"
is "$(timeout 30 "$copy/target/release/examples/peek" g "$(printf %041d 0)" 2>&1 || true)" \
	"peek: $(printf %041d 0): must have at most 40 bytes" "what does not fit is refused"
is "$(</sys/class/misc/fifo0/put)" 6 "and nothing is put"
unload fifo
is "$(timeout 30 "$copy/target/release/examples/peek" 2>&1 || true)" "peek: fifo.ko is not loaded: insmod fifo.ko (with engine=ring for queues that are to be mapped)" \
	"an error is explained"
GUEST
	)
done
