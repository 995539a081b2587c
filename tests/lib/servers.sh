# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Servers for guests: mosquitto, redis and a mock of Kafka, with the transports of fifoctl.
# Comes after tests/lib/host.sh.
# shellcheck disable=SC2154 # shared with scripts/lib

servers_packages=(mosquitto mosquitto-clients redis-server redis-tools)
servers_programs=(mosquitto mosquitto_sub mosquitto_pub redis-server redis-cli)

# servers_prepare: sets servers_dir, which has bin, lib and transports. Packages are unpacked,
# not installed: they would start daemons.
servers_prepare() {
	packages_need "${setup_packages[@]}" libmosquitto-dev libhiredis-dev librdkafka-dev openssl
	servers_unpack
	# Not below /tmp: there a guest that was not restored mounts another.
	servers_dir=$root/build/servers/$(basename "$0" .t)
	rm -rf "$servers_dir"
	mkdir -p "$servers_dir"/{bin,lib}
	servers_build
	servers_collect
	servers_certify
}

# With what they depend on, as far as this machine lacks it.
servers_unpack() {
	local lock_fd package
	local -a packages

	servers_tree=${kernel_cache%/*}/servers-$(root_digest "${servers_packages[@]}")
	mkdir -p "$servers_tree"
	lock "$servers_tree.lock"
	if [[ ! -e $servers_tree/complete ]]; then
		packages_known mosquitto || die "the archive has no mosquitto"
		mapfile -t packages < <(apt-get --simulate --no-install-recommends install "${servers_packages[@]}" |
			sed -n 's/^Inst \([^ ]*\).*/\1/p')
		say "Unpacking ${packages[*]}"
		for package in "${packages[@]}"; do
			packages_extract "$package" "$servers_tree"
		done
		: >"$servers_tree/complete"
	fi
	exec {lock_fd}>&-
}

servers_build() {
	local -a flags

	read -ra flags < <(pkg-config --cflags --libs rdkafka)
	env -u MAKEFLAGS make -C "$root/tools" O="$scratch_dir/tools" CFLAGS='-O2 -Werror' LDFLAGS=-s \
		"$scratch_dir"/tools/transports/{mqtt,redis,kafka}.so >"$scratch_dir/log" 2>&1 ||
		die "the build of the transports failed: $(<"$scratch_dir/log")"
	gcc -O2 -s -Wall -Wextra -Werror -o "$servers_dir/bin/broker" "$root/tests/forward/broker.c" "${flags[@]}" ||
		die "the build of the broker failed"
	gcc -O2 -s -Wall -Wextra -Werror -I "$root/tools/transports" -I "$root/include/uapi" -o "$servers_dir/bin/feed" \
		"$root/tests/forward/feed.c" -ldl || die "the build of feed failed"
	mkdir "$servers_dir/transports"
	cp "$scratch_dir"/tools/transports/*.so "$servers_dir/transports/"
}

# A certificate for the guest's loopback, and one of an authority that has signed nothing.
servers_certify() {
	local other

	for other in '' other-; do
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=${other}127.0.0.1" \
			-addext subjectAltName=IP:127.0.0.1 -keyout "$servers_dir/${other}key" \
			-out "$servers_dir/${other}certificate" 2>"$scratch_dir/log" ||
			die "there is no certificate: $(<"$scratch_dir/log")"
	done
}

# The programs, and the libraries of all.
servers_collect() {
	local name path libraries

	libraries=$(find "$servers_tree" -type d -name "$(gcc -print-multiarch)" | paste -sd :)
	for name in "${servers_programs[@]}"; do
		path=$(find "$servers_tree" \( -path "*/bin/$name" -o -path "*/sbin/$name" \) -print -quit)
		path=${path:-$(command -v "$name")} || die "there is no $name"
		cp -L "$path" "$servers_dir/bin/"
	done
	for path in "$servers_dir"/bin/* "$servers_dir"/transports/*; do
		LD_LIBRARY_PATH=$libraries ldd "$path" | grep -o '=> /[^ ]*' | cut -c 4-
	done | sort -u | xargs cp -Lt "$servers_dir/lib"
}
