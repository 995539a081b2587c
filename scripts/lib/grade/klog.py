# SPDX-License-Identifier: GPL-2.0
"""Bad lines in the kernel's log."""

import itertools
import os
import re

# A client that is loaded without fifo.ko is to be refused so; and whose memory is left, checkers.py
# looks.
ALLOWED = ("Unknown symbol", "kmemleak: [1-9][0-9]* new")
# Who prints these looks at a clock: a kernel that gets no processor prints them, too.
TIMED = re.compile(r"blocked for more than|self-detected stall|detected (expedited )?stalls|kthread starved|"
                   r"soft lockup|hard LOCKUP|workqueue lockup|nobody cared")
STAMP = re.compile(r"^\[ *\d+\.\d+\]\S* ?")
# A frame in a module, or in one that is no more there.
OURS = r"\[(%s)\b|\b(0x|address: )ffffffff[a-f]"
BLOCK = 80
# Races that are the kernel's even where a module has called it: scripts/lib/log.sh says why.
KERNELS = re.compile(r"data-race in (hrtimer_wakeup|ktime_get_mono_fast_ns|.* / (hrtimer_wakeup|ktime_get_mono_fast_ns)|"
                     r"process_one_work / try_to_grab_pending)\b")
TRACE = re.compile(r"Call [Tt]race:")
# Lines in which a watchdog may print stacks.
STACKS = 400


def bad_lines(root):
    """An expression for the lines that fail a test."""
    with open(os.path.join(root, "vm/bad-dmesg"), encoding="utf-8") as file:
        lines = [line.rstrip("\n") for line in file]
    return re.compile("|".join("(?:%s)" % line for line in lines if line and line[0] != "#" and line not in ALLOWED))


class Log:
    """The bad lines of a log, and what they are about."""

    def __init__(self, bad, names):
        self.bad = bad
        self.ours = re.compile(OURS % "|".join(map(re.escape, names)))

    def find(self, lines):
        """The bad lines that begin a report, each with what follows it and whether it is sure: what
        is no matter of time, and has the submission's functions in it. The stacks that a watchdog
        prints, of each processor, are no reports of their own."""
        found, until, timed_until = [], 0, 0
        for n, line in enumerate(lines):
            if not STAMP.match(line) or not self.bad.search(line) or n < until:
                continue
            if n < timed_until and TRACE.search(line):
                continue
            # The line that cuts says nothing.
            start = n + ("[ cut here ]" in line and n + 1 < len(lines))
            block = [STAMP.sub("", text) for text in lines[start:start + BLOCK]]
            if "BUG: KCSAN:" in line and not self._is_race(block):
                continue
            timed = TIMED.search(line)
            found.append((block[0], block, not timed and any(map(self.ours.search, block))))
            until = self._end(lines, n)
            if timed:
                timed_until = n + STACKS
        return found

    def _is_race(self, block):
        """Of the submission? Then one of its functions is in either stack. Below an interrupt's entry
        is what that has interrupted, by chance."""
        interrupted = False
        for line in itertools.takewhile(lambda line: not line.startswith("===="), block):
            if re.search(r"\b(read|write)\b.* to 0x[0-9a-f]+ of ", line):
                interrupted = False
            interrupted = interrupted or bool(re.search(r"asm_(sysvec|common_interrupt)", line))
            if not interrupted and line != block[0] and self.ours.search(line):
                return not KERNELS.search(block[0])
        return False

    @staticmethod
    def _end(lines, start):
        """Behind the report: where its trace of calls ends, or a few lines later."""
        for n in range(start + 1, min(start + BLOCK, len(lines))):
            if re.search(r"</TASK>|end trace", lines[n]):
                return n + 1
        return start + 3
