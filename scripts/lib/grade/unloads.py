# SPDX-License-Identifier: GPL-2.0
"""Unloading, twenty times each, in each state of a client."""

import random

from bench import LOAD_S, Stuck
from case import ROOM, Case

# Until a client that has nobody at the other end waits: the queue has filled by then.
WAITS_S = 15
# Cycles that are asked for at once.
ASKED = 5


def judge_cycles(bench, criterion, lines, count):
    """Each unload must have returned in time, with nobody left in the modules."""
    steps = bench.steps(lines)
    done = [step for step in steps if step.kind == "unload" and not step.stuck]
    for step in steps:
        if step.stuck:
            hung = step.hung("It did %d times before." % len(done) if done else "")
            if ["overslept"] in lines:
                hung.sure = hung.awake = False
            raise hung
        if step.status:
            raise Stuck("%s %s failed" % (step.verb, step.shown), (), True)
    left = [words for words in lines if words[0] == "inside"]
    if left:
        raise Stuck("rmmod %s has returned, and a task is still inside a function of fifo.ko: the kernel "
                    "dies when it returns into memory that is free" % left[0][1], (), True)
    moving = next((words for words in lines if words[0] == "moving"), None)
    if moving:
        # All calls that have returned. Once the queue is full, each unload ends one more.
        returned = int(moving[2]) if len(moving) > 2 else 0
        bench.lost(criterion, "%s was not seen to wait within %d s, with nobody at the other end: so it could not be "
                   "unloaded while it waits" % (done[-1].shown, WAITS_S), (), returned > ROOM + bench.cycles)
    late = max(done, key=lambda step: step.seconds, default=None)
    if late and late.seconds > bench.limit:
        judge_late(bench, criterion, late)
    if len(done) < count and not moving:
        raise Stuck("only %d of %d unloads were done" % (len(done), count))
    bench.holds(criterion)


def judge_late(bench, criterion, late):
    """As long as the machine stood still, nothing could be unloaded."""
    stood = bench.stood_still()
    if late.seconds - stood > bench.limit:
        bench.comparable = True
        bench.lost(criterion, "rmmod %s took %.1f s: must be within %d s" % (late.shown, late.seconds, bench.limit))


def cycles(bench, criterion, body, each, count):
    """Of the shell: body is repeated until something goes wrong. A few at a time: a machine that
    stands still is known for that soon."""
    lines = []
    for done in range(0, bench.cycles, ASKED):
        asked = min(ASKED, bench.cycles - done)
        script = "limit=%d\nfor ((i = 0; i < %d; i++)); do\n%s\ndone\n((i < %d)) || echo whole" % (
            bench.limit, asked, body, asked)
        lines += bench.ask(script, asked * each + bench.limit + LOAD_S)
        if lines[-1] != ["whole"]:
            break
    judge_cycles(bench, criterion, lines, bench.cycles * count)


def inside(bench, file):
    """A line that looks whether a task is still there."""
    own = bench.only_of(file)
    return "\ninside %s %s && break" % (bench.name_of(file), " ".join(own)) if own else ""


def blocked(bench, file):
    criterion = "unload-full" if file == "producer" else "unload-empty"
    bench.must_load("fifo")
    bench.watch()
    cycles(bench, criterion, "load %s 20 rate=%d || break\nwaits=$(settled %d 0.1 1)\necho $waits\n"
           "unload %s $limit || break%s\n[[ $waits == settled* ]] || break" %
           (file, random.randint(400, 500), WAITS_S, bench.name_of(file), inside(bench, file)), 8, 1)
    bench.tidy("fifo")


def idle(bench):
    """The producer has put an item, the consumer has got it: they sleep until the next. Where this
    machine is so slow that a consumer is at its next item, that is waited for, and is not idle."""
    bench.must_load("fifo")
    bench.watch()
    body = "\n".join("begun=$(now)\nload %s 20 rate=1 || break\npause 0.%d\n"
                     "(($(now) - begun < 900000)) || echo overslept\nunload %s $limit || break" % (
        file, random.randint(1, 4), bench.name_of(file)) for file in ("producer", "consumer"))
    cycles(bench, "unload-idle", body, 5, 2)
    bench.tidy("fifo")


def busy(bench):
    bench.must_load("fifo")
    bench.watch()
    files = ["producer", "consumer"]
    body = "\n".join("load %s 20 rate=%d || break" % (file, random.randint(400, 600)) for file in files)
    body += "\npause 0.$((RANDOM % 3))$((RANDOM % 10))"
    for file in files:
        body += "\nunload %s $limit || break%s" % (bench.name_of(file), inside(bench, file))
    cycles(bench, "unload-busy", body, 5, 2)
    bench.tidy("fifo")


CASES = [
    Case(["unload-idle"], 25, idle),
    Case(["unload-full"], 20, blocked, "producer"),
    Case(["unload-empty"], 20, blocked, "consumer"),
    Case(["unload-busy"], 30, busy),
]
