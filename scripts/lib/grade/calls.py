# SPDX-License-Identifier: GPL-2.0
"""Calls of the functions of fifo.ko, as the guest's probes have seen them."""

import statistics


class Call:
    """A call: the function, the module that made it (or None), when it began, when it returned
    (or None), and what."""

    def __init__(self, function, module, begun):
        self.function, self.module, self.begun = function, module, begun
        self.ended = self.result = None


class Calls:
    """All calls that an answer of the guest has."""

    def __init__(self, lines, needs):
        self.all = []
        self.ranges = [(int(words[2], 16), int(words[3]), words[1]) for words in lines
                       if words[0] == "module" and len(words) == 4]
        self.needs = needs
        inside = {}
        for words in lines:
            if words[0] in ("in", "out") and len(words) == 5:
                self._add(words, inside)

    def _add(self, words, inside):
        kind, task, time, function, value = words
        open_calls = inside.setdefault((task, function), [])
        if kind == "in":
            call = Call(function, self._caller(int(value, 16), function), float(time))
            open_calls.append(call)
            self.all.append(call)
        elif open_calls:
            call = open_calls.pop()
            call.ended, call.result = float(time), int(value)

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


def rate(moments):
    """Items a second: the median of the rates between items half of all apart, so that a pause
    of the machine, which a schedule makes up for, does not count. None if there are too few."""
    half = len(moments) // 2
    if half < 2:
        return None
    gap = statistics.median(moments[i + half] - moments[i] for i in range(len(moments) - half))
    return half / gap if gap > 0 else float("inf")
