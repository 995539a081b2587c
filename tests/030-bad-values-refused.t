#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Each load with a bad parameter is refused with its error and one line that names the
# parameter, the value and what is allowed. It leaves nothing behind.

. "${0%/*}/lib/host.sh"

# slub_debug=U records the caller of each allocation.
run_guest --timeout 120 --append slub_debug=U,kmalloc-* <<'GUEST'
digits="a whole number from"
rate="from 0.001 to 10000000 items/s with at most 3 decimals, or max"
word="1 to 32 bytes of UTF-8 without control characters but tabs, and without quotes"
queue="an existing queue: fifo.ko has 0 to 1"
long=$(printf '%300s' '' | tr ' ' 7)
word33=$(printf '%33s' '' | tr ' ' w)

# list N TEXT: a list of N entries
list() {
	local entries

	printf -v entries "%$1s" ''
	entries=${entries// /$2,}
	echo "${entries%,}"
}

# bad ERROR MODULE PARAMETER VALUE SHOWN ALLOWED [NAME=VALUE…]: one case.
# SHOWN is the value as the line shows it; = stands for the value itself.
# The kernel accepts a value with white space only in quotes. A value with quotes of its own
# is handed on as it is.
bad() {
	local module=$2 parameter=$3 value=$4 shown=$5 n=${#what[@]}

	[[ $shown != = ]] || shown=$value
	what[n]="$module $parameter='${value:0:60}'${7+ with ${*:7}} is refused: $1"
	want_error[n]=$1
	want_line[n]="$module: $parameter=\"$shown\" is refused: "
	want_allowed[n]="must be $6"
	stayed[n]=''
	[[ $value != *[[:space:]]* || $value == *\"* ]] || value="\"$value\""
	printf '<6>test: mark case %d\n' "$n" >/dev/kmsg
	error[n]=$(exec insmod "/modules/$module.ko" "$parameter=$value" "${@:7}" 2>&1) || true
	if loaded "$module"; then
		stayed[n]=yes
		unload "$module"
	fi
}

new_table() {
	what=() want_error=() want_line=() want_allowed=() stayed=() error=()
	declare -gA texts=([EINVAL]='Invalid parameters' [ENODEV]='No such device')
}

# What the modules print about each case.
read_said() {
	local line n=-1

	said=()
	dmesg >/run/log
	while IFS= read -r line; do
		line=${line#*] }
		if [[ $line == 'test: mark case '* ]]; then
			n=${line##* }
			said[n]=''
		elif ((n >= 0)) && [[ $line =~ $ours && ! $line =~ $ignored ]]; then
			said[n]+=${said[n]:+$'\n'}$line
		fi
	done </run/log
}
ours='^(fifo|producer|consumer): '
ignored='taints kernel\.$|tainting kernel$'

# One result for each case since new_table.
judge() {
	local n said=()

	printf '<6>test: mark case %d\n' ${#what[@]} >/dev/kmsg
	read_said
	for n in "${!what[@]}"; do
		if [[ ${stayed[n]} || ${error[n]} != *"${texts[${want_error[n]}]}" ]]; then
			fail "${what[n]}" "insmod said: ${error[n]}" "kernel log: ${said[n]}"
		elif [[ ${said[n]} != "${want_line[n]}"*"${want_allowed[n]}"* || ${said[n]} == *$'\n'* ]]; then
			fail "${what[n]}, with one line that says why" "kernel log: ${said[n]}" \
				"want: ${want_line[n]}… ${want_allowed[n]}"
		else
			pass "${what[n]}"
		fi
	done
}

# The kernel shows the callers of allocations in a file for each cache. Before 5.14 those of
# some caches cannot be read.
allocated=(/sys/kernel/debug/slab/*/alloc_traces)
[[ -e ${allocated[0]} ]] || allocated=(/sys/kernel/slab/*/alloc_calls)

# Allocated objects, by caller: our modules, unloaded modules (an address without a name),
# and the functions that make a workqueue. KASAN keeps freed objects for a while, unless
# asked to release them.
in_use() {
	local file

	for file in "${allocated[@]}"; do
		file=${file%/*}
		echo 1 >"/sys/kernel/slab/${file##*/}/shrink"
	done
	{
		cat "${allocated[@]}" 2>/dev/null || true
		sed 's/^0x[^ ]* *[0-9]* /1 /' /proc/vmallocinfo
	} | awk '/^ *[0-9]+ 0x/ || /\[(fifo|producer|consumer)\]/ || /alloc_workqueue|apply_wqattrs/ { n[$2] += $1 }
		END { for (who in n) print n[who], who }' | sort -k 2
}

# --- fifo.ko -----------------------------------------------------------------

ok "what is allocated is known" grep -q . "${allocated[@]}"
before=$(in_use)
new_table

size="$digits 1 to 1048576"
bad EINVAL fifo size 0 = "$size"
bad EINVAL fifo size -1 = "$size"
bad EINVAL fifo size +1 = "$size"
bad EINVAL fifo size '' = "$size"
bad EINVAL fifo size x = "$size"
bad EINVAL fifo size 8x = "$size"
bad EINVAL fifo size 0x10 = "$size"
bad EINVAL fifo size 1.5 = "$size"
bad EINVAL fifo size 1e3 = "$size"
bad EINVAL fifo size ' 8' = "$size"
bad EINVAL fifo size '8 ' = "$size"
bad EINVAL fifo size '4 8' = "$size"
bad EINVAL fifo size $'4\n8' '4\n8' "$size"
bad EINVAL fifo size $'\t8' '\t8' "$size"
bad EINVAL fifo size ٣ = "$size"
bad EINVAL fifo size 1048577 = "$size"
bad EINVAL fifo size 4294967296 = "$size"
bad EINVAL fifo size 4294967297 = "$size"
bad EINVAL fifo size 18446744073709551616 = "$size"
bad EINVAL fifo size 18446744073709551617 = "$size"
bad EINVAL fifo size "$long" "${long:0:40}..." "$size"
bad EINVAL fifo size 4, '' "$size"
bad EINVAL fifo size ,4 '' "$size"
bad EINVAL fifo size 4,,8 '' "$size"
bad EINVAL fifo size 4,0,8 0 "$size"
bad EINVAL fifo size 4,8,x x "$size"
bad EINVAL fifo size '4;8' = "$size"
bad EINVAL fifo size "$(list 17 9)" = "at most 16"
bad EINVAL fifo size "$(list 100 8)" "$(list 20 8),..." "at most 16"
engines="semaphore, waitqueue, list or ring"
bad EINVAL fifo engine '' = "$engines"
bad EINVAL fifo engine x = "$engines"
bad EINVAL fifo engine 0 = "$engines"
bad EINVAL fifo engine Semaphore = "$engines"
bad EINVAL fifo engine semaphores = "$engines"
bad EINVAL fifo engine sem = "$engines"
bad EINVAL fifo engine semaphore, '' "$engines"
bad EINVAL fifo engine semaphore,mutex mutex "$engines"
power="a power of two from 2 on with engine=ring"
bad EINVAL fifo size 1 = "$power" engine=ring
bad EINVAL fifo size 3 = "$power" engine=ring
bad EINVAL fifo size 1048575 = "$power" engine=ring
bad EINVAL fifo size 3,8,12 12 "$power" engine=list,ring
bad EINVAL fifo engine "$(list 17 semaphore)" "$(list 4 semaphore),..." "at most 16"
overflow="block, drop-newest or drop-oldest"
bad EINVAL fifo overflow '' = "$overflow"
bad EINVAL fifo overflow drop = "$overflow"
bad EINVAL fifo overflow block,drop drop "$overflow"
bad EINVAL fifo overflow drop_newest = "$overflow"
bad EINVAL fifo overflow BLOCK = "$overflow"
bad EINVAL fifo overflow drop-newest, '' "$overflow"
bad EINVAL fifo overflow block,x x "$overflow" size=4,8 engine=semaphore
bad EINVAL fifo overflow "$(list 17 block)" "$(list 6 block),bloc..." "at most 16"

judge
is "$(in_use)" "$before" "nothing of fifo is left in memory"
is "$(echo /dev/fifo* /sys/class/misc/fifo*)" "/dev/fifo* /sys/class/misc/fifo*" "nor in /dev and /sys"
load fifo size=4,8
like "$(dmesg | tail -n 1)" 'fifo: queue 1: engine=semaphore size=8 overflow=block' "a good load works"

# --- producer.ko and consumer.ko ---------------------------------------------

before=$(in_use)
new_table

bad EINVAL producer item '' = "$word"
bad EINVAL producer item "$word33" = "$word"
bad EINVAL producer item "$long" "${long:0:40}..." "$word"
bad EINVAL producer item $'a\nb' 'a\nb' "$word"
bad EINVAL producer item $'a\rb' 'a\rb' "$word"
bad EINVAL producer item $'\033[1m' '\e[1m' "$word"
bad EINVAL producer item $'\xe4' = "$word"
bad EINVAL producer item $'\177' '\177' "$word"
bad EINVAL producer item A, '' "$word"
bad EINVAL producer item A,,B '' "$word"
bad EINVAL producer item "A,$word33" "$word33" "$word"

# The kernel drops a quote at the beginning of a value, and then one at its end. The rest of
# them are part of entries.
quotes="$word: those go around the whole list, item=\"two words,B\", and in a shell 'item=\"two words,B\"'"
bad EINVAL producer item '"two words",B' 'two words"' "$quotes"
bad EINVAL producer item 'B,"two words"' '"two words"' "$quotes"
bad EINVAL producer item '"A","B"' 'A"' "$quotes"
bad EINVAL producer item 'A,"B' '"B' "$quotes"
bad EINVAL producer item '5"disk' = "$quotes"
bad EINVAL producer item '5"disk' '5"disk rate=2' "$quotes" rate=2

bad EINVAL producer rate 0 = "$rate"
bad EINVAL producer rate 0.0 = "$rate"
bad EINVAL producer rate 0.000 = "$rate"
bad EINVAL producer rate 0.0001 = "$rate"
bad EINVAL producer rate 0.0005 = "$rate"
bad EINVAL producer rate -1 = "$rate"
bad EINVAL producer rate +1 = "$rate"
bad EINVAL producer rate '' = "$rate"
bad EINVAL producer rate fast = "$rate"
bad EINVAL producer rate MAX = "$rate"
bad EINVAL producer rate maximum = "$rate"
bad EINVAL producer rate 5/s = "$rate"
bad EINVAL producer rate .5 = "$rate"
bad EINVAL producer rate 5. = "$rate"
bad EINVAL producer rate 1.2.3 = "$rate"
bad EINVAL producer rate 1e3 = "$rate"
bad EINVAL producer rate 0x10 = "$rate"
bad EINVAL producer rate ' 5' = "$rate"
bad EINVAL producer rate '5 ' = "$rate"
bad EINVAL producer rate $'5\n6' '5\n6' "$rate"
bad EINVAL producer rate 10000000.001 = "$rate"
bad EINVAL producer rate 10000001 = "$rate"
bad EINVAL producer rate 18446744073709551616 = "$rate"
bad EINVAL producer rate 18446744073709551617 = "$rate"
bad EINVAL producer rate "$long" "${long:0:40}..." "$rate"
bad EINVAL producer rate 5, '' "$rate"
bad EINVAL producer rate 5,0 0 "$rate"
bad EINVAL producer rate 5,max,x x "$rate"
bad EINVAL consumer rate 0 = "$rate"
bad EINVAL consumer rate 1,-2 -2 "$rate"

count="$digits 0 to 1000000000000000000"
bad EINVAL producer count -1 = "$count"
bad EINVAL producer count '' = "$count"
bad EINVAL producer count many = "$count"
bad EINVAL producer count 1.5 = "$count"
bad EINVAL producer count 0x10 = "$count"
bad EINVAL producer count 1000000000000000001 = "$count"
bad EINVAL producer count 18446744073709551617 = "$count"
bad EINVAL producer count 5,x x "$count"
bad EINVAL consumer count +5 = "$count"
bad EINVAL consumer count 5, '' "$count"

bad ENODEV producer queue 2 = "$queue"
bad ENODEV producer queue 0,1,2 2 "$queue"
bad ENODEV producer queue 4294967296 = "$queue"
bad EINVAL producer queue -1 = "$digits 0"
bad EINVAL producer queue '' = "$digits 0"
bad EINVAL producer queue x = "$digits 0"
bad EINVAL producer queue 0x1 = "$digits 0"
bad EINVAL producer queue 18446744073709551616 = "$digits 0"
bad EINVAL producer queue 0, '' "$digits 0"
bad ENODEV consumer queue 16 = "$queue"
bad ENODEV consumer queue 1,0,1048576 1048576 "$queue"
bad EINVAL consumer queue fifo0 = "$digits 0"

contexts="work, kthread or timer"
bad EINVAL producer context '' = "$contexts"
bad EINVAL producer context x = "$contexts"
bad EINVAL producer context Work = "$contexts"
bad EINVAL producer context work, '' "$contexts"
cpu="any, or a processor that is online: $(</sys/devices/system/cpu/online)"
bad EINVAL producer cpu '' = "$cpu"
bad EINVAL producer cpu 2 = "$cpu"
bad EINVAL producer cpu -1 = "$cpu"
bad EINVAL producer cpu all = "$cpu"
bad EINVAL producer cpu 0-0 = "$cpu"
bad EINVAL producer cpu 18446744073709551617 = "$cpu"
bad EINVAL producer cpu any, '' "$cpu"
bad EINVAL consumer cpu 0,any,2 2 "$cpu" context=work,kthread
timer="work or kthread: queue 0 has engine=semaphore, which sleeps; timer works with engine=waitqueue, list, ring"
bad EINVAL producer context timer = "$timer"
bad EINVAL consumer context kthread,timer timer "$timer"
bad EINVAL consumer context work,tasklet tasklet "$contexts"

log="items, summary or off"
bad EINVAL producer log '' = "$log"
bad EINVAL producer log on = "$log"
bad EINVAL producer log 1 = "$log"
bad EINVAL producer log items,none none "$log"
bad EINVAL consumer log OFF = "$log"
bad EINVAL consumer log off,, '' "$log"

instances="$digits 1 to 1024"
bad EINVAL producer instances 0 = "$instances"
bad EINVAL producer instances -1 = "$instances"
bad EINVAL producer instances '' = "$instances"
bad EINVAL producer instances x = "$instances"
bad EINVAL producer instances 1025 = "$instances"
bad EINVAL producer instances 4294967297 = "$instances"
bad EINVAL producer instances 2.0 = "$instances"
bad EINVAL producer instances 1,2 = "at most 1"
bad EINVAL consumer instances +2 = "$instances"
bad EINVAL consumer instances 2, = "at most 1"

bad EINVAL producer item A,B,C = "at most 2" instances=2
bad EINVAL producer rate 1,2,3 = "at most 2" instances=2
bad EINVAL producer count 1,2 = "at most 1" instances=1
bad EINVAL producer queue 0,1,0 = "at most 2" instances=2
bad EINVAL consumer context work,work = "at most 1" instances=1
bad EINVAL consumer log off,off,off = "at most 2" instances=2
bad EINVAL consumer rate "$(list 1025 1)" "$(list 20 1),..." "at most 1024"
bad EINVAL producer rate 0 = "$rate" item=A queue=1 count=5 log=off instances=1024
bad ENODEV producer queue 2 = "$queue" item=A rate=5 instances=1024

judge
is "$(in_use)" "$before" "nothing of the clients is left in memory"
is "$(cat /sys/module/fifo/refcnt)" 0 "nobody uses fifo"
is "$(cat /sys/class/misc/fifo*/{put,got,waiting_producers,waiting_consumers} | sort -u)" 0 "nothing was put or got"
unlike "$(ps -o comm)" 'producer|consumer' "no thread is left"

# --- many times --------------------------------------------------------------

repeat() {
	local i

	for ((i = 0; i < 20; i++)); do
		! insmod "$@" 2>/dev/null || return
	done
}

before=$(in_use)
ok "twenty bad producers" repeat /modules/producer.ko item=A,B rate=5,x instances=1000
ok "twenty bad consumers" repeat /modules/consumer.ko queue=0,1,2 log=off
is "$(in_use)" "$before" "nothing of them is left in memory"

# As producer(4) says of quotes and spaces.
load producer 'item="two words,B"' log=off
like "$(dmesg)" 'producer: \[0\] started: item=two words rate=.*producer: \[1\] started: item=B ' \
	"quotes around the whole list keep its spaces"
unload producer
load producer item='two words' log=off
like "$(dmesg)" "producer: unknown parameter 'words' ignored" "without quotes insmod hands on two parameters"
unload producer

load consumer queue=1 rate=max
load producer item=good queue=1 count=3 rate=max
good() {
	[[ $(cat /sys/class/misc/fifo1/got) == 3 ]]
}
ok "good loads work" wait_for 5 good
unload producer consumer
is "$(in_use | grep -v 'fifo_source_new')" "$before" "and nothing but a name is left of them"
unload fifo

before=$(in_use)
ok "twenty bad fifos" repeat /modules/fifo.ko size=8,1048576 overflow=block,x
is "$(in_use)" "$before" "nothing of them is left in memory"
GUEST
