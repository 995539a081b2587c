# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Messages to the person at the terminal. They go to standard error: standard
# output belongs to results.

say() {
	printf '%s\n' "$*" >&2
}

die() {
	say "${0##*/}: $*"
	exit 1
}
