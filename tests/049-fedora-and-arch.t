#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The packages for Fedora and Arch Linux build from their files, as far as Debian's rpmbuild,
# rpmlint and makepkg can tell, and have what they should. Boots no virtual machine.

. "${0%/*}/lib/host.sh"

unset MAKEFLAGS MAKELEVEL
packages_need rpm rpmlint makepkg pacman-package-manager libarchive-tools fakeroot pkgconf libmosquitto-dev libhiredis-dev librdkafka-dev
scratch
chmod 755 "$scratch_dir"
version=$(<"$root/VERSION")
tree=$scratch_dir/fifo-$version
specs=$root/packaging/fedora
mkdir "$tree"
(cd "$root" && cp -r Makefile Kbuild VERSION LICENSE LICENSES docs fifo producer consumer include samples tools packaging "$tree/")
rm -rf "$tree/tools/build"
tar -C "$scratch_dir" -czf "$scratch_dir/fifo-$version.tar.gz" "fifo-$version"

# rpm_run ARGUMENT…: rpmbuild, with what Fedora's macros say.
rpm_run() {
	rpmbuild --nodeps --define "_topdir $scratch_dir/rpm" --define "_sourcedir $scratch_dir" \
		--define '_udevrulesdir /usr/lib/udev/rules.d' --define '_sysusersdir /usr/lib/sysusers.d' \
		--define "_libdir /usr/lib64" --define 'python3_sitelib /usr/lib/python3/site-packages' "$@" >"$scratch_dir/log" 2>&1
}

# ok DESCRIPTION COMMAND…
ok() {
	if "${@:2}"; then
		pass "$1"
	else
		fail "$1" "$(tail -n 15 "$scratch_dir/log")"
	fi
}

# --- Fedora ------------------------------------------------------------------

for spec in fifo fifo-kmod; do
	is "$(sed -n 's/^Version: *//p' "$specs/$spec.spec")" "$version" "$spec.spec has the version of VERSION"
	is "$(rpmlint "$specs/$spec.spec" 2>&1 | grep ': E: ')" "" "rpmlint finds no error in it"
done
ok "rpmbuild prepares the modules of each kernel" \
	rpm_run -bp --define 'kernel_versions 6.1.0-test___/nonexistent' "$specs/fifo-kmod.spec"
is "$(cd "$scratch_dir/rpm/BUILD" && find . -path '*/_kmod_build_6.1.0-test/Kbuild')" \
	"./fifo-kmod-$version/_kmod_build_6.1.0-test/Kbuild" "in a copy of the sources"
ok "rpmbuild builds the tools" rpm_run -bb "$specs/fifo.spec"
is "$(for package in "$scratch_dir"/rpm/RPMS/*/fifo-"$version"*.rpm; do rpm -qlp "$package"; done 2>/dev/null |
	grep -vE '/licenses|/\.build-id' | sed 's/\.gz$//' | sort | xargs)" \
	"/usr/bin/fifoctl /usr/lib/sysusers.d/fifo.conf /usr/lib/udev/rules.d/60-fifo.rules /usr/lib64/fifo /usr/lib64/fifo/kafka.so /usr/lib64/fifo/mqtt.so /usr/lib64/fifo/redis.so /usr/lib64/libfifo.so.1 /usr/share/bash-completion/completions/fifoctl /usr/share/man/man1/fifoctl.1 /usr/share/man/man4/consumer.4 /usr/share/man/man4/fifo.4 /usr/share/man/man4/producer.4" "with these files"

modules=$(cd "$root/tools/python" && find libfifo -name '*.py' -o -name py.typed | LC_ALL=C sort)
is "$(rpm -qlp "$scratch_dir"/rpm/RPMS/noarch/python3-libfifo-"$version"*.rpm 2>/dev/null | sed -n 's,^/usr/lib/python3/site-packages/,,p' |
	grep -E '\.py$|py.typed$' | LC_ALL=C sort)" "$modules" "and the Python module"

# --- Arch Linux --------------------------------------------------------------

# makepkg does not run as root.
as_user=()
if ((EUID == 0)); then
	as_user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	chown -R 65534:65534 "$tree"
fi
arch_run() {
	(cd "$tree/packaging/arch" && "${as_user[@]}" env HOME="$tree" PACMAN=true makepkg --nodeps --force) >"$scratch_dir/log" 2>&1
}
ok "makepkg builds the packages" arch_run
files() {
	bsdtar -tf "$tree/packaging/arch/$1-$version"-*.pkg.tar* | grep -v '/$' | grep -v '^\.' | sort
}
is "$(files fifo-tools | xargs)" \
	"usr/bin/fifoctl usr/include/libfifo/fifo.h usr/include/libfifo/libfifo.h usr/lib/fifo/kafka.so usr/lib/fifo/mqtt.so usr/lib/fifo/redis.so usr/lib/libfifo.a usr/lib/libfifo.so usr/lib/libfifo.so.1 usr/lib/pkgconfig/libfifo.pc usr/lib/sysusers.d/fifo.conf usr/lib/udev/rules.d/60-fifo.rules usr/share/bash-completion/completions/fifoctl usr/share/licenses/fifo-tools/LGPL-2.1-or-later.txt usr/share/licenses/fifo-tools/LICENSE usr/share/licenses/fifo-tools/MIT.txt usr/share/man/man1/fifoctl.1.gz usr/share/man/man3/libfifo.3.gz usr/share/man/man4/consumer.4.gz usr/share/man/man4/fifo.4.gz usr/share/man/man4/producer.4.gz" \
	"fifo-tools has these files"
is "$(files python-libfifo | sed -n 's,.*-packages/,,p' | LC_ALL=C sort)" "$modules" "python-libfifo has the module"
is "$(files fifo-dkms | grep -E '/(dkms.conf|Kbuild|main.c)$' | xargs)" \
	"$(cd "$root" && { find fifo producer consumer -name Kbuild -o -name main.c && printf '%s\n' Kbuild dkms.conf; } |
		sed "s,^,usr/src/fifo-$version/," | sort | xargs)" \
	"and fifo-dkms the sources"
