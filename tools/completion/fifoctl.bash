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
	top) echo --once --json --interval --help "$(_fifoctl_queues)" ;;
	cat) echo --json --count --map --help "$(_fifoctl_queues)" ;;
	metrics) echo --format --output --help ;;
	forward) echo --to --config --drain --help "$(_fifoctl_queues)" ;;
	receive) echo --from --config --help "$(_fifoctl_queues)" ;;
	send) echo --help "$(_fifoctl_queues)" ;;
	record) echo --output --seconds --buffer --help ;;
	plot) echo --output --queue --what --terminal --json --help ;;
	esac
}

_fifoctl() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local words

	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
		words='list stat cat send watch top record plot metrics forward receive --help --version'
	elif [[ $before == --format ]]; then
		words='openmetrics prometheus'
	elif [[ $before == --count || $before == --interval || $before == --seconds || $before == --buffer || $before == --drain ]]; then
		return
	elif [[ $before == --to || $before == --from ]]; then
		# A colon ends a word.
		words='mqtt redis kafka'
	elif [[ $before == -o || $before == --output || $before == --config ]]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		return
	elif [[ $before == --queue ]]; then
		words=$(_fifoctl_queues)
	elif [[ $before == --what ]]; then
		words='depth rate wait ports all'
	elif [[ ${COMP_WORDS[1]} == send ]] && ((COMP_CWORD > 2)); then
		return
	else
		words=$(_fifoctl_words "${COMP_WORDS[1]}")
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
	if [[ ${COMP_WORDS[1]} == plot && $before == plot ]]; then
		mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "$word")
	fi
}

complete -F _fifoctl fifoctl
