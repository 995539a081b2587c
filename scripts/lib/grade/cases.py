# SPDX-License-Identifier: GPL-2.0
"""What is tried: loading, rates and waiting. Other files have the rest."""

import random

import checkers
import device
import items
import unloads
from bench import Stuck, letters
from calls import rates, times
from case import FAST, ROOM, VALUES, Case

TOLERANCE = 0.02
# Of two producers that are loaded with different rates.
APART = 0.25
MEASURED_S = 10
PRODUCERS = ("producer", "producer2")
# For each criterion's rate those it is drawn from: none has a period of whole ticks at HZ=250.
RATES = {1: (1,), 10: (9, 11, 12), 100: (90, 95, 105, 110), 500: (470, 490, 510, 530)}


# --- loading ---------------------------------------------------------------------


def order(bench):
    for file in ("producer", "consumer"):
        if bench.load(file).status == 0:
            bench.lost("order", "insmod %s.ko succeeds without fifo.ko" % file, (), True)
            bench.unload(file)
    for file, parameters in (("fifo", {}), ("producer", {"item": letters(1)[0], "rate": 2}),
                             ("consumer", {"rate": FAST})):
        bench.must_load(file, **parameters)
    bench.holds("order")
    if bench.unload("fifo").status == 0:
        raise Stuck("rmmod fifo succeeds while producer.ko and consumer.ko are loaded", (), True)
    bench.must_unload("consumer", "producer", "fifo")
    bench.holds("in-use")


def values(bench, file):
    """A rate that makes no sense is refused, or does no harm."""
    other = "consumer" if file == "producer" else "producer"
    bench.must_load("fifo")
    bench.must_load(other, rate=FAST)
    for value in VALUES:
        bench.doing = "with rate=%s for %s.ko: " % (value, file)
        try:
            if bench.load(file, rate=value).status == 0:
                bench.ask("pause 0.5")
                bench.unload(file)
        except Stuck as stuck:
            raise Stuck(bench.doing + str(stuck), stuck.details, stuck.sure) from stuck
    bench.doing = ""
    bench.tidy(other, "fifo")
    bench.holds("values")


# --- rates -----------------------------------------------------------------------


def within(measured, wanted, tolerance=TOLERANCE):
    return any(abs(rate / wanted - 1) <= tolerance for rate in measured)


def judge_rate(file, moments, wanted):
    """What is wrong with the moments when items were moved, or nothing."""
    measured = rates(moments, wanted)
    if not moments:
        return "%s.ko has moved no item in %d s" % (file, MEASURED_S)
    if len(moments) < 0.85 * wanted * MEASURED_S or not measured:
        return "%s.ko with rate=%d has moved only %d items in %d s" % (file, wanted, len(moments), MEASURED_S)
    if not within(measured, wanted):
        return "%s.ko with rate=%d moves %.2f items a second, %+.1f %%: must be within %d %%" % (
            file, wanted, measured[0], (measured[0] / wanted - 1) * 100, TOLERANCE * 100)
    return ""


def too_many(moments, wanted):
    """Are these more than of a schedule that makes up for a second? No slow machine causes that."""
    return len(moments) > 2 and len(moments) - 1 > (moments[-1] - moments[0] + 1) * wanted * (1 + TOLERANCE)


def measure(bench, file, nominal):
    """With the other one faster. The producer is there first: a consumer whose load waits for an
    item loses other criteria. Unloads first what does not wait for long."""
    wanted = random.choice(RATES[nominal])
    criterion = "%s-%d" % ("produce" if file == "producer" else "consume", nominal)
    bench.must_load("fifo")
    bench.watch(wanted)
    for one in ("producer", "consumer"):
        bench.must_load(one, rate=wanted if one == file else FAST)
    bench.wait(MEASURED_S + 0.5)
    calls = bench.calls()
    bench.compare(calls, wanted)
    moments = times(calls.of(bench.name_of(file)), bench.many)
    wrong = judge_rate(file, moments, wanted)
    if wrong:
        bench.lost(criterion, wrong, (), too_many(moments, wanted))
    bench.holds(criterion)
    bench.tidy(*(("consumer", "producer") if file == "producer" else ("producer", "consumer")), "fifo")


