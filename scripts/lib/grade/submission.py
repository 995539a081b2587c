# SPDX-License-Identifier: GPL-2.0
"""A submission: builds it, tries each case, and has a verdict for each criterion."""

import os
import time

import sandbox
from bench import Bench, Verdict
from cases import CASES
from elf import BadModule, Module
from report import Report

KINDS = ("fifo", "producer", "consumer")


class BadSubmission(Exception):
    """Why nothing can be tried, and what make printed."""

    def __init__(self, words, log=""):
        super().__init__(words)
        self.log = log


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


def build(directory, kdir, names):
    try:
        built, log = sandbox.build(directory, kdir)
    except sandbox.BuildFailed as failed:
        raise BadSubmission(str(failed), failed.log) from failed
    return find_modules(built, names), log


def judge_build(verdicts, log):
    warned = sandbox.warnings(log)
    if warned:
        verdicts["builds"] = Verdict(False, "the compiler warns: %s" % warned[0].strip(), warned)
    else:
        verdicts["builds"] = Verdict(True)


def try_all(bench, criteria, say):
    """The cases of these criteria; all, if there is nothing but what each case adds to."""
    wanted = {criterion.name for criterion in criteria}
    every = wanted & {"left", "log"} and not any(wanted & set(case.criteria) for case in CASES)
    for case in CASES:
        if every or wanted & set(case.criteria):
            say(" ".join(case.criteria))
            bench.run(case)
    bench.drop()


def grade(directory, machine, criteria, options, say):
    """Returns a report."""
    start = time.monotonic()
    verdicts = {}
    try:
        say("builds")
        modules, log = build(directory, machine.kdir, options.names)
        check_functions(modules, options.functions)
        bench = Bench(machine, modules, options)
        try:
            try_all(bench, criteria, say)
        finally:
            bench.drop()
        verdicts = bench.verdicts
        judge_build(verdicts, log)
        default = Verdict(False, "it was not seen: each machine ended before")
    except BadSubmission as bad:
        default = Verdict(False, str(bad), bad.log.splitlines()[-20:])
    rows = {criterion.name: verdicts.get(criterion.name, default) for criterion in criteria}
    return Report(criteria, rows, time.monotonic() - start)
