# SPDX-License-Identifier: GPL-2.0
"""What scripts/grade writes, held against what its readers want of it.

    outputs.py write DIR        results.json, grade.json, junit.xml and table, of recorded verdicts
    outputs.py gradescope FILE  prints what is wrong with it by Gradescope's specification
    outputs.py cells FILE       prints each row of a CSV as JSON
"""

import csv
import json
import os
import sys

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
sys.path.insert(0, os.path.join(ROOT, "scripts/lib/grade"))

from criteria import read_criteria  # noqa: E402
from report import Report  # noqa: E402
from verdict import Verdict  # noqa: E402

# What a submission may have the kernel say, or call its functions.
NASTY = "\x1b[2J\x1b]0;owned\x07 </failure> ]]> & \"quoted\" \ud800 \ufffe \x00 Zoë"

NUMBER, TEXT = (int, float), str
VISIBLE = ("visible", "hidden", "after_due_date", "after_published")
# Of its specification: each key, with what its value is.
TOP = {"score": NUMBER, "execution_time": NUMBER, "output": TEXT, "visibility": VISIBLE,
       "stdout_visibility": VISIBLE, "extra_data": dict, "tests": list, "leaderboard": list}
TEST = {"score": NUMBER, "max_score": NUMBER, "status": ("passed", "failed"), "name": TEXT, "number": TEXT,
        "output": TEXT, "tags": list, "visibility": VISIBLE, "extra_data": dict}


def wrong(where, row, keys):
    for key, value in row.items():
        kind = keys.get(key)
        if kind is None:
            yield "%s: unknown key %s" % (where, key)
        elif isinstance(kind[0], str) if isinstance(kind, tuple) else False:
            if value not in kind:
                yield "%s: %s is %r" % (where, key, value)
        elif not isinstance(value, kind) or isinstance(value, bool):
            yield "%s: %s is %r" % (where, key, value)


def gradescope(path):
    with open(path, encoding="utf-8") as file:
        results = json.load(file)
    found = list(wrong("top", results, TOP))
    for number, test in enumerate(results["tests"]):
        found += wrong("test %d" % number, test, TEST)
        found += ["test %d: no %s" % (number, key) for key in
                  ("name", "score", "max_score", "status", "output", "visibility") if key not in test]
        if not 0 <= test["score"] <= test["max_score"]:
            found.append("test %d: a score of %s" % (number, test["score"]))
    if results["score"] != sum(test["score"] for test in results["tests"]):
        found.append("the score is not the sum")
    print("\n".join(found), end="")


def write(directory):
    """Every second criterion is lost, in nasty words."""
    criteria = read_criteria(os.path.join(ROOT, "docs/lab/criteria"))
    verdicts = {criterion.name: Verdict(number % 2 == 0, NASTY, [NASTY, "  a stack"] * 50)
                for number, criterion in enumerate(criteria)}
    report = Report(criteria, verdicts, 61.7)
    for name, text in (("results.json", report.gradescope()), ("grade.json", report.json()),
                       ("junit.xml", report.junit()), ("table", report.table())):
        with open(os.path.join(directory, name), "w", encoding="utf-8") as file:
            file.write(text)


def cells(path):
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.reader(file, strict=True):
            print(json.dumps(row))


{"write": write, "gradescope": gradescope, "cells": cells}[sys.argv[1]](sys.argv[2])
