#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# What is in tools/, without a kernel that has fifo.ko: how it builds and installs, the
# library against threads that play the kernel, fifoctl's answers to bad command lines,
# its completion, and the man pages.
#
#	FIFO_LIBRARY_ITEMS	items through the library (1000000)

. "${0%/*}/lib/host.sh"

packages_need gcc libc6-dev make binutils libncurses-dev libtraceevent-dev libtracefs-dev libtracecmd-dev \
	libmosquitto-dev libhiredis-dev librdkafka-dev pkgconf gnuplot-nox libxml2-utils

items=${FIFO_LIBRARY_ITEMS:-1000000}
scratch
work=$scratch_dir
unset MAKEFLAGS MAKELEVEL

# tools ARGUMENT…: runs make there; sets said and status.
tools() {
	run make -C "$root/tools" --no-print-directory O="$work/build" "$@"
}

# run COMMAND…: sets said and status.
run() {
	status=0
	"$@" >"$work/said" 2>&1 </dev/null || status=$?
	said=$(<"$work/said")
}

# ok DESCRIPTION COMMAND…: on a failure shows the output.
ok() {
	if "${@:2}" >/dev/null; then
		pass "$1"
	else
		fail "$1" "status: $status" "$(tail -n 20 "$work/said")"
	fi
}

# says STATUS PATTERN: was this the status, and does the output begin so?
says() {
	[[ $status == "$1" && $said == $2* ]]
}

# --- building and installing -------------------------------------------------

flags=(CFLAGS='-O2 -g -Werror')
tools "${flags[@]}"
ok "the tools build without a warning" [ "$status" = 0 ]
if type clang >/dev/null 2>&1; then
	run make -C "$root/tools" --no-print-directory O="$work/clang" CC=clang "${flags[@]}"
	ok "with clang, too" [ "$status" = 0 ]
else
	skip "there is no clang"
fi
tools "${flags[@]}"
ok "make again does nothing" grep -q "Nothing to be done for 'all'" "$work/said"

declared=$(grep -oE '\bfifo_[a-z_]+\(struct|\bfifo_[a-z_]+\((unsigned|const)' "$root/tools/lib/libfifo.h" | sed 's/(.*//' | sort)
exported=$(nm -D --defined-only "$work/build/libfifo.so.1" | awk '$2 == "T" { sub(/@.*/, "", $3); print $3 }' | sort)
is "$exported" "$declared" "libfifo.so.1 has what its header declares, and no more"

cat >"$work/user.c" <<'EOT'
#include <errno.h>
#include <stdio.h>
#include <libfifo.h>

int main(void)
{
	char why[FIFO_EXPLAIN_LEN];
	struct fifo_end *end = fifo_open(0, (enum fifo_role)2);

	puts(end ? "opened" : fifo_explain(999, FIFO_CONSUMER, errno, why, sizeof(why)));
	return 0;
}
EOT
tools "${flags[@]}" install DESTDIR="$work/root" PREFIX=/usr
ok "make install" [ "$status" = 0 ]
pc=$work/root/usr/lib/pkgconfig/libfifo.pc
# The flags that pkg-config would print, from DESTDIR.
value() {
	sed -n "s/^$1[=:] *//p" "$pc"
}
is "$(value libdir) $(value includedir)" "/usr/lib /usr/include/libfifo" "libfifo.pc names the directories of the install"
compile=(-Wall -Wextra -Werror -I "$work/root$(value includedir)" -o "$work/user" "$work/user.c")
run gcc "${compile[@]}" -L "$work/root$(value libdir)" -lfifo
ok "a program builds with the shared library" [ "$status" = 0 ]
run env LD_LIBRARY_PATH="$work/root/usr/lib" "$work/user"
is "$said" "/dev/fifo999: Invalid argument" "and runs with it"
run gcc "${compile[@]}" "$work/root/usr/lib/libfifo.a"
ok "another with the static one" [ "$status" = 0 ]
# accepts COMPILER LANGUAGE STANDARD: each installed header, as the only one, without a warning.
accepts() {
	local header

	for header in libfifo fifo; do
		printf '#include <%s.h>\nunsigned int use(const struct fifo_process *process);\nunsigned int use(const struct fifo_process *process)\n{\n\treturn fifo_process_pid(process);\n}\n' \
			"$header" >"$work/header"
		run "$1" -x "$2" "-std=$3" -pedantic -Wall -Wextra -Wshadow -Werror -fsyntax-only \
			-I "$work/root/usr/include/libfifo" "$work/header"
		[[ $status == 0 ]] || return 0
	done
}

