# SPDX-License-Identifier: GPL-2.0
"""What this machine knows of a virtual one by itself: whether its clock is right, and whether it
has been given processors to run on."""

import os
import time

# Of the clock's rate, and of its readings: hundredths of seconds, cut off.
RATE_OFF = 0.03
READ_OFF = 0.03
READINGS_MAX = 200


class Clock:
    """The guest's clock. Each reading was made between two moments of this machine's, the question
    and the answer. However long these are apart on a busy machine, what lies between two readings
    has a least and a most: so no load makes a right clock look wrong."""

    def __init__(self):
        self.readings = []

    def add(self, asked, guest, came):
        if len(self.readings) < READINGS_MAX:
            self.readings.append((asked, guest, came))

    def _pairs(self):
        """What has passed by the guest's clock, and at least and at most by this machine's."""
        for n, (asked, guest, came) in enumerate(self.readings):
            for later_asked, later_guest, later_came in self.readings[n + 1:]:
                yield later_guest - guest, later_asked - came, later_came - asked

    def wrong(self):
        """How it is wrong, in words, or nothing."""
        for passed, least, most in self._pairs():
            if passed * (1 - RATE_OFF) - READ_OFF > most:
                return "fast: %.2f s in less than %.2f s" % (passed, most)
            if passed * (1 + RATE_OFF) + READ_OFF < least:
                return "slow: %.2f s in more than %.2f s" % (passed, least)
        return ""

    def speed(self):
        """At least and at most, where 1 is right."""
        pairs = list(self._pairs())
        return (max((max(passed - READ_OFF, 0) / most for passed, _, most in pairs), default=0.0),
                min(((passed + READ_OFF) / least for passed, least, _ in pairs if least > 0), default=float("inf")))


class Meter:
    """How long the threads of a process were ready to run, and had no processor of this machine;
    and how long this machine, itself a virtual one, had none. And what they were given, in seconds
    of processors, between the last two looks."""

    def __init__(self, pid):
        self.pid = pid
        self.given = 0.0
        self.last = self._read()
        self.worst, self.sum, self.seconds = 0.0, 0.0, 0.0

    def _read(self):
        return time.monotonic(), *self._threads(), self._stolen()

    def _threads(self):
        """Of each thread the seconds that it has waited, and what all have run. There are none where
        the kernel does not tell, or the process is gone."""
        waited, ran = {}, 0.0
        try:
            for task in os.listdir("/proc/%d/task" % self.pid):
                with open("/proc/%d/task/%s/schedstat" % (self.pid, task), encoding="ascii") as file:
                    runs, waits = file.read().split()[:2]
                ran += int(runs) / 1e9
                waited[task] = int(waits) / 1e9
        except (OSError, IndexError, ValueError):
            pass
        return waited or {"": self._pressure()}, ran

    @staticmethod
    def _pressure():
        """What all processes have waited, for a kernel that does not tell of one."""
        try:
            with open("/proc/pressure/cpu", encoding="ascii") as file:
                return int(file.readline().rsplit("total=", 1)[1]) / 1e6
        except (OSError, IndexError, ValueError):
            return 0.0

    @staticmethod
    def _stolen():
        """Seconds of each processor, on the average, that the machine below has kept."""
        try:
            with open("/proc/stat", encoding="ascii") as file:
                return int(file.readline().split()[8]) / os.sysconf("SC_CLK_TCK") / (os.cpu_count() or 1)
        except (OSError, IndexError, ValueError):
            return 0.0

    def _since(self):
        """What there is to read now, and since the last look the seconds that have passed, those
        that it has waited, and those of processors that it was given."""
        (then, threads, ran, stolen), read = self.last, self._read()
        waited = max((seconds - threads.get(task, seconds) for task, seconds in read[1].items()), default=0.0)
        return read, read[0] - then, waited + read[3] - stolen, read[2] - ran

    def held_up(self):
        """Of the time since the last look, what it had to wait."""
        _, passed, waited, _ = self._since()
        return waited / passed if passed else 0.0

    def given_since(self):
        """The last look, in seconds of processors."""
        return self._since()[3]

    def look(self):
        """Notes what has been since the last look."""
        self.last, passed, waited, self.given = self._since()
        self.sum += waited
        self.seconds += passed
        if passed >= 1:
            self.worst = max(self.worst, waited / passed)

    def share(self):
        """Of the time, what it had to wait."""
        return self.sum / self.seconds if self.seconds else 0.0
