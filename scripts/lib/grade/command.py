# SPDX-License-Identifier: GPL-2.0
"""The command line of scripts/grade."""

import csv
import os
import subprocess
import sys
from types import SimpleNamespace

from criteria import BadTable, read_criteria, wanted
from guest import BootFailed, Machine
from submission import grade

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../.."))
LAB = os.path.join(ROOT, "docs/lab")


class Usage(Exception):
    """What is wrong with the command line."""


def number(name, text, least, most):
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise Usage("%s %s: must be a whole number from %d to %d" % (name, text, least, most))
    return int(text)


def parse(words):
    """A namespace of the options, and the directories."""
    options = SimpleNamespace(
        kernel="stock", criteria=os.path.join(LAB, "criteria"), only="", cycles=20, many=False,
        stock=False, kcsan=False, bonus=False, out={},
        names=dict.fromkeys(("fifo", "producer", "consumer")),
        functions=dict.fromkeys(("producer", "consumer")), directory=None, group=None, explain=None)
    words = list(words)
    while words:
        word = words.pop(0)
        if word in ("--many", "--stock", "--kcsan", "--bonus"):
            setattr(options, word[2:], True)
        elif not word.startswith("-"):
            if options.directory:
                raise Usage("%s: one directory only; --class grades more" % word)
            options.directory = word
        elif not words:
            raise Usage("%s needs a value, or there is no such option (--help lists them)" % word)
        else:
            set_option(options, word, words.pop(0))
    if options.explain is None and (options.directory is None) == (options.group is None):
        raise Usage("name the directory of a submission, or --class DIR (see --help)")
    return options


def set_option(options, word, value):
    if word in ("--json", "--gradescope", "--junit", "--csv"):
        options.out[word[2:]] = value
    elif word in ("--fifo", "--producer", "--consumer"):
        if not value.endswith(".ko"):
            raise Usage("%s %s: must be the path of a module in the directory, as lab/queue.ko" %
                        (word, value))
        options.names[word[2:]] = os.path.normpath(value)
    elif word in ("--put", "--get"):
        options.functions["producer" if word == "--put" else "consumer"] = value
    elif word == "--cycles":
        options.cycles = number(word, value, 1, 1000)
    elif word == "--class":
        options.group = value
    elif word in ("--kernel", "--criteria", "--only", "--explain"):
        setattr(options, word[2:], value)
    else:
        raise Usage("unknown option %s (--help lists them)" % word)


def choose(criteria, only):
    """Those of a list of names with commas, or all of them."""
    if not only:
        return criteria
    names = only.split(",")
    for name in names:
        if name not in [criterion.name for criterion in criteria]:
            raise Usage("--only %s: no criterion %s: must be of %s" % (
                only, name, " ".join(criterion.name for criterion in criteria)))
    return [criterion for criterion in criteria if criterion.name in names]


def explain(criteria, name):
    """The hint's part of the page."""
    criterion = choose(criteria, name)[0]
    page, anchor = criterion.page.split("#", 1)
    print("%s: %s" % (criterion.name, criterion.text))
    with open(os.path.join(LAB, page), encoding="utf-8") as file:
        inside = False
        for line in file:
            if line.startswith("## "):
                inside = line[3:].strip().lower().replace(" ", "-") == anchor
            elif inside:
                print(line, end="")


def write(out, report):
    for kind in ("json", "gradescope", "junit"):
        if kind in out:
            text = getattr(report, kind)() + "\n"
            if out[kind] == "-":
                print(text, end="")
                continue
            with open(out[kind] + ".new", "w", encoding="utf-8") as file:
                file.write(text)
            os.replace(out[kind] + ".new", out[kind])


def say(text):
    print(text, file=sys.stderr, flush=True)


def grade_one(options, criteria, machine):
    report = grade(options.directory, machine, criteria, options, lambda text: say("Trying " + text))
    if "-" not in options.out.values():
        print(report.table())
    write(options.out, report)
    return 0 if report.points() == report.most() else 1


def graded(path):
    """The rows that an earlier run has written."""
    if not os.path.exists(path):
        return set()
    with open(path, newline="", encoding="utf-8") as file:
        return {row[0] for row in list(csv.reader(file))[1:] if row}


def grade_class(options, criteria, machine):
    """A row for each subdirectory, as soon as it is there; none of an earlier run is repeated."""
    path = options.out.get("csv", os.path.join(options.group, "grades.csv"))
    done = graded(path)
    names = sorted(entry.name for entry in os.scandir(options.group)
                   if entry.is_dir() and not entry.name.startswith("."))
    with open(path, "a", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        if not file.tell():
            rows.writerow(["submission", "points", "most",
                           *(criterion.name for criterion in criteria), "lost"])
        for name in names:
            if name in done:
                continue
            say("== %s" % name)
            try:
                report = grade(os.path.join(options.group, name), machine, criteria, options,
                               lambda text: say("Trying " + text))
            except (BootFailed, OSError) as error:
                say("%s is not graded: %s" % (name, error))
                continue
            rows.writerow([name, report.points(), report.most(),
                           *(criterion.points if verdict.holds else 0 for criterion, verdict in report.rows),
                           "; ".join("%s: %s" % (criterion.name, verdict.words)
                                     for criterion, verdict in report.rows if not verdict.holds)])
            file.flush()
    say("The table is in %s" % path)
    return 0


def run(options):
    criteria = read_criteria(options.criteria)
    if options.explain is not None:
        explain(criteria, options.explain)
        return 0
    criteria = wanted(choose(criteria, options.only), options)
    directory = options.directory or options.group
    if not os.path.isdir(directory):
        raise Usage("%s is no directory" % directory)
    machine = Machine(ROOT, options.kernel)
    return (grade_one if options.directory else grade_class)(options, criteria, machine)


def main():
    try:
        return run(parse(sys.argv[1:]))
    except (Usage, BadTable, BootFailed, OSError) as error:
        say("grade: %s" % error)
    except subprocess.CalledProcessError:
        say("grade: the virtual machine could not be made: the lines above say why")
    except KeyboardInterrupt:
        say("grade: stopped")
    return 2