def two(bench):
    """Each with its own item and rate; by both together where their calls look the same. Whether a
    rate is kept to 2 % is for other criteria."""
    wanted_of = random.sample((random.choice((18, 21, 23)), random.choice((40, 41, 43))), 2)
    bench.must_load("fifo")
    bench.watch()
    for file, item, wanted in zip(PRODUCERS, letters(2), wanted_of):
        if bench.load(file, item=item, rate=wanted).status:
            raise Stuck("insmod of %s.ko failed%s" % (file, ", a copy of producer.ko" * (file[-1] == "2")), (), True)
    bench.must_load("consumer", rate=FAST)
    bench.wait(6)
    found = bench.calls()
    bench.compare(found, 100)
    shared = found.of(None)
    if len(shared) > len(found.all) / 4:
        parts = [("both together put", shared, sum(wanted_of))]
    else:
        parts = [("the %s puts" % word, found.of(bench.name_of(file)), wanted)
                 for word, file, wanted in zip(("first", "second"), PRODUCERS, wanted_of)]
    for name, calls, wanted in parts:
        measured = rates(times(calls, bench.many), wanted)
        if not within(measured, wanted, APART):
            bench.lost("two", "of two producers with rate=%d and rate=%d, %s %s items a second: must be "
                       "within %d %% of %d" % (
                           *wanted_of, name, "%.1f" % measured[0] if measured else "no", APART * 100, wanted))
    bench.holds("two")
    bench.tidy("consumer", "producer2", "producer", "fifo")


# --- waiting ---------------------------------------------------------------------


def waits(bench, file):
    """Alone it waits, with the other one it goes on."""
    other = "consumer" if file == "producer" else "producer"
    criterion = "full" if file == "producer" else "empty"
    name = bench.name_of(file)
    bench.must_load("fifo")
    bench.watch()
    bench.must_load(file, rate=200)
    bench.ask("settled 10 0.5 1", 15)
    before = bench.calls().of(name)
    waiting = [call for call in before if call.ended is None]
    done = len(before) - len(waiting)
    if not before:
        bench.lost(criterion, "%s.ko has called no function of fifo.ko" % file)
    elif not waiting:
        bench.lost(criterion, "%s() has returned %d times with nobody at the other end, and does not wait: "
                   "the queue must be %s by now" % (before[0].function, done, criterion), (), done > (ROOM if file == "producer" else 0))
    elif file == "producer" and not done:
        bench.lost(criterion, "%s() waits with the first item already: the queue has room for none" %
                   before[0].function)
    bench.must_load(other, rate=100)
    bench.wait(3)
    calls = bench.calls()
    bench.compare(calls, 100)
    after = calls.of(name)
    more = len(times(after, bench.many)) - len(times(before, bench.many))
    # What was in the queue does not count as going on: a producer that goes on fills it again.
    if waiting and more < 10:
        bench.lost(criterion, "%s() goes on waiting although %s.ko is at work: nothing wakes it" % (
            before[0].function, other))
    bench.holds(criterion)
    bench.tidy(*(("producer", "consumer") if file == "producer" else ("consumer", "producer")), "fifo")


CASES = [
    Case(["order", "in-use"], 4, order, first=True),
    *(Case(["produce-%d" % nominal], 16, measure, "producer", nominal) for nominal in RATES),
    *(Case(["consume-%d" % nominal], 16, measure, "consumer", nominal) for nominal in RATES),
    Case(["two"], 12, two),
    Case(["full"], 10, waits, "producer"),
    Case(["empty"], 10, waits, "consumer"),
    Case(["values"], 8, values, "producer"),
    Case(["values"], 8, values, "consumer"),
    *items.CASES, *unloads.CASES, *checkers.CASES, *device.CASES,
]


def chosen_cases(names):
    """The cases of these criteria; those that need no other kernel, if there is nothing but what
    each case adds to."""
    chosen = [case for case in CASES if names & set(case.criteria)]
    return chosen or [case for case in CASES if names & {"left", "log"} and not case.kernel]
