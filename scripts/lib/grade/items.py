# SPDX-License-Identifier: GPL-2.0
"""Whether what is put is got: as values, where a probe can see them, and as counts."""

from bench import Stuck, letters
from case import Case

# Where a put may have its item: in an argument, or where that points to.
ARGUMENTS = ("arg1", "arg2", "arg3", "at1", "at2", "at3")
RESULTS = ("byte", "at")
# For items in order: a queue with little room is not full after two of each.
KINDS = 3
HIDDEN = "not observable: %s() has no item in its arguments or result that a probe could see"


def cut_short(call):
    """It was under way when its caller was unloaded: it may have moved an item, or not."""
    return call.ended is None or call.result < 0


class Put:
    """The calls of a producer that was loaded again with each item."""

    def __init__(self):
        self.calls, self.wanted = [], []

    def add(self, calls, item):
        """All calls until now: those that are new were made with this item."""
        self.wanted += [item] * (len(calls) - len(self.calls))
        self.calls = calls

    def field(self):
        """The one that has the item in each call."""
        return next((field for field in ARGUMENTS if self.calls and all(
            call.fields.get(field) == str(ord(item)) for call, item in zip(self.calls, self.wanted))), None)

    def allows(self, got, whole):
        """Are these letters what was put, or the beginning of it, in this order, with or without
        what was cut short?"""
        places, ends = {0}, set()
        for call, item in zip(self.calls, self.wanted):
            ends |= places
            reached = {place + 1 for place in places if got[place:place + 1] == item}
            places = reached | places if cut_short(call) else reached
        return len(got) in (places if whole else places | ends)

    def text(self):
        return "".join(self.wanted)


def result_field(calls, wanted):
    """The one that has an item in most calls."""
    codes = {str(ord(item)) for item in wanted}
    return next((field for field in RESULTS if sum(
        call.fields.get(field) in codes for call in calls) * 2 > len(calls)), None)


def in_order(bench):
    """Items of different kinds, put one after the other, then got by one consumer. A producer that
    waits is not unloaded here: other cases judge that."""
    bench.must_load("fifo")
    bench.watch()
    put, whole = Put(), True
    for item in letters(KINDS):
        bench.must_load("producer", item=item, rate=2)
        whole = bench.ask("moved 5 %d %s" % (len(put.calls) + 2, " ".join(bench.only_of("producer"))), 5)[-1][0] == "moved"
        if whole:
            bench.must_unload("producer")
        put.add(bench.calls().of(bench.name_of("producer")), item)
        if not whole:
            break
    bench.must_load("consumer", rate=50)
    settled = bench.ask("settled %d 0.5 1 %s" % (10 if whole else 2, " ".join(bench.only_of("consumer"))), 15)
    found = bench.calls()
    put.add(found.of(bench.name_of("producer")), put.wanted[-1] if put.wanted else "?")
    got = [call for call in found.of(bench.name_of("consumer")) if call.ended is not None]
    judge_order(bench, put, got, whole and settled[-1][0] == "settled")
    bench.holds("items")
    bench.tidy(*(["consumer"] if whole else ["producer", "consumer"]), "fifo")


def judge_order(bench, put, got, whole):
    if not put.calls or not got:
        raise Stuck("%s.ko has called no function of fifo.ko that has returned" % (
            "consumer" if put.calls else "producer"))
    field = result_field(got, put.wanted)
    if not put.field() or not field:
        bench.holds("items", HIDDEN % (put.calls if not put.field() else got)[0].function)
        return
    text = "".join(chr(int(call.fields[field])) for call in got
                   if (call.result if field == "at" else call.result >= 0))
    if not put.allows(text, whole):
        bench.lost("items", "put were %s, and %s() has given %s: each item must come out once, the oldest first" % (
            spelled(bench, put.text()), got[0].function, spelled(bench, text) or "none"), (), True)


