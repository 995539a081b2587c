# SPDX-License-Identifier: GPL-2.0
"""What is tried, each as a case: the criteria that it judges, and a function of a bench. A case
begins and ends with nothing loaded."""

import random

from bench import LOAD_S, Stuck, letter
from calls import rate, times

# Faster than any rate that is measured; its period is still a whole number of milliseconds.
FAST = 1000
TOLERANCE = 0.02
MEASURED_S = 10
PRODUCERS = ("producer", "producer2")
VALUES = ("0", "-1", "4294967295", "99999999999999999999", "abc", "''")
# For each criterion's rate those it is drawn from: none has a period of whole ticks at HZ=250.
RATES = {1: (1,), 10: (9, 11, 12), 100: (90, 95, 105, 110), 500: (470, 490, 510, 530)}


class Case:
    """A function that judges criteria."""

    def __init__(self, criteria, function, *arguments):
        self.criteria, self.function, self.arguments = criteria, function, arguments

    def run(self, bench):
        self.function(bench, *self.arguments)


# --- loading ---------------------------------------------------------------------


def order(bench):
    for file in ("producer", "consumer"):
        if bench.load(file).status == 0:
            bench.lost("order", "insmod %s.ko succeeds without fifo.ko" % file)
            bench.unload(file)
    for file, parameters in (("fifo", {}), ("producer", {"item": letter(), "rate": 2}),
                             ("consumer", {"rate": FAST})):
        if bench.load(file, **parameters).status:
            log = bench.ask("dmesg | tail -n 5")
            raise Stuck("insmod %s.ko failed" % file, [" ".join(words) for words in log])
    bench.holds("order")
    if bench.unload("fifo").status == 0:
        raise Stuck("rmmod fifo succeeds while producer.ko and consumer.ko are loaded")
    for file in ("consumer", "producer", "fifo"):
        if bench.unload(file).status:
            raise Stuck("rmmod %s failed, with nothing loaded that uses it" % bench.name_of(file))
    bench.holds("in-use")


# --- rates -----------------------------------------------------------------------


def within(measured, wanted, tolerance=TOLERANCE):
    return measured is not None and abs(measured / wanted - 1) <= tolerance


def judge_rate(file, moments, wanted):
    """What is wrong with the moments when items were moved, or nothing."""
    measured = rate(moments)
    if not moments:
        return "%s.ko has moved no item in %d s" % (file, MEASURED_S)
    if len(moments) < 0.85 * wanted * MEASURED_S:
        return "%s.ko with rate=%d has moved only %d items in %d s" % (file, wanted, len(moments), MEASURED_S)
    if not within(measured, wanted):
        return "%s.ko with rate=%d moves %.2f items a second, %+.1f %%: must be within %d %%" % (
            file, wanted, measured, (measured / wanted - 1) * 100, TOLERANCE * 100)
    return ""


def measure(bench, file, nominal):
    """With the other one faster. Unloads first what does not wait for long."""
    wanted = random.choice(RATES[nominal])
    other = "consumer" if file == "producer" else "producer"
    criterion = "%s-%d" % ("produce" if file == "producer" else "consume", nominal)
    bench.must_load("fifo")
    bench.must_load(other, rate=FAST)
    bench.watch()
    bench.must_load(file, rate=wanted)
    bench.wait(MEASURED_S + 0.5)
    calls = bench.calls().of(bench.name_of(file))
    wrong = judge_rate(file, times(calls, bench.many), wanted)
    if wrong:
        bench.lost(criterion, wrong)
    bench.holds(criterion)
    bench.tidy(*(("consumer", "producer") if file == "producer" else ("producer", "consumer")), "fifo")


