# SPDX-License-Identifier: GPL-2.0
"""Calls of the functions of fifo.ko, as the guest's probes have seen them."""

import statistics

# What a rate is measured over: items of so many seconds.
WINDOW_S = 2


class Call:
    """A call: the function, the module that made it (or None), when it began, when it returned
    (or None), what, and the fields of the probes: bytes that may be the item."""

    def __init__(self, function, module, begun, fields):
        self.function, self.module, self.begun, self.fields = function, module, begun, fields
        self.ended = self.result = None

    def end(self, time, fields):
        self.ended = time
        self.result = int(fields["result"])
        self.fields.update(fields)


class Calls:
    """All calls that an answer of the guest has."""

    def __init__(self, lines, needs):
        self.all = []
        self.ranges = [(int(words[2], 16), int(words[3]), words[1]) for words in lines
                       if words[0] == "module" and len(words) == 4]
        self.needs = needs
        self.beats = [float(words[1]) for words in lines if words[0] == "beat"]
        inside = {}
        for words in lines:
            if words[0] in ("in", "out") and len(words) > 4:
                self._add(words, inside)

    def _add(self, words, inside):
        kind, task, time, function = words[:4]
        fields = dict(word.split("=", 1) for word in words[4:] if "=" in word)
        open_calls = inside.setdefault((task, function), [])
        if kind == "in":
            caller = self._caller(int(fields["caller"], 16), function)
            call = Call(function, caller, float(time), fields)
            open_calls.append(call)
            self.all.append(call)
        elif open_calls:
            open_calls.pop().end(float(time), fields)

    def _caller(self, address, function):
        """The module that has the address; or the only one that needs the function, as a call
        that is the last thing a function does has the address of that one's caller."""
        for start, size, name in self.ranges:
            if start <= address < start + size and function in self.needs.get(name, ()):
                return name
        users = [name for _, _, name in self.ranges if function in self.needs.get(name, ())]
        return users[0] if len(users) == 1 else None

    def of(self, module):
        """The calls of a module, or of nobody knows whom, of the function that is called most."""
        functions = {}
        for call in self.all:
            if call.module == module:
                functions.setdefault(call.function, []).append(call)
        return max(functions.values(), key=len, default=[])


def moved(call, many):
    """How many items a call has moved."""
    if call.ended is None:
        return 0
    return max(call.result, 0) if many else 1


def times(calls, many):
    """When each item was moved."""
    return sorted(call.ended for call in calls for _ in range(moved(call, many)))


def rates(moments, wanted):
    """Items a second, in two ways. A schedule makes up for a pause of the machine, or forgives it:
    then it is right over all items, or over most stretches of two seconds. A wrong rate is wrong
    in both. None if there are too few items."""
    count = max(2, min(round(wanted * WINDOW_S), len(moments) // 2))
    if len(moments) <= count:
        return ()
    gap = statistics.median(moments[i + count] - moments[i] for i in range(len(moments) - count))
    return tuple(items / seconds if seconds > 0 else float("inf")
                 for items, seconds in ((count, gap), (len(moments) - 1, moments[-1] - moments[0])))
