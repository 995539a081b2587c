#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# scripts/shell runs the commands that are piped in, in a virtual machine that also has the
# user's own module. What cannot be built is refused with the reason.

. "${0%/*}/lib/host.sh"

scratch

# shell ARGUMENT…: sets said and status. It makes a virtual machine of its own.
shell() {
	status=0
	said=$(env -u FIFO_VM "$root/scripts/shell" "$@" 2>"$scratch_dir/err") || status=$?
}

shell --module "$root/samples/put" <<<'insmod fifo.ko && insmod put.ko && head -n 1 /dev/fifo0; rmmod put fifo'
is "$status $said" "0 hello" "a module of one's own puts an item"

shell <<<'insmod fifo.ko size=0'
is "$status" 1 "the exit status is that of the last command"

# refuses WORDS DESCRIPTION DIRECTORY
refuses() {
	shell --module "$3" </dev/null
	is "$status $(grep -c "$1" "$scratch_dir/err")" "1 1" "$2"
}

mkdir "$scratch_dir/empty" "$scratch_dir/wrong" "$scratch_dir/nothing"
refuses "empty: must be a directory with a Kbuild or Makefile" "a directory without a module is refused" "$scratch_dir/empty"

echo 'obj-m := wrong.o' >"$scratch_dir/wrong/Kbuild"
echo 'int wrong(void) { return nothing; }' >"$scratch_dir/wrong/wrong.c"
refuses "error: .nothing. undeclared" "the compiler's message is shown" "$scratch_dir/wrong"

echo 'obj-m :=' >"$scratch_dir/nothing/Kbuild"
refuses "nothing: its build makes no .ko file" "a build without a module is refused" "$scratch_dir/nothing"
