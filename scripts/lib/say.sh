# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Messages to the person at the terminal. They go to standard error: standard
# output belongs to results.

say() {
	printf '%s\n' "$*" >&2
}

# slowly COMMAND…: counts the seconds on a terminal if it takes longer than 5 s.
slowly() {
	local status=0 ticking

	if [[ ! -t 2 ]]; then
		"$@"
		return
	fi
	tick &
	ticking=$!
	"$@" || status=$?
	kill "$ticking" 2>/dev/null || true
	wait "$ticking" 2>/dev/null || true
	printf '\r\e[K' >&2
	return "$status"
}

# Shows the seconds so far, in one line, until this script ends.
tick() {
	local start=$SECONDS

	while sleep 1 && kill -0 $$ 2>/dev/null; do
		((SECONDS - start < 5)) || printf '\r  %d s' "$((SECONDS - start))" >&2
	done
}

# into FILE COMMAND…: writes all output there.
into() {
	"${@:2}" >"$1" 2>&1
}

die() {
	say "${0##*/}: $*"
	exit 1
}
