# SPDX-License-Identifier: GPL-2.0
"""The project of CSE330, one file: a module whose threads put a user's processes into a queue, and
add up how long they have been running. Its test cases, with what each must say in the kernel's log."""

import os
import random
import re
import shutil
import tempfile
import threading
import time

import sandbox
from bench import Stuck
from case import Case
from elf import BadModule, Module
from judge import Judge
from klog import STAMP, bad_lines
from own_user import OwnUser
from report import Report
from source import BadSource
from verdict import BadSubmission, Verdict

MAKEFILE = """obj-m := %s.o

all:
\t$(MAKE) -C /lib/modules/$(shell uname -r)/build M=$(CURDIR) modules
"""
# What a parameter's name tells of it.
PARAMETERS = {"BUFFER": r"buf|size", "PRODUCERS": r"^p", "CONSUMERS": r"^c", "UID": r"uid"}
# Processes, buffer, producers, consumers: the assignment's.
ARGUMENTS = ((10, 5, 1, 0), (10, 5, 0, 1), (10, 50, 1, 1), (100, 50, 1, 1), (1000, 50, 1, 1), (1000, 50, 1, 3))
USERS = (1001, 60000)
TICK_S = 0.01
# How long the processes have been running at least: a total that leaves some out is too small
# then, even where each age was rounded down to seconds.
AGE_S = 6
# Of the log, shown with what was lost.
LINES = 25


class Project:
    """A file, built for each kernel that it is tried on, as judge.py wants a submission."""

    def __init__(self, path, machine, options):
        self.path, self.options = path, options
        self.many, self.cycles, self.parameters, self.fifo_parameters = False, 1, {}, ""
        self.bad = bad_lines(machine.root)
        self.needs = {"project": set()}
        self.lock, self.built = threading.Lock(), {}
        self.names = parameters(self.modules_for(machine)["project"], options.parameters)

    def modules_for(self, machine):
        with self.lock:
            if machine.kernel not in self.built:
                self.built[machine.kernel] = {"project": self._build(machine)}
            return self.built[machine.kernel]

    def _build(self, machine):
        place = sandbox.Bubble if self.options.sandbox == "bwrap" else OwnUser
        name = os.path.basename(self.path)[:-len(".c")]
        with tempfile.TemporaryDirectory(prefix="grade-project.") as directory:
            with open(os.path.join(directory, "Makefile"), "w", encoding="ascii") as makefile:
                makefile.write(MAKEFILE % name)
            shutil.copyfile(self.path, os.path.join(directory, name + ".c"))
            try:
                built, _ = sandbox.build(directory, place(machine.kdir))
                return Module(built[name + ".ko"])
            except BadSource as bad:
                raise BadSubmission(str(bad)) from bad
            except sandbox.BuildFailed as failed:
                raise BadSubmission(str(failed), failed.log) from failed
            except (KeyError, BadModule) as error:
                raise BadSubmission("make has built no module %s.ko" % name) from error


def parameters(module, named):
    """The module's names for the four arguments: those that were named, or by what they are like."""
    there = module.parameters()
    names = dict(zip(PARAMETERS, named.split(","))) if named else {}
    for kind, like in PARAMETERS.items():
        found = [name for name in there if re.search(like, name, re.I)] if not named else \
            [name for name in there if name == names[kind]]
        if len(found) != 1:
            raise BadSubmission("which parameter is %s is not clear: the module has %s; name all with "
                                "--parameters %s" % (kind, ", ".join(there) or "none", ",".join(PARAMETERS)))
        names[kind] = found[0]
    return names


# --- what the log says ------------------------------------------------------------


class Said:
    """What the kernel's log says of the items."""

    def __init__(self, lines):
        self.lines = [STAMP.sub("", line) for line in lines]
        self.pids = {what: self._numbers(r"\b%s?\b.*?\bPID\D{0,3}(\d+)" % what) for what in ("produced", "consumed")}
        self.totals = {what: self._numbers(r"items %s\D*?(\d+)" % what)[-1:] for what in ("produced", "consumed")}
        self.times = [[int(number) for number in match] for match in
                      self._all(r"total elapsed time.*?(\d+)\s*:\s*(\d+)\s*:\s*(\d+)")]

    def _all(self, pattern):
        return [match for line in self.lines for match in re.findall(pattern, line, re.I)]

    def _numbers(self, pattern):
        return [int(number) for number in self._all(pattern)]

    def wrong_count(self, what, wanted):
        """What is wrong with how many items were produced, or consumed, or nothing."""
        if not self.pids[what] and wanted:
            return "no line of the log has the words %s and PID, and the number of a process" % what.capitalize()
        for number, where in ((len(self.pids[what]), "lines of the log"), *(
                (total, "the total") for total in self.totals[what])):
            if number != wanted:
                return "%d items were %s by %s: must be %d" % (number, what, where, wanted)
        return ""

    def wrong_pids(self, what, processes):
        """Each process of the user once, and no other."""
        twice = sorted(pid for pid in set(self.pids[what]) if self.pids[what].count(pid) > 1)
        missing, strange = processes - set(self.pids[what]), set(self.pids[what]) - processes
        if twice:
            return "process %d was %s more than once" % (twice[0], what)
        if strange:
            return "process %d was %s, and is none of the user's" % (min(strange), what)
        if missing:
            return "%d processes of %d were not %s, such as %d" % (len(missing), len(processes), what, min(missing))
        return ""

    def wrong_time(self, least, most):
        if not self.times:
            return "the log does not say the total elapsed time of all processes"
        hours, minutes, seconds = self.times[-1]
        total = hours * 3600 + minutes * 60 + seconds
        if minutes > 59 or seconds > 59 or not least <= total <= most:
            return "the total elapsed time is %d:%d:%d: must be from %s to %s, as /proc has it" % (
                hours, minutes, seconds, clock(least), clock(most))
        return ""