# A compiler that lacks a standard says so of an empty file. c++2b is what older ones call c++23.
for compiler in gcc clang g++ clang++; do
	language=c standards=(c99 c11 c17 c2x)
	[[ $compiler != *++ ]] || language=c++ standards=(c++11 c++14 c++17 c++20 c++2b)
	for standard in "${standards[@]}"; do
		if "$compiler" -x "$language" "-std=$standard" -fsyntax-only /dev/null 2>/dev/null; then
			accepts "$compiler" "$language" "$standard"
			ok "$compiler -std=$standard -pedantic takes the headers" [ "$status" = 0 ]
		else
			skip "there is no $compiler with $standard"
		fi
	done
done
if type g++ >/dev/null 2>&1; then
	run g++ -x c++ "${compile[@]}" -x none -L "$work/root/usr/lib" -lfifo
	ok "a program in C++ builds with the library" [ "$status" = 0 ]
else
	skip "there is no g++"
fi
sed -i 's/^struct fifo_end;$/&;/' "$work/root/usr/include/libfifo/libfifo.h"
accepts gcc c c99
ok "a semicolon too many is noticed" [ "$status" != 0 ]
tools uninstall DESTDIR="$work/root" PREFIX=/usr
tools install-python DESTDIR="$work/root" PYTHONDIR=/python
is "$(cd "$work/root/python" && find libfifo -type f | sort)" \
	"$(cd "$root/tools/python" && find libfifo -type f ! -name '*.pyc' | sort)" "make install-python"
tools uninstall-python DESTDIR="$work/root" PYTHONDIR=/python
is "$(find "$work/root" ! -type d)" "" "make uninstall takes it all away"
tools clean
is "$(ls "$work/build" 2>/dev/null)" "" "make clean leaves nothing"
tools "${flags[@]}"

# --- the library -------------------------------------------------------------

# The linker makes the library call the test's open(), ioctl() and poll().
run gcc -std=c11 -D_GNU_SOURCE -O2 -g -Wall -Wextra -Werror -pthread \
	-I "$root/include/uapi" -I "$root/tools/lib" \
	-Wl,--wrap=open,--wrap=ioctl,--wrap=poll -o "$work/stress" \
	"$root"/tests/libfifo/{stress,in_place}.c "$root"/tools/lib/{libfifo,open}.c
ok "the library builds with a kernel of threads" [ "$status" = 0 ]
while read -r what size batch n; do
	run "$work/stress" "$what" "$size" "$batch" "$n"
	ok "$what through $size slots, up to $batch at a time: whole, once, in order" [ "$status" = 0 ]
	printf '# %s\n' "$said"
done <<-EOT
	get 2 1 $((items / 10))
	put 2 1 $((items / 10))
	get 64 16 $items
	put 64 16 $items
	get 1024 1 $items
	put 1024 64 $items
	peek 2 2 $((items / 10))
	reserve 2 2 $((items / 10))
	peek 64 16 $items
	reserve 64 16 $items
	peek 1024 64 $items
	reserve 1024 64 $items
EOT

# --- parts of fifoctl --------------------------------------------------------

