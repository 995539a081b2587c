# SPDX-License-Identifier: GPL-2.0
"""Why something stands still, or died, in words: from stacks and from the console."""

import itertools
import re

# Frames of the scheduler, and of probes, which say nothing.
DULL = re.compile(r"schedule|_raw_|^__?switch|trampoline|arch_rethook|^ret_from|^kthread$|"
                  r"^worker_thread|^entry_SYSCALL|^do_syscall|^__(x64|do|se)_sys|^exit_to_user|"
                  r"^prepare_to_wait|^asm_|^sysvec_")
# What a function that waits waits for, and what else there is to know.
WAITS = [
    (r"^(__)?down(_common)?$", "sleeps in down() for an up()",
     "Nothing else ends down(): not a signal, nor kthread_stop(), nor cancelling the work"),
    (r"^down_(interruptible|killable|timeout)$", "sleeps in {0}() for an up()",
     "Only a task that a signal reaches leaves it"),
    (r"^kthread_stop$", "waits in kthread_stop() for the thread to end", ""),
    (r"^(cancel_(delayed_)?work_sync|__cancel_work.*|__flush_work|flush_work)$",
     "waits in {0}() for the work to end", "It cannot cancel a work that is running"),
    (r"^(destroy_workqueue|drain_workqueue|flush_workqueue|__flush_workqueue)$",
     "waits in {0}() for the works to end", "It cancels none, and waits as long as a work runs or queues itself again"),
    (r"^(del_timer_sync|timer_delete_sync|__timer_delete_sync|hrtimer_cancel)$",
     "waits in {0}() for the timer's function to end", ""),
    (r"^(__)?mutex_lock", "waits in mutex_lock() for a mutex that another task keeps", ""),
    (r"^wait_for_completion", "waits in {0}() for a complete()", ""),
    (r"^(msleep|msleep_interruptible|schedule_timeout.*)$", "sleeps in {0}() until its time is over", ""),
]


class Stack:
    """The stack of a task, innermost first: names of functions with their modules."""

    def __init__(self, pid, name):
        self.pid, self.name, self.frames = pid, name, []

    def add(self, text):
        match = re.match(r"([\w.]+)\+0x[0-9a-f]+/0x[0-9a-f]+(?: \[(\w+)\])?", text)
        if match:
            self.frames.append((match[1], match[2]))

    def text(self):
        return ["%s (task %s)" % (self.name, self.pid)] + \
            ["    %s%s" % (name, " [%s]" % module if module else "") for name, module in self.frames]

    def place(self):
        """The submission's function that it is in."""
        return next(("%s() of %s.ko" % frame for frame in self.frames if frame[1] and frame[1] != "steady"), None)

    def waits(self):
        """What it does, in words, and what is to be known of that."""
        place = self.place()
        called = ", called by %s" % place if place else ""
        inner = [name for name, module in itertools.takewhile(lambda frame: not frame[1], self.frames)]
        # The last that matches: what a function that waits calls may match, too.
        for name in reversed(inner):
            for pattern, words, more in WAITS:
                if re.match(pattern, name):
                    return words.format(name) + called, more
        if place:
            return "waits in %s" % place, ""
        name = next((name for name in inner if not DULL.search(name)), None)
        return ("waits in %s()" % name if name else "runs, and does not end"), ""


def stacks_of(lines):
    """The stacks in an answer."""
    found = []
    for words in lines:
        if words[0] == "task":
            found.append(Stack(words[1], " ".join(words[2:])))
        elif words[0] == "frame" and found:
            found[-1].add(" ".join(words[1:]))
    return found


def explain(stacks):
    """Why the first task does not return: it, and the others that it may wait for."""
    if not stacks:
        return ""
    words, more = stacks[0].waits()
    parts = ["it " + words]
    hints = [more]
    for stack in stacks[1:3]:
        words, more = stack.waits()
        parts.append("%s %s" % (stack.name, words))
        hints.append(more)
    known = [hint for hint in dict.fromkeys(hints) if hint]
    return "; ".join(parts) + ". " + "".join(hint + ". " for hint in known[-1:])


ALIVE = re.compile(r"(BUG|general protection|divide error|Oops|invalid opcode|kernel BUG|stack segment|"
                   r"int3|Unable to handle)")
OURS = re.compile(r"\[\w+\]$|\b(0x|address: )ffffffff[a-f]")


def death(console):
    """What the console says of a kernel that died: words, the lines around it, and whether it is
    sure that the submission is the cause, as one of its functions is there."""
    lines = [re.sub(r"^\[ *[0-9.]+\]\S* ?", "", line) for line in console.splitlines()]
    panic = next((n for n, line in enumerate(lines) if line.startswith("Kernel panic")), None)
    if panic is None:
        return "", [], False
    if "NMI" in lines[panic]:
        return "", _inside(lines[panic:]), False
    start = next((n for n, line in enumerate(lines[:panic]) if ALIVE.match(line)), panic)
    extract = lines[start:start + 60]
    where = next((re.search(r"RIP: \S+?:(\S+?)\+\S+( \[\w+\])?", line) for line in extract
                  if line.startswith("RIP:")), None)
    words = lines[start].split(",", 1)[0] if start != panic else lines[panic]
    words += " in %s()%s" % (where[1], where[2] or "") if where else ""
    return words, extract[:40], any(OURS.search(line) for line in extract)


def _inside(lines):
    """The stacks of the tasks that are inside a module, of all that an NMI has printed."""
    tasks, kept = [], []
    for line in lines:
        if line.startswith("task:"):
            tasks.append([line])
        elif tasks and re.match(r" (\? )?\S+\+0x", line):
            tasks[-1].append(line)
    for task in tasks:
        if any(line.endswith("]") for line in task):
            kept += task
    return kept
