# SPDX-License-Identifier: GPL-2.0
"""Tries the cases, several virtual machines at a time, and again where a loss is not sure.

Why a second boot hides no fault of a submission. A loss that is sure counts at once, in whichever
boot it was seen, so a crash that comes one time in ten costs as much as one that comes always. What
is tried again is what a slow machine can cause as well: items that came late, an unload that took
long, a watchdog's line. A submission that causes it causes it again, as it is measured over
hundreds of items or twenty unloads. And a boot in which this machine kept the processors to
itself, by its own account, proves no such loss: it is not one of the two."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from bench import Bench
from guest import BootFailed
from sandbox import extract
from verdict import BadSubmission, Verdict

# What each case adds to.
COMMON = ("left", "log")
# Boots that must show a loss which is not sure.
SHOWN = 2
# How long machines that have processors, and do not answer, are waited for in all. No grader waits
# for hours for a submission that stops each machine.
SILENT_S = 200
GIVEN_UP = "it was not tried: the machine stood still too often in other cases"
# The first two rounds are tried side by side; if the machine was too busy, one at a time.
SIDE_BY_SIDE = 2
ROUNDS = 8


class TooBusy(BootFailed):
    """No verdict is possible; says why."""


class Trial:
    """A case, and what each boot has shown."""

    def __init__(self, case):
        self.case, self.boots = case, []

    def names(self):
        return {name for verdicts, _ in self.boots for name in verdicts}

    def verdict(self, name):
        """And the number of the boots that prove it: lost for a sure reason, or in each boot."""
        found = [(verdicts[name], starved) for verdicts, starved in self.boots if name in verdicts]
        sure = next((verdict for verdict, _ in found if not verdict.holds and verdict.sure), None)
        if sure:
            return sure, SHOWN
        held = next((verdict for verdict, _ in found if verdict.holds), None)
        proven = sum(not starved for _, starved in found)
        if not held and name not in self.case.criteria and (not proven or proven < SHOWN <= len(self.boots)):
            # What each case adds to, as the log: others judge it, too.
            held = Verdict(True)
        return (held, SHOWN) if held else (found[0][0], proven)

    def give_up(self):
        """What has been shown is enough; what has not been tried is lost."""
        lost = {name: self.verdict(name)[0] for name in self.open()} or dict.fromkeys(
            () if self.boots else self.case.criteria, Verdict(False, GIVEN_UP))
        self.boots.append(({name: Verdict(False, verdict.words, verdict.details) for name, verdict in lost.items()}, False))

    def open(self):
        """The criteria that another boot must decide."""
        return sorted(name for name in self.names() if self.verdict(name)[1] < SHOWN)


class Judge:
    """Of a submission."""

    def __init__(self, machine, submission, say):
        self.machine, self.submission, self.say = machine, submission, say
        self.benches, self.lock, self.stopping = set(), threading.Lock(), False
        self.waited = 0

    def run(self, cases):
        """Returns the verdicts of these, and of what each case adds to. Where the modules cannot
        even be loaded, nothing else is tried."""
        trials = [Trial(case) for case in sorted(cases, key=lambda case: -case.seconds)]
        first = [trial for trial in trials if trial.case.first]
        rest = [trial for trial in trials if not trial.case.first]
        self._settle(first)
        verdicts = self._verdicts(first)
        lost = [verdicts[name] for trial in first for name in trial.case.criteria if not verdicts[name].holds]
        # For one reason, which is why each of them was lost.
        if len(lost) == sum(len(trial.case.criteria) for trial in first) and len({one.words for one in lost}) == 1:
            words = "it was not tried, as the modules do not load: %s" % lost[0].words
            names = {*COMMON, *(name for trial in rest for name in trial.case.criteria)}
            return {**dict.fromkeys(names, Verdict(False, words, lost[0].details)), **verdicts}
        self._settle(rest)
        return self._verdicts(trials)

    def _settle(self, trials):
        """Tries these until all is decided."""
        left = trials
        for number in range(ROUNDS):
            lanes = (os.cpu_count() or 1) + 1 if number < SIDE_BY_SIDE else 1
            self._try_all(left, lanes)
            left = [trial for trial in left if trial.open()]
            if not left:
                return
        raise TooBusy("this machine was too busy to judge %s: try again when it is not" % "; ".join(
            "%s (%s)" % (name, trial.verdict(name)[0].words) for trial in left for name in trial.open()))

    def _try_all(self, trials, lanes):
        with ThreadPoolExecutor(lanes) as pool:
            futures = [pool.submit(self._try, trial) for trial in trials]
            try:
                for future in futures:
                    future.result()
            except BaseException:
                self._stop()
                pool.shutdown(cancel_futures=True)
                raise

    def _try(self, trial):
        if self.waited > SILENT_S:
            trial.give_up()
            return
        again = " ".join(trial.open())
        self.say(" ".join(trial.case.criteria) if not again else again + " again")
        machine = self.machine.other(trial.case.kernel or self.machine.kernel)
        try:
            bench = Bench(machine, self.submission)
        except BadSubmission as bad:
            lost = Verdict(False, "for the kernel %s: %s" % (machine.release, bad), extract(bad.log))
            trial.boots.append((dict.fromkeys(trial.case.criteria, lost), False))
            return
        try:
            bench.boot()
            with self.lock:
                if self.stopping:
                    return
                self.benches.add(bench)
            start = time.monotonic()
            bench.run(trial.case)
            trial.boots.append((bench.verdicts, bench.starved()))
            if bench.silent and not bench.starved():
                self.waited += max(time.monotonic() - start - trial.case.seconds, 0)
        finally:
            with self.lock:
                self.benches.discard(bench)
            bench.close()

    def _stop(self):
        """The boots that are under way end soon, as their machines do. One that comes later tries nothing."""
        with self.lock:
            self.stopping = True
            for bench in self.benches:
                bench.guest.kill()

    @staticmethod
    def _verdicts(trials):
        """A criterion of several cases is lost with one of them."""
        verdicts = {}
        for trial in trials:
            for name in trial.names():
                verdict, _ = trial.verdict(name)
                if name not in verdicts or verdicts[name].holds:
                    verdicts[name] = verdict
        return verdicts