run gcc -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -I "$root/include/uapi" -I "$root/tools/lib" \
	-I "$root/tools/fifoctl" -o "$work/parts" "$root/tests/fifoctl/parts.c"
ok "parts of fifoctl build alone" [ "$status" = 0 ]
run "$work/parts"
is "$status$said" 0 "numbers, histograms and lists of rates are right"
tools "${flags[@]}" PKG_CONFIG=false O="$work/plain"
ok "fifoctl builds without other libraries" [ "$status" = 0 ]
run "$work/plain/fifoctl" top
is "$status $said" "1 fifoctl top: built without ncurses; install libncurses-dev and build again" "and says so"
for command in record plot; do
	run "$work/plain/fifoctl" "$command"
	is "$status $said" "1 fifoctl $command: built without libtracefs and libtracecmd; install libtraceevent-dev, libtracefs-dev and libtracecmd-dev and build again" \
		"fifoctl $command says so, too"
done
while read -r scheme package; do
	FIFOCTL_TRANSPORTS=$work/plain run "$work/plain/fifoctl" forward 0 --to "$scheme://h/t"
	is "$status $said" "1 fifoctl: $scheme:// was not built: there is no $work/plain/$scheme.so; install $package and build again" "fifoctl forward to $scheme:// says so, too"
done <<-EOT
	mqtt libmosquitto-dev
	redis libhiredis-dev
	kafka librdkafka-dev
EOT
run gcc -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -I "$root/include/uapi" -I "$root/tools/lib" \
	-I "$root/tools/fifoctl" -o "$work/bins" "$root/tests/fifoctl/bins.c" -lm
ok "what fifoctl plot counts builds alone" [ "$status" = 0 ]
run "$work/bins"
is "$status$said" 0 "bins lose nothing, however long the recording is, and percentiles are right"

# --- pictures ----------------------------------------------------------------

read -ra tracing < <(pkg-config --cflags --libs libtracecmd libtracefs ncursesw | xargs)
run gcc -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -I "$root/include/uapi" -I "$root/tools/lib" \
	-I "$root/tools/fifoctl" -o "$work/fields" "$root/tests/fifoctl/fields.c" "${tracing[@]}"
ok "what reads the fields of a recording builds alone" [ "$status" = 0 ]
run "$work/fields"
is "$status$said" 0 "no field is read beyond its record"

# A fifoctl whose recordings are made up.
mkdir "$work/made" "$work/pictures"
mapfile -t objects < <(find "$work/build/ctl" -name '*.o' ! -name events.o)
run gcc -std=c11 -O2 -Wall -Wextra -Werror -I "$root/tools/fifoctl" -o "$work/made/fifoctl" \
	"$root/tests/fifoctl/made_up.c" "${objects[@]}" "$work/build/libfifo.a" "${tracing[@]}" -lm
ok "fifoctl builds with recordings that are made up" [ "$status" = 0 ]
# Else gnuplot reads this one.
echo 'system "echo >Q"' >"$work/pictures/.gnuplot"

# draw NAME ARGUMENT…: in a directory of its own.
draw() {
	run env -C "$work/pictures" LC_ALL=C HOME="$work/pictures" "$work/made/fifoctl" plot "$@"
}

# texts NAME PATTERN: which of them the picture has.
texts() {
	sed -n 's|.*<text>\(.*\)</text>.*|\1|p' "$work/pictures/$1" | grep -E "$2"
}