def clock(seconds):
    return "%d:%02d:%02d" % (seconds // 3600, seconds // 60 % 60, seconds % 60)


# --- a test case ------------------------------------------------------------------


class Ages:
    """When the processes of a user have begun, by the guest's clock."""

    def __init__(self, lines):
        self.now = float(next(words[1] for words in lines if words[0] == "uptime"))
        self.begun = {int(words[1]): int(words[2]) * TICK_S for words in lines if words[0] == "age"}

    def total(self):
        return sum(self.now - begun for begun in self.begun.values())


def crowd(bench, count):
    """So many processes of a user whom nobody knows before."""
    uid = random.randint(*USERS)
    lines = bench.ask("crowd_of %d %d 60" % (uid, count), 60)
    if ["ready"] not in lines:
        raise ValueError
    return uid


def log_of(bench):
    return [" ".join(words[1:]) for words in bench.ask("log_so_far", 30) if words[0] == "log"]


def load(bench, names, arguments, uid):
    values = dict(zip(("PROCESSES", "BUFFER", "PRODUCERS", "CONSUMERS"), arguments), UID=uid)
    bench.must_load("project", **{names[kind]: values[kind] for kind in PARAMETERS})


def judge_items(bench, criterion, said, arguments, processes):
    count, room, producers, consumers = arguments
    wanted = {"produced": 0 if not producers else count if consumers else min(count, room),
              "consumed": count if producers and consumers else 0}
    for what in wanted:
        wrong = said.wrong_count(what, wanted[what])
        if not wrong and wanted["consumed"]:
            wrong = said.wrong_pids(what, processes)
        if wrong:
            bench.lost(criterion, wrong, said.lines[-LINES:], " more than once" in wrong)
    bench.holds(criterion)


def play(bench, number, arguments, parameter_names):
    """Loads it, waits until its log is quiet, unloads it, and then judges all that it has said."""
    items, elapsed, leaves = names_of_case(number)
    uid = crowd(bench, arguments[0])
    bench.ask("pause %d" % AGE_S, AGE_S)
    before = Ages(bench.ask("ages %d" % uid, 20))
    load(bench, parameter_names, arguments, uid)
    bench.ask("quiet 60", 60)
    after = Ages(bench.ask("ages %d" % uid, 20))
    early = Said(log_of(bench))
    try:
        if bench.unload("project").status:
            raise Stuck("rmmod %s failed" % bench.name_of("project"), (), True)
        bench.holds(leaves)
    finally:
        # Of what hangs in the end it is judged how far it came.
        if leaves not in bench.verdicts:
            judge_items(bench, items, early, arguments, set(before.begun))
    said = Said(log_of(bench))
    judge_items(bench, items, said, arguments, set(before.begun))
    if elapsed:
        wrong = said.wrong_time(int(before.total()) - arguments[0], int(after.total()) + 1)
        if wrong:
            bench.lost(elapsed, wrong, said.lines[-LINES:], len(early.pids["consumed"]) == arguments[0])
        bench.holds(elapsed)


def names_of_case(number):
    """Its criteria; there is no time where nothing is consumed."""
    consumed = ARGUMENTS[number][2] and ARGUMENTS[number][3]
    return ["case%d-%s" % (number + 1, part) if part != "time" or consumed else None
            for part in ("items", "time", "exit")]


NAMES = ("builds", "left", "log", *(name for number in range(len(ARGUMENTS))
                                    for name in names_of_case(number) if name))


def cases_of(project, wanted):
    """Those that judge something that is wanted; what each adds to wants all."""
    cases = [Case([name for name in names_of_case(number) if name], 30, play, number, arguments, project.names)
             for number, arguments in enumerate(ARGUMENTS)]
    return [case for case in cases if wanted & set(case.criteria)] or \
        (cases if wanted & {"left", "log"} else [])


def grade(path, machine, criteria, options, say):
    """Returns a report."""
    start = time.monotonic()
    verdicts = {}
    try:
        say("Trying builds")
        project = Project(path, machine, options)
        cases = cases_of(project, {criterion.name for criterion in criteria})
        verdicts = Judge(machine, project, say).run(cases)
        verdicts["builds"] = Verdict(True)
        default = Verdict(False, "it was not seen: each machine ended before")
    except BadSubmission as bad:
        default = Verdict(False, str(bad), sandbox.extract(bad.log))
    rows = {criterion.name: verdicts.get(criterion.name, default) for criterion in criteria}
    return Report(criteria, rows, time.monotonic() - start)
