#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The player (see play.sh) in bash: read, mapfile and printf.
# bash has no non-blocking files and no deadline for a write; `read -n` ends at a line's end.

# A write to a pipe without a reader is to fail, not to end this.
trap '' PIPE

# failed TEXT: TEXT is what bash said.
failed() {
	case $1 in
	*'Broken pipe'*) echo error EPIPE ;;
	*'Invalid argument'*) echo error EINVAL ;;
	*'Message too long'*) echo error EMSGSIZE ;;
	*) echo "error $1" ;;
	esac
}

# take OPTION…: what read has read.
take() {
	local line status=0

	IFS= read -r "$@" -u 5 line || status=$?
	if ((status > 128)); then
		echo timeout
	elif ((status)); then
		echo end
	else
		echo "line $line"
	fi
}

# give WORD COMMAND…: WORD if the command has written to the file.
give() {
	local said

	if said=$("${@:2}" 2>&1 >&6); then
		echo "$1"
	else
		failed "$said"
	fi
}

lines() {
	local -a all
	local n sum=0

	mapfile -t -n "$2" all <"$1"
	for n in "${all[@]}"; do
		sum=$((sum + n))
	done
	echo "lines ${#all[@]} sum $sum"
}

whole() {
	local text

	IFS= read -r -N "$1" -u 5 text
	echo "bytes ${text//$'\n'/'\n'}"
}

numbers() {
	local n

	for ((n = 1; n <= $1; n++)); do
		printf '%d\n' $n
	done
}

while read -r command first second; do
	case $command in
	reads) exec 5<"$first" && echo opened ;;
	writes) exec 6>"$first" && echo opened ;;
	appends) exec 6>>"$first" && echo opened ;;
	line) take ;;
	within) take -t "$((first / 1000)).$(printf %03d $((first % 1000)))" ;;
	ready) read -t 0 -u 5 && echo yes || echo no ;;
	lines) lines "$first" "$second" ;;
	whole) whole "$first" ;;
	put) give "put $((${#first} / 2))" printf "%b" "${first//??/'\x'&}" ;;
	say) give said printf '%s\n' "$first${second:+ $second}" ;;
	numbers) give "numbers $first" numbers "$first" ;;
	shut) exec 5<&- 6>&- && echo closed ;;
	*) echo none ;;
	esac
done
