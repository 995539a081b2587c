# SPDX-License-Identifier: GPL-2.0
"""What the checkers of a debug kernel say while the modules are loaded, work and are unloaded:
about memory, timers, locks and data races."""

import itertools
import random
import re
import time

from bench import Hung, Stuck
from case import VALUES, Case
from guest import Dead

ENDURES_S = 600
# What a load may take, beside an unload.
LOADS = 5
# Which criterion a report costs, by its first line.
ABOUT = [
    ("races", re.compile(r"KCSAN")),
    ("timers", re.compile(r"ODEBUG")),
    ("locks", re.compile(r"lock|scheduling while atomic|bad: scheduling|sleeping function|suspicious RCU|"
                         r"non-static key|LOCKS_WARN_ON")),
    ("memory", re.compile(r"KASAN:|general protection|unable to handle|KFENCE|UBSAN|list_(add|del)|refcount_t|leaked|Objects remaining|double free|Bad page")),
]


def about(line):
    """Or the log's, which all other reports cost."""
    return next((name for name, pattern in ABOUT if pattern.search(line)), "log")


def judge_reports(bench, reports):
    for line, block, sure in reports:
        bench.lost(about(line), "the kernel's log has: %s" % line, block[:40], sure)


def do(bench, *lines):
    """Loads and unloads, and what else the guest knows, until one fails. Each is asked for by itself:
    a machine that stands still is known for that soon."""
    for line in lines:
        longest = bench.limit * (LOADS if line.startswith("load") else 1)
        for step in bench.steps(bench.ask("limit=%d\n%s" % (bench.limit, line), longest / bench.machine.slow)):
            if step.stuck:
                raise step.hung()
            if step.status:
                raise Stuck("%s %s failed" % (step.verb, step.shown), (), True)


def load(file, **parameters):
    return "load %s $((%d * limit)) %s" % (file, LOADS, " ".join("%s=%s" % pair for pair in parameters.items()))


def unload(bench, file):
    return "unload %s $limit" % bench.name_of(file)


def refused(bench):
    """Loads that fail, or do not."""
    bench.must_load("fifo")
    for file in ("producer", "consumer"):
        for value in VALUES[:3]:
            if bench.load(file, rate=value).status == 0:
                bench.must_unload(file)
    bench.must_unload("fifo")


def gentle(bench):
    """Nobody waits for the other side when it is unloaded."""
    steps = [line for file in ("producer", "consumer") for line in (
        load(file, rate=1), "pause 0.3", unload(bench, file))]
    do(bench, load("fifo"), *steps, *steps, unload(bench, "fifo"))


def rough(bench, seconds=4):
    """At full speed, waiting, and unloaded in the middle of it."""
    files = ["producer", "producer2", "consumer", "consumer2"]
    loads = [load(file, rate=5000) for file in files]
    random.shuffle(files)
    do(bench, load("fifo"), *loads, "pause %d" % seconds, *(unload(bench, file) for file in files))
    steps = [line for file in ("producer", "consumer") for line in (
        load(file, rate=500), "pause 1", unload(bench, file))]
    do(bench, *steps, unload(bench, "fifo"))


def leaks(bench):
    """Only what the submission has allocated: its functions, or what is no more there, in the stack."""
    text = "\n".join(" ".join(words[1:]) for words in bench.ask("leaks", 15) if words[0] == "leak")
    found = [block for block in re.split(r"\n(?=unreferenced object)", text) if bench.log.ours.search(block)]
    if found:
        size = re.search(r"size (\d+)", found[0])
        bench.lost("memory", "%d objects of memory are left, as nobody frees them: the first has %s bytes" % (
            len(found), size[1] if size else "some"), found[0].splitlines()[:30], True)


def at_work(bench):
    gentle(bench)
    try:
        rough(bench)
    except Stuck:
        # A step that hangs has harmed nobody else: what was left before is still there.
        leaks(bench)
        raise
    leaks(bench)


def at_failed_loads(bench):
    """In a boot of their own: many a solution dies of rate=0, and then nothing else would be seen."""
    refused(bench)
    leaks(bench)


def toured(bench, tour, criteria):
    """Only the reports count. Whether a client can be unloaded while it waits is judged elsewhere:
    if one hangs here, the tour ends, and what was seen until then counts."""
    try:
        try:
            tour(bench)
        except Hung:
            pass
        judge_reports(bench, bench.news())
    except Dead as dead:
        # Behind a panic are the stacks of all tasks.
        lines = itertools.takewhile(lambda line: "Kernel panic" not in line, bench.guest.autopsy().splitlines())
        judge_reports(bench, bench.log.find(list(lines)))
        bench.died(dead, ("log",))
    bench.ended = True
    for criterion in (*criteria, "log"):
        bench.holds(criterion)


def endures(bench):
    """For ten minutes, by this machine's clock. There all counts."""
    until = time.monotonic() + ENDURES_S
    while time.monotonic() < until:
        refused(bench)
        rough(bench, random.randint(0, 3))
    leaks(bench)
    judge_reports(bench, bench.news())
    lost = [verdict for verdict in bench.verdicts.values() if not verdict.holds]
    if lost:
        bench.lost("endures", lost[0].words, lost[0].details, lost[0].sure)
    bench.holds("endures")


CHECKED = ("memory", "timers", "locks")
CASES = [
    Case(CHECKED, 90, toured, at_work, CHECKED, kernel="debug"),
    Case(CHECKED, 40, toured, at_failed_loads, CHECKED, kernel="debug"),
    Case(["races"], 60, toured, rough, ["races"], kernel="kcsan"),
    Case(["endures"], 700, endures, kernel="debug"),
]
