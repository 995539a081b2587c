#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# play.sh FILE SECTIONS PLAYER…: the other end of a pipe or a queue that a runtime reads and
# writes. Prints a line for each step: its name, what a pipe is to do (`*`: anything, `|`: or),
# and what this file did, with tabs between. All but the runtime is the same for each file.
#
# The player is a program in some language. Each line of its standard input is a command,
# which it carries out as its language's library is meant to be used, and answers by a line:
#
#	reads PATH, writes PATH, appends PATH	open			opened
#	tries PATH		open to write, without waiting		opened
#	line			read a line				line TEXT, or end
#	within MS		read a line, or give up			the same, or timeout
#	ready			could a line be read at once?		yes, or no
#	lines PATH N		read N lines, of numbers, and close	lines N sum SUM
#	bytes N			one read of at most N bytes		bytes TEXT
#	whole N			read N bytes				bytes TEXT
#	interrupt		read a line, and end this after 0.3 s	interrupted
#	put HEX			write bytes at once			put N
#	put-within MS HEX	the same, or give up			put N, or timeout
#	say TEXT		write a line through a buffer, flush	said
#	numbers N		write 1 to N through a buffer, flush	numbers N
#	shut			close					closed
#
# An answer is also `error NAME`, or `none`: the library has no such thing.

set -u

# --- the player --------------------------------------------------------------

# begin COMMAND
begin() {
	printf '%s\n' "$1" >&"${PLAYER[1]}"
}

# finish STEP WANT: its answer. A player that does not answer is not waited for twice.
finish() {
	local status=0

	IFS= read -r -t 240 -u "${PLAYER[0]}" outcome || status=$?
	((status == 0)) || outcome='no answer'
	note "$1" "$2"
	((status == 0)) || exit 1
}

# step NAME WANT COMMAND
step() {
	begin "$3"
	finish "$1" "$2"
}

# note STEP WANT
note() {
	printf '%s\t%s\t%s\n' "$section: $1" "$2" "$outcome"
}

# has: can the runtime do what the last step asked for? If not, what was there for it goes.
has() {
	[[ $outcome == none ]] || return 0
	drain >/dev/null
	return 1
}

