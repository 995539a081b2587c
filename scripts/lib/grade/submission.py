# SPDX-License-Identifier: GPL-2.0
"""A submission: builds it, has each case tried, and has a verdict for each criterion."""

import os
import threading
import time

import sandbox
from cases import chosen_cases
from elf import BadModule, Module
from judge import Judge
from klog import bad_lines
from own_user import OwnUser
from report import Report
from source import BadSource
from verdict import BadSubmission, Verdict

KINDS = ("fifo", "producer", "consumer")


def find_modules(built, names):
    """The three modules and the copies, by what they are; names are their paths, or None."""
    modules = {}
    for kind in KINDS:
        paths = [path for path in built if path == names[kind] or
                 not names[kind] and os.path.basename(path) == kind + ".ko"]
        if len(paths) != 1:
            raise BadSubmission("make has built %s%s.ko: there are %s" % (
                "more than one " if paths else "no ", kind if not names[kind] else names[kind][:-3],
                ", ".join(sorted(built)) or "no modules"))
        try:
            modules[kind] = Module(built[paths[0]])
        except BadModule as error:
            raise BadSubmission("%s: %s" % (paths[0], error)) from error
    for kind in KINDS[1:]:
        if not modules[kind].needs & modules["fifo"].exports:
            raise BadSubmission("%s.ko calls no function that fifo.ko exports" % kind)
        modules[kind + "2"] = modules[kind].copy()
    return modules


def check_functions(modules, functions):
    """Those that were named must be there."""
    for file, function in functions.items():
        calls = modules[file].needs & modules["fifo"].exports
        if function and function not in calls:
            raise BadSubmission("%s.ko does not call %s() of fifo.ko: it calls %s" % (
                file, function, ", ".join(sorted(calls))))


def check_parameters(modules, parameters):
    """Those that have a name of their own must be there; not a consumer's item."""
    for file, kinds in (("producer", ("item", "rate")), ("consumer", ("rate",))):
        for kind in kinds:
            there = modules[file].parameters()
            if parameters[kind] not in (kind, *there):
                raise BadSubmission("%s.ko has no parameter %s, which --%s-param names: it has %s" % (
                    file, parameters[kind], kind, ", ".join(there) or "none"))


class Submission:
    """The modules of a directory, for each kernel that they are tried on."""

    def __init__(self, directory, machine, options):
        self.directory, self.names = directory, options.names
        self.place = sandbox.Bubble if options.sandbox == "bwrap" else OwnUser
        self.many, self.cycles = options.many, options.cycles
        self.bad = bad_lines(machine.root)
        self.lock, self.built = threading.Lock(), {}
        modules = self.modules_for(machine)
        check_functions(modules, options.functions)
        self.parameters, self.device, self.stats = options.spelled, options.device, options.stats
        self.fifo_parameters = options.fifo_parameters
        check_parameters(modules, self.parameters)
        self.needs = {file: module.needs & modules["fifo"].exports for file, module in modules.items()}
        for file, function in options.functions.items():
            for copy in (file, file + "2") if function else ():
                self.needs[copy] = {function}

    def modules_for(self, machine):
        """Built when they are first asked for."""
        with self.lock:
            if machine.kernel not in self.built:
                self.built[machine.kernel] = self._build(machine)
            return self.built[machine.kernel][0]

    def _build(self, machine):
        try:
            built, log = sandbox.build(self.directory, self.place(machine.kdir))
        except BadSource as bad:
            raise BadSubmission(str(bad)) from bad
        except sandbox.BuildFailed as failed:
            raise BadSubmission(str(failed), failed.log) from failed
        return find_modules(built, self.names), log

    def judge_build(self, machine):
        """Of the first kernel: another's headers may have the compiler see more."""
        warned = sandbox.warnings(self.built[machine.kernel][1])
        if warned:
            return Verdict(False, "the compiler warns: %s" % warned[0].strip(), warned)
        return Verdict(True)


def grade(directory, machine, criteria, options, say):
    """Returns a report."""
    start = time.monotonic()
    verdicts = {}
    try:
        say("Trying builds")
        submission = Submission(directory, machine, options)
        cases = chosen_cases({criterion.name for criterion in criteria})
        verdicts = Judge(machine, submission, say).run(cases)
        verdicts["builds"] = submission.judge_build(machine)
        default = Verdict(False, "it was not seen: each machine ended before")
    except BadSubmission as bad:
        default = Verdict(False, str(bad), sandbox.extract(bad.log))
    rows = {criterion.name: verdicts.get(criterion.name, default) for criterion in criteria}
    return Report(criteria, rows, time.monotonic() - start)