def two(bench):
    """Each with its own item and rate; by both together where their calls look the same."""
    rates = random.sample((18, 23, 29, 37, 41), 2)
    bench.must_load("fifo")
    bench.must_load("consumer", rate=FAST)
    bench.watch()
    for file, item, wanted in zip(PRODUCERS, random.sample("BCDEFGH", 2), rates):
        if bench.load(file, item=item, rate=wanted).status:
            raise Stuck("insmod of %s.ko failed%s" % (file, ", a copy of producer.ko" * (file[-1] == "2")))
    bench.wait(5)
    found = bench.calls()
    shared = found.of(None)
    if len(shared) > len(found.all) / 4:
        parts = [("both together put", shared, sum(rates))]
    else:
        parts = [("the %s puts" % word, found.of(bench.name_of(file)), wanted)
                 for word, file, wanted in zip(("first", "second"), PRODUCERS, rates)]
    for name, calls, wanted in parts:
        measured = rate(times(calls, bench.many))
        if not within(measured, wanted, 0.05):
            bench.lost("two", "of two producers with rate=%d and rate=%d, %s %s items a second: must be "
                       "within 5 %% of %d" % (*rates, name, "no" if measured is None else "%.1f" % measured, wanted))
    bench.holds("two")
    bench.tidy("consumer", "producer2", "producer", "fifo")


def together(bench):
    """Two of each, as fast as they can: what was put must have been got in the end."""
    bench.must_load("fifo")
    bench.watch()
    bench.ask("tally " + " ".join(bench.functions))
    for file in ("consumer", "consumer2", "producer", "producer2"):
        bench.must_load(file, rate=50000)
    bench.wait(5)
    for file in ("producer", "producer2"):
        if bench.unload(file).status:
            raise Stuck("rmmod %s failed" % file)
    lines = bench.ask("settled 10 0.5; tallies", 20)
    moved_by = {file: max(tallied(lines, name, bench.many) for name in bench.needs[bench.name_of(file)])
                for file in ("producer", "consumer")}
    missed = sum(int(words[1]) for words in lines if words[0] == "missed")
    # A call that was cut short by an unload may have moved nothing.
    if abs(moved_by["producer"] - moved_by["consumer"]) > 4 + missed:
        bench.lost("together", "two producers have put %d items, and two consumers got %d, with nobody at "
                   "work any more: items are lost, or come twice" % (moved_by["producer"], moved_by["consumer"]))
    bench.holds("together")
    bench.tidy("consumer2", "consumer", "fifo")


def tallied(lines, function, many):
    total = 0
    for words in lines:
        if words[0] == "tally" and words[1] == function:
            result, count = int(words[2]), int(words[3])
            result = result - (1 << 64) if result >> 63 else result
            total += count * (max(result, 0) if many else 1)
    return total


# --- blocking --------------------------------------------------------------------


def blocks(bench, file):
    """Alone it waits, with the other one it goes on."""
    other = "consumer" if file == "producer" else "producer"
    criterion = "full" if file == "producer" else "empty"
    name = bench.name_of(file)
    bench.must_load("fifo")
    bench.watch()
    bench.must_load(file, rate=200)
    bench.ask("settled 10 0.5", 15)
    before = bench.calls().of(name)
    waiting = [call for call in before if call.ended is None]
    done = len(before) - len(waiting)
    if not before:
        bench.lost(criterion, "%s.ko has called no function of fifo.ko" % file)
    elif not waiting:
        bench.lost(criterion, "%s() has returned %d times with nobody at the other end, and does not wait: "
                   "the queue must be %s by now" % (before[0].function, done, criterion))
    elif file == "producer" and not done:
        bench.lost(criterion, "%s() waits with the first item already: the queue has room for none" %
                   before[0].function)
    bench.must_load(other, rate=100)
    bench.wait(3)
    after = bench.calls().of(name)
    more = len(times(after, bench.many)) - len(times(before, bench.many))
    if waiting and more < 10:
        bench.lost(criterion, "%s() goes on waiting although %s.ko is at work: nothing wakes it" % (
            before[0].function, other))
    bench.holds(criterion)
    bench.tidy(*(("producer", "consumer") if file == "producer" else ("consumer", "producer")), "fifo")


# --- unloading -------------------------------------------------------------------