draw hostile -o x.svg
is "$status $(xmllint --noout "$work/pictures/x.svg" 2>&1)" "0 " "names and settings that are commands are drawn"
is "$(texts x.svg '^engine')" "engine=';system'>Q'; size=4 overflow=\`>Q\`?\$@" "the settings as they are"
is "$(texts x.svg 'Q|\?' | grep -v engine)" "$(printf '%s\n' '?[7m?' '?!>Q??[7m' "';system'>Q';'" "\"\`>Q\`\\")" "and the names"
draw hostile --terminal
is "$status $(LC_ALL=C tr -d '\n\f -~' <"$work/said" | od -An -c)" "0 " "a terminal gets visible ASCII only"
is "$(find "$work" -name Q)" "" "no command was run"
draw percent -o x.svg
is "$status $said $(texts x.svg '^job')" "0 queue 0: put=100 got=0 dropped=0"$'\n'"99ms in 387 bins of 256us job-50%-123" "a percent sign is no format"
for format in svg png; do
	draw instant -o "x.$format"
	is "$status" 0 "what happens at one time is drawn as .$format"
done
draw instant --terminal
is "$status" 0 "and as text"

draw many -o x.svg
is "$status ${said%%$'\n'*}" "0 queue 0: put=10000000 got=10000000 dropped=0" "ten million items are drawn"
is "$(($(stat -c %s "$work/pictures/x.svg") < 200000))" 1 "in less than 200 kB"

