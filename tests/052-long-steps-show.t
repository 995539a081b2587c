#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A step of a script that takes longer than 5 s counts its seconds on a terminal, and
# writes nothing into a log. No virtual machine.

. "${0%/*}/lib/host.sh"

# on_terminal COMMAND…: what it shows there, with r for a carriage return.
on_terminal() {
	script -qec "bash -c '. $root/scripts/lib/say.sh; $*'" /dev/null </dev/null | tr '\r' r | tr -d '\n\033'
}

shown=$(on_terminal 'slowly sleep 8')
if [[ $shown =~ ^(r\ \ [5-9]\ s)+r\[K$ ]]; then
	pass "a long step counts its seconds on a terminal"
else
	fail "a long step counts its seconds on a terminal" "$shown"
fi
is "$(on_terminal 'slowly true')" "r[K" "a short one does not"
is "$(on_terminal 'slowly false || echo failed')" "r[Kfailedr" "its status is that of the command"
is "$(slowly sleep 6 2>&1)" "" "nothing is written into a log"
scratch
status=0
slowly into "$scratch_dir/log" bash -c 'echo one; echo two >&2; exit 3' || status=$?
is "$status $(xargs <"$scratch_dir/log")" "3 one two" "all that a step writes goes into its log"
