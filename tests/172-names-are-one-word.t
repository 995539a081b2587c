#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A process's name is text: whatever it is, it is shown as one word on one line. Any
# number of processes leaves enough names for producers. A load that fails says why.

. "${0%/*}/lib/host.sh"

run_guest --timeout 120 <<'GUEST'
# odd_bytes: counts bytes that are neither a line end nor visible ASCII.
odd_bytes() {
	LC_ALL=C tr -d '\n -~' | wc -c
}

all_got() {
	(($(dmesg_since names | grep -c 'got item=A') == ${#names[@]}))
}

load fifo size=64,2
printf 'a\nb\n' >/dev/fifo1
trace_on
load consumer rate=max
load producer item=B rate=2
dmesg_mark names
names=($'x\nkernel: for' $'\e[2J\e[31m' $'a\rb' $'a\tb' $'\x9b2Jab' $'\x7f' 'two words' 'sch'$'\xc3\xb6''n' '' '%s%n"\')
for name in "${names[@]}"; do
	names write "$name" >>/run/ports
	names leave "$name" || true
done
ok "all is got" wait_for 10 all_got
trace_off
unload producer consumer
dmesg_since names >/run/log
trace_read | grep -ao 'fifo_[a-z]*: .*' >/run/trace
is "$(grep '^kernel: for' /run/log || true)" "" "a name with a newline makes no line of the log"
is "$(odd_bytes </run/log)" 0 "nor does any name bring bytes there that are not text"
is "$(odd_bytes </run/trace)" 0 "nor into a trace"
is "$(odd_bytes </run/ports)" 0 "nor into debugfs"
is "$(awk 'NF != 8' /run/ports)" "" "where each port has its line of eight words"
ok "a name is still to be recognised" grep -q 'from=x?kernel:?for queue=0' /run/log
ok "in a trace, too" grep -q 'from=x?kernel:?for' /run/trace
ok "and in debugfs" grep -q '^0 producer x?kernel:?for - - - - 0$' /run/ports
ok "one of text is as it was" grep -qF 'from=%s%n"\ queue=0' /run/log
is "$(grep -vE '^(consumer|producer|fifo): ' /run/log || true)" "" "each line is one of the modules"
unload fifo
GUEST

run_guest --timeout 400 <<'GUEST'
dev=/dev/fifo0

source_of() {
	trace_read | awk -v from="from=$1" '/fifo_put/ && $NF == from { sub(/.*source=/, ""); print $1 }'
}

# put_as NAME
put_as() {
	(
		printf '%s' "$1" >/proc/$BASHPID/comm
		echo A >$dev
	)
}

load fifo size=4 overflow=drop-oldest
put_as early
# More than there are numbers for names, and more than are kept.
((slow == 1)) && many=65540 || many=5000
is "$(names many $many)" $many "$many processes of different names have put"
trace_on
put_as early
put_as late
put_as later
put_as later
load producer item=A count=1 rate=max
wait_for 10 grep -qx $((1 + many + 4 + 1)) /sys/class/misc/fifo0/put
pass "and producer.ko can be loaded"
trace_off
is "$(source_of early | wc -l)" 1 "a name of before is still shown"
is "$(source_of 'producer[0]' | wc -l)" 1 "and so is the producer's"
is "$(source_of process | sort -u | wc -l)" 3 "further processes have no name, but numbers of their own"
unload producer

# The names that clients in the kernel can use up.
dmesg_mark many
load names n=40000
like "$(dmesg_since many)" 'names: 327[0-9]+ attached, then error -28' "of names of the kernel's clients there are 32768"
put_as latest
pass "processes do not need them"
load producer item=A count=1 rate=max
unload producer
pass "nor does a producer whose name is known"
refused producer ENOSPC 'producer: \[1\] cannot be made: fifo.ko keeps the names of all producers, and has no room for more' instances=2
load consumer
unload consumer
pass "nor does a consumer"
unload names fifo
load fifo
load producer instances=2
unload producer fifo
GUEST

# Each allocation of a load fails once: if it is one of our code's, the load's failure
# has a line.
run_guest --timeout 600 \
	--allow 'vmalloc error: size|Call Trace:|kobject_add_internal failed for .* \(error: -12|Unknown symbol \w+ \(err -(2|12|16)\)|kmemleak: [0-9]+ new suspected' \
	--append 'log_buf_len=16M slub_debug=A;-,kmemleak_*,debug_objects_cache,dentry,tracefs_inode_cache,ftrace_event_field,trace_event_file' <<'GUEST'
faults=/sys/kernel/debug

if [[ ! -e $faults/failslab ]]; then
	skip 1 "this kernel injects no failures: use --kernel debug"
	exit
fi
allow_leaks sysfs_slab_add
echo Y >$faults/failslab/cache-filter
echo N >$faults/failslab/ignore-gfp-wait
echo 100 >$faults/fail_page_alloc/min-order
# With a stack, which says whose allocation it was.
echo 2 >$faults/failslab/verbose
echo 1 >/sys/kernel/rcu_expedited

# count_loads INIT MODULE <LOG: "FAILED SILENT": the loads that failed for an allocation
# of INIT, and those of them that have no line of the module.
count_loads() {
	awk -v init=" $1[+]" -v line="^$2: .*(no memory|error -)" '
		/FAULT_INJECTION/ { ours = said = 0 }
		$0 ~ init { ours = 1 }
		$0 ~ line { said = 1 }
		/^fail-nth: [0-9]+ failed/ && ours { failed++; silent += !said; ours = 0 }
		END { print failed + 0, silent + 0 }'
}

# each_says INIT MODULE COUNT WHICH ITEM…: of fail-nth last.
each_says() {
	local failed silent

	dmesg_mark attempts
	if ! fail-nth last "${@:3}" >/run/failed 2>/run/output; then
		fail "$2: each allocation fails once" "$(</run/output)"
		return
	fi
	read -r failed silent < <(dmesg_since attempts | count_loads "$1" "$2")
	ge "$failed" 3 "$2: loads fail for want of memory"
	is "$silent" 0 "$2: each of the $failed has a line"
}

queues="fifo engine=semaphore,waitqueue,list,ring size=2"
clients="queue=0,1,2,3 context=work,kthread,timer,timer count=10 rate=max"
each_says fifo_init fifo 60 0 10 "$queues" "producer $clients" "consumer $clients"
each_says fifo_client_start producer 60 1 10 "$queues" "producer $clients" "consumer $clients"
each_says fifo_client_start consumer 60 1 10 "$queues" "consumer $clients" "producer $clients"
GUEST