def spelled(bench, letters_of):
    """Letters, or the numbers that the producer takes instead."""
    values = [bench.value("producer", "item", letter) for letter in letters_of]
    return "".join(values) if letters_of and isinstance(values[0], str) else " ".join(map(str, values))


# --- two of each ---------------------------------------------------------------------


class Tally:
    """How often each value of a field came, of the functions of a kind of module."""

    def __init__(self, lines, functions):
        self.counts = {}
        for words in lines:
            if words[0] == "tally":
                probe, field, value, count = words[1:5]
                way, function = probe.split("_", 1)
                if function in functions:
                    values = self.counts.setdefault((way, field), {})
                    values[int(value)] = values.get(int(value), 0) + int(count)

    def moved(self, many):
        if not many:
            return sum(self.counts.get(("out", "byte"), {}).values())
        return sum(count * (value if not value >> 31 else 0)
                   for value, count in self.counts.get(("out", "result"), {}).items())

    def of(self, way, fields, codes, most):
        """How often each code came, of a field whose values are these: all, or most."""
        for field in fields:
            values = self.counts.get((way, field), {})
            known = sum(values.get(code, 0) for code in codes)
            if known and (known * 2 > sum(values.values()) if most else set(values) <= set(codes)):
                return {chr(code): values.get(code, 0) for code in codes}, sum(values.values()) - known
        return None, 0


def together(bench):
    """Two of each, as fast as they can: what was put must have been got in the end, which is when
    both consumers wait."""
    kinds = letters(2)
    puts, gets = bench.only_of("producer"), bench.only_of("consumer")
    fields = ["in_%s=arg%d" % (name, n) for name in puts for n in (1, 2)]
    fields += ["out_%s=byte" % name for name in puts + gets]
    if bench.many:
        fields = ["out_%s=result" % name for name in puts + gets]
    bench.must_load("fifo")
    bench.watch()
    bench.ask("tally " + " ".join(fields))
    for file in ("consumer", "consumer2"):
        bench.must_load(file, rate=50000)
    for file, item in zip(("producer", "producer2"), kinds):
        bench.must_load(file, item=item, rate=50000)
    bench.wait(5)
    for file in ("producer", "producer2"):
        if bench.unload(file).status:
            raise Stuck("rmmod %s failed" % file, (), True)
    lines = bench.ask("settled 10 1 2 %s; tallies" % " ".join(gets), 20)
    judge_tallies(bench, lines, kinds, Tally(lines, puts), Tally(lines, gets))
    bench.holds("together")
    bench.tidy("consumer2", "consumer", "fifo")


def judge_tallies(bench, lines, kinds, put, got):
    """A call that was cut short by an unload may have moved nothing. A consumer that was too slow
    may get what is missing yet; nothing takes back what it got."""
    settled = lines[0][0] == "settled"
    when = ", with nobody at work any more" if settled else " so far"
    missed = sum(int(words[1]) for words in lines if words[0] == "missed")
    more = got.moved(bench.many) - put.moved(bench.many)
    if abs(more) > 2 + missed:
        bench.lost("together", "two producers have put %d items, and two consumers got %d%s: items are lost, or come "
                   "twice" % (put.moved(bench.many), got.moved(bench.many), when), (), settled or more > 0)
    codes = [ord(kind) for kind in kinds]
    put_each, _ = put.of("in", ("arg1", "arg2"), codes, False)
    got_each, others = got.of("out", ("byte",), codes, True)
    if not put_each or not got_each:
        return bench.holds("together", "the items are not observable: they were counted")
    for kind in kinds:
        more = got_each[kind] - put_each[kind]
        if abs(more) > 1 + missed:
            bench.lost("together", "two producers have put %s %d times, and two consumers got it %d times%s" % (
                spelled(bench, kind), put_each[kind], got_each[kind], when), (), settled or more > 0)
    if others > missed:
        bench.lost("together", "two consumers got %d items that nobody has put" % others, (), True)


CASES = [
    Case(["items"], 10, in_order),
    Case(["together"], 16, together),
]
