# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Judging the log of a guest's kernel.

# log_tainted TAINTS: do they tell of trouble? A forced load or unload, a bad
# page, an oops, a warning, a lockup. Modules from outside the kernel's tree taint
# it as well.
log_tainted() {
	(($1 & (1 << 1 | 1 << 3 | 1 << 5 | 1 << 7 | 1 << 9 | 1 << 14)))
}

# log_own_races <LOG: the log without the heads of those reports of KCSAN that are
# about the kernel alone, whose own code has races that are not ours to judge. A
# report is ours when a frame of either stack is in a module, for a guest has no
# others; or is an address without a name, as in one that is gone. Frames below an
# interrupt's entry are of what it has interrupted, and do not count.
#
# Three races are the kernel's also when a module is in the stack. Who sleeps on a
# high-resolution timer: its hrtimer_wakeup() clears the sleeper's pointer to itself as
# that reads it; in the kernel's function, or in that of ours which its macro became a
# part of. Who asks for the time of an event: that reads the clock's latch, again if
# it was written meanwhile. And who has a work done sooner, with mod_delayed_work():
# that sets the bit for pending before it has the pool's lock, while the worker that
# takes up the work reads the bits beside it.
log_own_races() {
	awk '
		/BUG: KCSAN: data-race in (hrtimer_wakeup \/ schedule_hrtimeout_range|fifo_worker_nap.* \/ hrtimer_wakeup$|ktime_get_mono_fast_ns\+[0-9a-fx\/]+$|process_one_work \/ try_to_grab_pending$)/ { head = ""; next }
		/BUG: KCSAN:/ { head = $0; interrupted = 0; next }
		/ (read|write).* to 0x[0-9a-f]+ of / { interrupted = 0 }
		/ =+$/ { head = ""; interrupted = 0 }
		/ asm_(sysvec|common_interrupt)/ { interrupted = 1 }
		interrupted { print; next }
		head && (/ \[[a-z_0-9]+\]$/ || /\] +0x[0-9a-f]+$/) { print head; head = "" }
		{ print }
		END { if (head) print head }'
}

# log_bad_lines ALLOWED <LOG: lines of the kernel (they have a time stamp) that
# match a pattern of vm/bad-dmesg, and not ALLOWED if that is not empty,
# each once.
log_bad_lines() {
	local allowed=$1

	tr -d '\r' | grep -aE '^\[ *[0-9]+\.[0-9]+\]' | log_own_races | awk '!seen[$0]++' |
		grep -aE -f <(sed '/^#/d; /^$/d' "$root/vm/bad-dmesg") |
		if [[ $allowed ]]; then grep -avE -e "$allowed"; else cat; fi || true
}
