# SPDX-License-Identifier: GPL-2.0
"""What scripts/grade does."""

import os
import signal
import subprocess
import sys

import project
from course import Course, NotOurs
from criteria import BadTable, read_criteria, wanted
from guest import BootFailed, Machine
from options import LAB, ROOT, Usage, choose, parse
from report import refused, replace
from sandbox import NoSandbox
from source import bad_source
from submission import grade
from verdict import printable


def section(page):
    """The lines of a part of a page of docs/lab; none of another page."""
    name, _, anchor = page.partition("#")
    path = os.path.join(LAB, name)
    if not os.path.isfile(path):
        return []
    lines, inside = [], False
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.startswith("## "):
                inside = line[3:].strip().lower().replace(" ", "-") == anchor
            elif inside:
                lines.append(line.rstrip("\n"))
    return lines


def explain(criteria, names):
    """The hint of each."""
    if not names:
        raise Usage("--explain needs the name of a criterion: %s" % " ".join(
            criterion.name for criterion in criteria))
    for criterion in choose("--explain", criteria, names):
        print("%s: %s" % (criterion.name, criterion.text))
        for line in section(criterion.page) or ["", "Read %s" % criterion.where()]:
            print(line)


def write(out, report):
    for kind, path in out.items():
        text = getattr(report, kind)() + "\n"
        if path == "-":
            print(text, end="")
        else:
            replace(path, text)


def say(text):
    print(printable(text), file=sys.stderr, flush=True)


def grade_one(options, criteria):
    bad = bad_source(options.directory) if options.directory else ""
    if bad:
        report = refused(criteria, bad)
    else:
        machine = Machine(ROOT, options.kernel)
        report = grade(options.directory, machine, criteria, options, say) if options.directory else \
            project.grade(options.project, machine, criteria, options, say)
    if "-" not in options.out.values():
        print(report.table())
    write(options.out, report)
    return 0 if report.points() == report.most() else 1


def grade_class(options, criteria):
    """The machine is made when the first submission needs it."""
    made = []

    def try_one(path):
        if not made:
            made.append(Machine(ROOT, options.kernel))
        return grade(path, made[0], criteria, options, say)

    return Course(options, criteria, try_one, say).run()


def run(options):
    criteria = read_criteria(options.criteria, project.NAMES if options.project else None)
    if options.explain is not None:
        explain(criteria, options.explain)
        return 0
    criteria = wanted(choose("--only", criteria, options.only), options)
    for criterion in criteria:
        if criterion.name in ("device", "stats") and not options.device or \
                criterion.name == "stats" and not options.stats:
            raise Usage("the criterion %s needs --device NAME%s" % (
                criterion.name, " and --stats NAME" * (criterion.name == "stats")))
    directory = options.directory or options.group
    if directory and not os.path.isdir(directory):
        raise Usage("%s is no directory" % directory)
    return (grade_class if options.group else grade_one)(options, criteria)


def stop(*_):
    raise KeyboardInterrupt


def words_of(error):
    if isinstance(error, OSError) and error.filename is not None:
        return "%s: %s" % (os.fsdecode(error.filename), error.strerror)
    return str(error)


def main():
    for name in ("SIGTERM", "SIGHUP"):
        signal.signal(getattr(signal, name), stop)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")
    try:
        return run(parse(sys.argv[1:]))
    except (Usage, BadTable, NotOurs, NoSandbox, BootFailed, OSError) as error:
        say("grade: %s" % words_of(error))
    except subprocess.CalledProcessError:
        say("grade: the virtual machine could not be made: the lines above say why")
    except KeyboardInterrupt:
        say("grade: stopped")
    return 2
