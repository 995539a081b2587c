# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Completes fifoctl's commands, their options, and the queues that there are.

# _fifoctl_queues: their numbers, from sysfs.
_fifoctl_queues() {
	local dir

	for dir in /sys/class/misc/fifo[0-9]*; do
		[[ -e $dir ]] && printf '%s\n' "${dir##*/fifo}"
	done
}

_fifoctl_words() {
	local command=$1

	case $command in
	list) echo --help ;;
	stat | watch) echo --interval --help "$(_fifoctl_queues)" ;;
	cat) echo --json --count --map --help "$(_fifoctl_queues)" ;;
	metrics) echo --format --output --help ;;
	send) echo --help "$(_fifoctl_queues)" ;;
	esac
}

_fifoctl() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local words

	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
		words='list stat cat send watch metrics --help --version'
	elif [[ $before == --format ]]; then
		words='openmetrics prometheus'
	elif [[ $before == --output ]]; then
		compopt -o default
		return
	elif [[ $before == --count || $before == --interval ]]; then
		return
	elif [[ ${COMP_WORDS[1]} == send ]] && ((COMP_CWORD > 2)); then
		return
	else
		words=$(_fifoctl_words "${COMP_WORDS[1]}")
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}

complete -F _fifoctl fifoctl
