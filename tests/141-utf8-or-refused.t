#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A line may hold UTF-8, tabs, and a CR at its end, and is read back byte for byte.
# Anything else that a process writes is refused with a line in the kernel log. If a
# module has put it, it is shown escaped.

. "${0%/*}/lib/host.sh"

run_guest --timeout 240 <<'GUEST'
dev=/dev/fifo0

queue() {
	cat /sys/class/misc/fifo0/$1
}

# comes_back TEXT DESCRIPTION: the same bytes.
comes_back() {
	printf '%s\n' "$1" >/run/written
	timeout 5 cat /run/written >$dev || true
	timeout 5 head -n 1 $dev >/run/read || true
	ok "$2 comes back byte for byte" cmp /run/written /run/read
}

# takes BYTES DESCRIPTION: BYTES as in printf, in a write that has other lines, too.
takes() {
	is "$(text write $dev "a\n$(printf "$1")\nb\n" nonblock)" $((5 + $(printf "$1" | wc -c))) "$2 is taken"
	is "$(text read $dev 100)" "$((5 + $(printf "$1" | wc -c))):a"$'\n'"$(printf "$1")"$'\n'b "and read"
}

refuses() {
	is "$(text write $dev "a\n$(printf "$1")\nb\n" nonblock)" EINVAL "$2 is refused"
	is "$(queue depth)" 0 "with all that is written"
}

load fifo size=16

section "a character that is cut by calls"
printf 'Gr\303\274\303\237e\r\n\360\237\231\202\n' >/run/written
dd if=/run/written of=$dev bs=1 2>/dev/null || true
timeout 5 head -n 2 $dev >/run/read || true
ok "written byte by byte, it is whole" cmp /run/written /run/read
is "$(pieces writev $dev $'x\xe2' $'\x82' $'\xac\\n')" 5 "in pieces of a call"
is "$(text read $dev 100)" $'5:x€' "too"
exec {fd}>$dev
printf 'ab\303' >&$fd
not_ok "what comes next must be the rest of it" eval 'printf "c\n" >&$fd'
printf '\244\n' >&$fd
is "$(text read $dev 100)" $'5:abä' "and what was refused has done nothing"
printf 'ab\303' >&$fd
exec {fd}>&-
is "$(queue depth)" 0 "a line that ends inside a character when the file is closed is refused"
says 'fifo: queue 0: byte 3 of a line from .*, 0x0a, is refused: must be UTF-8 .*' "and it is said"

# The kernel prints at most ten such lines in five seconds.
section "refusals are said"
printf 'evil\033\n' >/proc/$BASHPID/comm
(echo $'a\x07b' >$dev) 2>/dev/null || true
echo bash >/proc/$BASHPID/comm
says 'fifo: queue 0: byte 2 of a line from evil\\e(\\n)?, 0x07, is refused: must be UTF-8 without control characters but tabs, and a CR at the end of a line' \
	"which byte, of which process"
text write $dev "ok\n$(printf 'x%.0s' {1..57})\n" >/run/result
is "$(</run/result)" EMSGSIZE "a line that is too long"
says 'fifo: queue 0: a line of 57 bytes from text is refused: must be at most 40' "its length is said"
section "over several calls"
exec {fd}>$dev
printf 'x%.0s' {1..30} >&$fd
(printf 'y%.0s' {1..32} >&$fd) 2>/dev/null || true
says 'fifo: queue 0: a line of 62 bytes from .* is refused: must be at most 40' "of all its parts"
exec {fd}>&-
text read $dev 100 >/dev/null

section "what a line may hold"
comes_back "Grüße, 世界 🙂" "UTF-8"
comes_back $'a\tb' "a tab"
comes_back $'DOS\r' "a CR at the end"
comes_back '\033[1m "quoted" \\' "what looks like an escape"
takes 'd\303\251j\303\240' "a no-break space's second byte"
takes '\342\202\254\357\277\275' "three bytes"
takes '\364\217\277\277' "the last code point"
takes '\r' "a CR alone"
refuses 'a\rb' "a CR within a line"
refuses 'a\r\r' "two CRs"
refuses '\033[1m' "an escape sequence"
refuses '\177' "DEL"
refuses '\302\233' "a control character of Latin-1"
refuses '\300\257' "an overlong form"
refuses '\355\240\200' "a surrogate"
refuses '\364\220\200\200' "what is beyond the last code point"
refuses '\344' "Latin-1"
refuses '\342\202' "a character that is cut off"
is "$(printf 'a\0b\n' | dd of=$dev bs=4 2>&1 | grep -c 'Invalid argument' || true)" 1 "NUL is refused"
is "$(queue depth)" 0 "likewise"

section "all beginnings of a character"
ok "the kernel takes what a decoder takes" utf8 $dev
note "$(</run/output)"
le "$(dmesg_since section | grep -c 'is refused')" 1000 "refusals by the ten thousand do not flood the log"
unload fifo

# One of several parts, which are put one after the other.
section "a write longer than a page"
load fifo size=1024
exec {fd}>$dev
printf 'ab\303' >&$fd
(printf '\244\n' && seq 10000 10999) >/run/long
dd if=/run/long bs=8192 >&$fd 2>/dev/null || true
exec {fd}>&-
is "$(queue put)" 1001 "it may begin inside a character"
is "$(timeout 5 head -n 1 $dev)" "abä" "which is whole"
unload fifo

section "producer.ko"
load fifo
load producer 'item="Grüße 世界"' count=1 rate=max
is "$(timeout 5 head -n 1 $dev)" "Grüße 世界" "item= may be UTF-8"
unload producer
load producer $'item="a\tb,c d"' count=1 rate=max
is "$(timeout 5 head -n 2 $dev | sort)" $'a\tb\nc d' "with tabs and spaces"
says 'producer: \[0\] put item=a\\tb .*' "which the log escapes"
says 'producer: \[0\] started: item=a\\tb rate=.*' "everywhere"
is "$(tr -d '\n' </sys/module/producer/parameters/item)" $'a\tb,c d' "the parameter shows it"
unload producer
word='1 to 32 bytes of UTF-8 without control characters but tabs, and without quotes'
refused producer EINVAL "item=\"two words\"\" is refused: must be $word: those go around the whole list" 'item="two words",B'
refused producer EINVAL "must be $word" $'item=\x1b[1m'
refused producer EINVAL "must be $word" $'item="a\r"'
refused producer EINVAL "must be $word" $'item="\xc3"'
refused producer EINVAL "must be $word" $'item="\xc2\x9b"'
load producer 'item="two words"' count=1 rate=max
is "$(timeout 5 head -n 1 $dev)" "two words" "a word with spaces, as README has it"
unload producer fifo

section "text that somebody else has put"
load fifo engine=ring
is "$(put-text 0 'f\303\274r')" put "a mapped process puts UTF-8"
is "$(timeout 5 head -n 1 $dev)" "für" "it is read as it is"
is "$(put-text 0 'a\033[1m\302\233\n\344')" put "and what is not text"
is "$(timeout 5 head -n 1 $dev | tr -d '\n' | tr -d ' -~' | tr -d '\240-\377' | wc -c)" 0 "there is no control byte in what is read"
unload fifo
GUEST