def judge_cycles(bench, criterion, lines, count):
    """Each unload must have returned in time, with nobody left in the modules."""
    steps = bench.steps(lines)
    for step in steps:
        if step.stuck:
            done = sum(1 for other in steps if other.kind == "unload") - 1
            words, details = step.why()
            raise Stuck(words if not done else "%s It did %d times before." % (words, done), details)
        if step.status:
            raise Stuck("%s %s failed" % ({"load": "insmod", "unload": "rmmod"}[step.kind], step.name))
    left = [words for words in lines if words[0] == "inside"]
    if left:
        raise Stuck("rmmod %s has returned, and a task is still inside a function of fifo.ko: the kernel "
                    "dies when it returns into memory that is free" % left[0][1])
    if sum(1 for step in steps if step.kind == "unload") < count:
        raise Stuck("only %d of %d unloads were done" % (len(steps), count))
    bench.holds(criterion)


def cycles(bench, criterion, body, each, count):
    """Of the shell: body is repeated until something goes wrong."""
    script = "limit=%d\nfor ((i = 0; i < %d; i++)); do\n%s\ndone" % (bench.limit, bench.cycles, body)
    lines = bench.ask(script, bench.cycles * each + bench.limit + LOAD_S)
    judge_cycles(bench, criterion, lines, bench.cycles * count)


def inside(bench, file):
    """A line that looks whether a task is still there."""
    own = bench.only_of(file)
    return "\ninside %s %s && break" % (bench.name_of(file), " ".join(own)) if own else ""


def unload_blocked(bench, file):
    criterion = "unload-full" if file == "producer" else "unload-empty"
    bench.must_load("fifo")
    bench.watch()
    cycles(bench, criterion, "load %s 20 rate=%d || break\nsettled 5 0.1\nunload %s $limit || break%s" %
           (file, random.randint(400, 500), bench.name_of(file), inside(bench, file)), 6, 1)
    bench.tidy("fifo")


def unload_idle(bench):
    """The producer has put an item, the consumer has got it: they sleep until the next."""
    bench.must_load("fifo")
    body = "\n".join("load %s 20 rate=1 || break\npause 0.%d\nunload %s $limit || break" % (
        file, random.randint(1, 4), bench.name_of(file)) for file in ("producer", "consumer"))
    cycles(bench, "unload-idle", body, 3, 2)
    bench.tidy("fifo")


def unload_busy(bench):
    bench.must_load("fifo")
    bench.watch()
    files = ["producer", "consumer"]
    body = "\n".join("load %s 20 rate=%d || break" % (file, random.randint(400, 600)) for file in files)
    body += "\npause 0.$((RANDOM % 3))$((RANDOM % 10))"
    for file in files:
        body += "\nunload %s $limit || break%s" % (bench.name_of(file), inside(bench, file))
    cycles(bench, "unload-busy", body, 3, 2)
    bench.tidy("fifo")


# --- values ----------------------------------------------------------------------


def values(bench):
    """A rate that makes no sense is refused, or does no harm."""
    for file, other in (("producer", "consumer"), ("consumer", "producer")):
        bench.must_load("fifo")
        bench.must_load(other, rate=FAST)
        for value in VALUES:
            try:
                if bench.load(file, rate=value).status == 0:
                    bench.wait(0.5)
                    bench.unload(file)
            except Stuck as stuck:
                raise Stuck("with rate=%s for %s.ko: %s" % (value, file, stuck), stuck.details) from stuck
        bench.tidy(other, "fifo")
        bench.boot()
    bench.holds("values")


CASES = [
    Case(["order", "in-use"], order),
    *(Case(["produce-%d" % nominal], measure, "producer", nominal) for nominal in RATES),
    *(Case(["consume-%d" % nominal], measure, "consumer", nominal) for nominal in RATES),
    Case(["two"], two),
    Case(["together"], together),
    Case(["full"], blocks, "producer"),
    Case(["empty"], blocks, "consumer"),
    Case(["unload-idle"], unload_idle),
    Case(["unload-full"], unload_blocked, "producer"),
    Case(["unload-empty"], unload_blocked, "consumer"),
    Case(["unload-busy"], unload_busy),
    Case(["values"], values),
]