# asleep: the player waits, most likely within its command. If it does not do so yet, the
# outcome is to be the same.
asleep() {
	local limit=$((SECONDS + 10))

	sleep 0.1
	until ((SECONDS > limit)) || ! cat /proc/"$player"/task/*/stat | grep -qv ') S '; do
		sleep 0.02
	done
}

# --- the other end -----------------------------------------------------------

# As long as this has it open, a pipe has a reader and a writer.
keep() {
	exec 7<>"$path"
}

leave() {
	exec 7>&-
}

# feed TEXT: in one write.
feed() {
	printf '%b' "$1" >&7
}

# drain: prints what is there.
drain() {
	local text

	while text=$(text read "$path" 65536 nonblock && echo .) && [[ $text == [1-9]*:* ]]; do
		text=${text#*:}
		printf '%s' "${text%$'\n.'}"
	done
}

# What was read before the player had answered.
early=''

# drained STEP WANT: what is there, in visible form, without what has filled it.
drained() {
	outcome=$({ printf '%s' "$early" && drain; } | sed '/^filling$/d' && echo .)
	early=''
	outcome=${outcome%.}
	outcome=${outcome//$'\n'/'\n'}
	outcome=${outcome//$'\x01'/'\x01'}
	outcome=${outcome//$'\xe4'/'\xe4'}
	note "$1" "$2"
}

# fill: until there is no room. A pipe has 64 KiB, in pages: a whole page is to be read for room.
fill() {
	local lines

	printf -v lines '%8192s' ''
	until [[ $(text write "$path" "${lines// /'filling\n'}" nonblock) == EAGAIN ]]; do :; done
}

# finish_fed STEP WANT: lines come until the player answers. One that reads ahead closes the
# file only when its read ends.
finish_fed() {
	while sleep 0.2 7>&-; do
		echo spare >&7
	done &
	feeder=$!
	trap 'kill "$feeder"' EXIT
	finish "$1" "$2"
	kill "$feeder"
	wait "$feeder" 2>/dev/null || true
	trap - EXIT
	drain >/dev/null
}

shut_reader() {
	begin shut
	finish_fed close closed
}

# --- sections ----------------------------------------------------------------

play_lines() {
	begin "lines $path 5000"
	seq 5000 >&7
	finish_fed 'read 5000' 'lines 5000 sum 12502500'
}

play_within() {
	step open opened "reads $path"
	step '300 ms, nothing comes' timeout 'within 300'
	begin line
	asleep
	feed 'one\n'
	finish 'a line comes later' 'line one'
	begin 'within 240000'
	asleep
	feed 'two\n'
	finish 'minutes, a line comes' 'line two'
	has || true
	shut_reader
}

play_text() {
	step open opened "reads $path"
	feed 'grüße €😀\n'
	step UTF-8 'line grüße €😀' line
	feed '\n'
	step 'an empty line' 'line ' line
	begin line
	feed 'begun'
	asleep
	feed ', ended\n'
	finish 'a line in two writes' 'line begun, ended'
	shut_reader
}

play_interrupt() {
	step open opened "reads $path"
	step 'a read that waits' interrupted interrupt
	shut_reader
	feed 'late\n'
	drained 'what comes later is there' 'late\n'
}

play_ready() {
	step open opened "reads $path"
	step empty no ready
	feed 'a\nb\n'
	step 'two lines' yes ready
	step 'the first line' 'line a' line
	step 'one line, perhaps in the buffer' '*' ready
	step 'the second line' 'line b' line
	step 'empty again' no ready
	shut_reader
}

play_parts() {
	feed 'hello\nworld\n'
	step open opened "reads $path"
	step 'one read of 3 bytes' 'bytes hel' 'bytes 3'
	if has; then
		step 'close' closed shut
		step 'open again' opened "reads $path"
		step 'the rest' 'bytes lo\nworld\n' 'bytes 100'
	fi
	step 'close at the end' closed shut
}

play_split() {
	feed 'hello\nworld\n'
	step open opened "reads $path"
	step 'one read of 8 bytes' 'bytes hello\nwo' 'bytes 8'
	step close closed shut
}

play_whole() {
	feed 'hello\nworld\n'
	step open opened "reads $path"
	step '8 bytes' 'bytes hello\nwo' 'whole 8'
	step close closed shut
}

play_write() {
	step open opened "writes $path"
	begin 'numbers 20000'
	outcome=$(head -n 20000 "$path" | awk '{ n++; sum += $1 } END { print n, sum }')
	note '20000 lines arrive' '20000 200010000'
	finish '20000 lines through a buffer' 'numbers 20000'
	step 'two lines in one write' 'put 4' 'put 610a620a'
	drained 'which arrive' 'a\nb\n'
	step 'part of a line' 'put 2' 'put 6265'
	step 'the rest of it' 'put 4' 'put 67756e0a'
	drained 'which are one line' 'begun\n'
	step 'a line without its end' 'put 6' 'put 6e6f20656e64'
	step close closed shut
	drained 'that line arrives' 'no end'
}

play_append() {
	step open opened "appends $path"
	step UTF-8 said 'say grüße €😀'
	drained 'which arrives' 'grüße €😀\n'
	step close closed shut
}

play_bytes() {
	step open opened "writes $path"
	step 'broken UTF-8' 'put 2' 'put e40a'
	step 'a control character' 'put 2' 'put 010a'
	step '41 bytes' 'put 42' "put $(printf '78%.0s' {1..41})0a"
	drained 'what arrives' '\xe4\n\x01\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n'
	step 'a line afterwards' 'put 3' 'put 6f6b0a'
	drained 'which arrives' 'ok\n'
	step close closed shut
}

play_refused() {
	step open opened "writes $path"
	step 'a control character through a buffer' said $'say \x01'
	step close closed shut
	drained 'what arrives' '\x01\n'
}

play_full() {
	fill
	step 'open without waiting' opened "tries $path"
	if has; then
		step 'write without waiting' 'error EAGAIN' 'put 6e6f0a'
		step close closed shut
	fi
	fill
	step 'open to wait' opened "writes $path"
	step 'write within 300 ms' timeout 'put-within 300 6e6f0a'
	step 'close after that' closed shut
	drained 'nothing of these arrives' ''
}

play_room() {
	fill
	step open opened "writes $path"
	begin 'put 7965730a'
	asleep
	early=$(text read "$path" 4096)
	early=${early#*:}$'\n'
	finish 'a write waits for room' 'put 4'
	drained 'and arrives' 'yes\n'
	step close closed shut
}

play_no_writer() {
	step open opened "reads $path"
	feed 'last\n'
	leave
	step 'a line that is there' 'line last' line
	step 'and then, within 300 ms' end 'within 300'
	keep
	shut_reader
}

play_no_reader() {
	step open opened "writes $path"
	leave
	step 'a write' 'error EPIPE' 'put 6c6f73740a'
	step close 'closed|error EPIPE' shut
	keep
	drained 'what a later reader gets' ''
}

# --- all of it ---------------------------------------------------------------

sections=(lines within text interrupt ready parts split whole write append bytes refused full room no_writer no_reader)
path=$1
[[ $2 == all ]] || read -ra sections <<<"$2"
coproc PLAYER { exec "${@:3}"; }
player=$PLAYER_PID
# Some runtimes take a minute to start where the host is busy.
begin hello
read -r -t 400 -u "${PLAYER[0]}" _ || exit
for section in "${sections[@]}"; do
	keep
	"play_$section"
	drain >/dev/null
	leave
done
# One that still reads ahead would not end by itself.
{
	kill -9 "$player"
	wait "$player"
} 2>/dev/null || true