# What a full disk would leave of a picture.
rm "$work"/pictures/*
for format in svg png; do
	echo old >"$work/pictures/x.$format"
	# shellcheck disable=SC2016 # bash expands it
	run env -C "$work/pictures" bash -o pipefail -c '(trap "" XFSZ; ulimit -f 8; "$0" plot percent -o "$1") 2>&1 | tail -n 1' \
		"$work/made/fifoctl" "x.$format"
	is "$status $said" "1 fifoctl: x.$format: gnuplot could not write all of the picture: is the disk full?" \
		"a part of a .$format is an error"
done
run env -C "$work/pictures" PATH=/nonexistent "$work/made/fifoctl" plot percent -o x.svg
is "$status ${said##*$'\n'}" "1 fifoctl: cannot run gnuplot: install the package gnuplot-nox" "without gnuplot"
is "$(head -n 2 "$work"/pictures/* | xargs)" "==> $work/pictures/x.png <== old ==> $work/pictures/x.svg <== old" "the old pictures stay, alone"
mkfifo "$work/pictures/pipe.svg"
draw percent -o pipe.svg
is "$status ${said##*$'\n'}" "1 fifoctl: pipe.svg: is no regular file" "a pipe is not replaced"

# --- command lines -----------------------------------------------------------

fifoctl=$work/build/fifoctl
export FIFOCTL_TRANSPORTS=$work/build/transports

# refuses WHAT ARGUMENT…: prints WHAT, and where to read more; the status is 2.
refuses() {
	local what=$1

	shift
	run "$fifoctl" "$@"
	if [[ $status == 2 && $said == "fifoctl: $what"$'\n'"'fifoctl "*"--help' says more" ]]; then
		pass "fifoctl $*: $what"
	else
		fail "fifoctl $*: $what" "status $status" "$said"
	fi
}

refuses "what is to be done?"
refuses "take: no such command" take
refuses "'x' is one argument too many" list x
refuses "which queue? 0 is the first" cat
refuses "queue 'one': must be a number, as 0 of /dev/fifo0" cat one
refuses "queue '-1': must be a number, as 0 of /dev/fifo0" cat -- -1
refuses "--count 0: must be a whole number from 1 on" cat 0 --count 0
refuses "--count 1x: must be a whole number from 1 on" cat 0 --count 1x
refuses "--count needs a value" cat 0 --count
refuses "--yaml: no such option, or one that takes no value" cat 0 --yaml
refuses "-x: no such option" stat -x
refuses "--interval 0: must be from 0.1 to 3600 seconds" stat --interval 0
refuses "top needs a terminal; --once and --json do not" top
refuses "--interval nan: must be from 0.1 to 3600 seconds" watch --interval nan
refuses "--format xml: must be openmetrics or prometheus" metrics --format xml
refuses "'x' is one argument too many" metrics x
refuses "which queue? 0 is the first" forward --to mqtt://h/t
refuses "--to is missing: a URL such as mqtt://localhost/topic" forward 0
refuses "--from is missing: a URL such as mqtt://localhost/topic" receive 0
for url in h/t http://h/t ://h/t amqp; do
	refuses "--to $url: must begin with mqtt://, redis:// or kafka://" forward 0 --to "$url"
done
for url in mqtt://h mqtt:// redis://h/ kafka://h:1; do
	refuses "--from $url: must end with /NAME: the topic or stream" receive 0 --from "$url"
done
for url in redis:///s redis://:1/s redis://h:/s redis://h:0/s redis://h:65536/s redis://h:1x/s redis://h:-1/s 'redis://[::1/s' 'redis://[::1]1/s'; do
	refuses "--to $url: must have a host, and a port from 1 to 65535 or none" forward 0 --to "$url"
done
refuses "--to: a name and a password would show in ps: use --config FILE" forward 0 --to mqtt://me:secret@h/t
refuses "--drain -1: must be from 0 to 3600 seconds" forward 0 --to mqtt://h/t --drain -1
refuses "--drain nan: must be from 0 to 3600 seconds" forward 0 --to mqtt://h/t --drain nan

# configured TEXT: forward with a file of settings; sets said and status.
configured() {
	printf '%b' "$1" >"$work/settings"
	run "$fifoctl" forward 0 --to redis://h/s --config "$work/settings"
}

configured 'username\n'
is "$status $said" "1 fifoctl: $work/settings: line 1: must be KEY=VALUE" "a line that is no setting is refused"
configured '# these\n\n=x\n'
is "$status $said" "1 fifoctl: $work/settings: line 3: must be KEY=VALUE" "so is one without a key"
configured "$(printf 'key%d=x\\n' {1..65})"
is "$status $said" "1 fifoctl: $work/settings: line 65: has more than 64 settings" "so are too many"
configured "key=$(printf '%01100d' 0)\n"
is "$status $said" "1 fifoctl: $work/settings: line 1: has more than 1000 bytes" "so is a long line"
run "$fifoctl" receive 0 --from mqtt://h/t --config "$work/none"
is "$status $said" "1 fifoctl: $work/none: No such file or directory" "and a file that is not there"

refuses "'$(printf '%041d' 0)' has more than 40 bytes" send 0 "$(printf '%041d' 0)"
refuses "'"$'\xe9'"' is not UTF-8, or has control characters" send 0 $'\xe9'
refuses "'"$'\e[m'"' is not UTF-8, or has control characters" send 0 $'\e[m'

refuses "which file? 'fifoctl record' writes trace.dat" plot
refuses "--what all,none: must be depth, rate, wait, ports or all" plot x --what all,none
refuses "-o x.pdf: must end with .svg or .png" plot x -o x.pdf
refuses "--terminal, and -o: which of them?" plot x --terminal -o x.svg
refuses "--terminal, and --json: which of them?" plot x --terminal --json
refuses "--seconds 0: must be from 0.001 to 1000000" record --seconds 0
refuses "--seconds and a command: which of them ends it?" record --seconds 1 true
refuses "--buffer 3: must be from 4 to 9999999 kB" record --buffer 3

for command in list stat watch top cat send record plot metrics forward receive; do
	run "$fifoctl" "$command" --help
	ok "fifoctl $command --help" says 0 "usage: fifoctl $command"
done
run "$fifoctl" --help
ok "fifoctl --help" says 0 "usage: fifoctl COMMAND"
run "$fifoctl" --version
ok "fifoctl --version" says 0 "fifoctl [0-9]"
run sh -c '"$0" --help >/dev/full' "$fifoctl"
is "$status $said" "1 fifoctl: standard output: No space left on device" "what cannot be printed is an error"

if [[ ! -e /sys/class/misc/fifo0 ]]; then
	for command in list stat watch 'top --once' 'top --json' 'cat 0' 'cat 0 --json' 'send 0 A' record \
		'forward 0 --to mqtt://h/t' 'receive 0 --from redis://h/t'; do
		# shellcheck disable=SC2086 # these are arguments
		run "$fifoctl" $command
		ok "fifoctl $command says that fifo.ko is not loaded" \
			says 1 "fifoctl: fifo.ko is not loaded: insmod fifo.ko"
	done
	none=$'# HELP fifo_loaded Whether fifo.ko is loaded.\n# TYPE fifo_loaded gauge\nfifo_loaded 0'
	run "$fifoctl" metrics
	is "$status $said" "0 $none"$'\n# EOF' "fifoctl metrics shows that it is not"
	mkdir "$work/textfiles"
	(umask 077 && echo old >"$work/textfiles/fifo.prom")
	run "$fifoctl" metrics --format prometheus --output "$work/textfiles/fifo.prom"
	is "$status $said $(<"$work/textfiles/fifo.prom")" "0  $none" "and writes that over an old file"
	run bash -c '"$0" metrics --output "$1" >&-' "$fifoctl" "$work/textfiles/fifo.prom"
	is "$status $said $(<"$work/textfiles/fifo.prom")" "0  $none"$'\n# EOF' "even if standard output is closed"
	is "$(cd "$work/textfiles" && stat -c '%A %n' -- *)" "-rw-r--r-- fifo.prom" "which everybody may read, and leaves no other"
fi

# A limit of 0 bytes: each write to a file fails.
mkdir -p "$work/textfiles"
echo old >"$work/textfiles/fifo.prom"
run bash -o pipefail -c '(trap "" XFSZ; ulimit -f 0; "$0" metrics --output "$1") 2>&1 | cat' "$fifoctl" "$work/textfiles/fifo.prom"
is "$status $said" "1 fifoctl: $work/textfiles/fifo.prom: File too large" "metrics that cannot be written are an error"
is "$(head "$work"/textfiles/*)" old "the old file stays, alone"
run "$fifoctl" metrics --output /dev/null
is "$status $said" "1 fifoctl: /dev/null: is no regular file" "a device is not replaced"

# --- completion --------------------------------------------------------------

. "$root/tools/completion/fifoctl.bash"

# completes WORD…: the completions of the last word.
completes() {
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	_fifoctl
	echo "${COMPREPLY[*]}"
}

is "$(completes fifoctl '')" "list stat cat send watch top record plot metrics forward receive --help --version" "all commands are completed"
is "$(completes fifoctl s)" "stat send" "those that begin so"
is "$(completes fifoctl cat 0 --)" "--json --count --map --help" "the options of a command"
is "$(completes fifoctl top --)" "--once --json --interval --help" "those of top"
is "$(completes fifoctl plot x.dat --what r)" "rate" "what plot draws"
is "$(completes fifoctl plot "$root/tests/240")" "$root/tests/240-tools-without-modules.t" "the files that it may draw"
is "$(completes fifoctl metrics --format o)" "openmetrics" "the values of an option"
is "$(completes fifoctl forward 0 --to k)" "kafka" "the servers that items go to"
is "$(completes fifoctl cat 0 --count '')" "" "nothing where any number goes"
is "$(completes fifoctl send 0 '')" "" "nor where any text goes"

# --- manual pages ------------------------------------------------------------

for page in fifoctl.1 libfifo.3 fifo.4 producer.4 consumer.4; do
	if type man groff >/dev/null 2>&1; then
		run env LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -l "$root/docs/man/$page"
		is "$(LC_ALL=C.UTF-8 man --warnings -l "$root/docs/man/$page" 2>&1 >/dev/null)" "" "$page has no mistakes"
	else
		skip "there is no man to look at $page"
	fi
done
undocumented=$(for name in $declared; do grep -q "^\.Fn $name\b" "$root/docs/man/libfifo.3" || echo "$name"; done)
is "$undocumented" "" "libfifo.3 has all functions"
