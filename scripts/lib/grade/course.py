# SPDX-License-Identifier: GPL-2.0
"""A class: a submission after the other, whatever each is, and a table of all. What is known
already is kept as records beside the table, which is made anew from them."""

import csv
import fcntl
import hashlib
import io
import json
import os
import subprocess
import traceback
from urllib.parse import quote

from guest import BootFailed
from report import Report, names_of, refused, replace
from sandbox import NoSandbox
from source import bad_source, pack

HEAD = ("submission", "points", "most")
NAME_MAX = 150


class NotOurs(Exception):
    """A file is in the way that another program has written."""


def cell(text):
    """No spreadsheet takes it for a formula, and it is on one line."""
    text = "".join(letter if letter.isprintable() and letter != "\\" else repr(letter)[1:-1] for letter in text)
    return "'" + text if text.lstrip()[:1] in ("=", "+", "-", "@") else text


def safe_name(name):
    """A file's name for a submission, whatever that is called."""
    safe = quote(os.fsencode(name), safe=" ")
    if safe.startswith("-"):
        safe = "%2D" + safe[1:]
    if len(safe) <= NAME_MAX:
        return safe
    return "%s~%s" % (safe[:NAME_MAX], hashlib.sha256(os.fsencode(name)).hexdigest()[:16])


def unusable(entry):
    """Why it is no submission, in words, or nothing."""
    if entry.is_symlink():
        return "it is a symbolic link: must be a directory"
    return bad_source(entry.path) if entry.is_dir() else "it is a file: must be a directory"


def made_of(entry):
    """What tells this submission from what it was before."""
    return unusable(entry) or hashlib.sha256(pack(entry.path)).hexdigest()


class Course:
    """The submissions in a directory; try_one grades the one of a path."""

    def __init__(self, options, criteria, try_one, say):
        self.group, self.criteria, self.try_one, self.say = options.group, criteria, try_one, say
        self.table = options.csv or os.path.join(options.group, "grades.csv")
        self.records = self.table + ".d"
        self.judged_by = json.dumps([options.names, options.functions, options.many, options.cycles,
                                     options.kernel, options.spelled, options.fifo_parameters, options.device,
                                     options.stats], sort_keys=True)

    def run(self):
        """Returns the exit status: 0 if each has its row."""
        self._check_table()
        os.makedirs(self.records, exist_ok=True)
        with open(os.path.join(self.records, ".lock"), "w", encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise NotOurs("%s: another run is grading this class" % self.table) from None
            return self._run()

    def _check_table(self):
        if not self.table.endswith(".csv"):
            raise NotOurs("--csv %s: must end with .csv" % self.table)
        if os.path.isdir(self.table):
            raise NotOurs("%s is a directory: name another file with --csv" % self.table)
        if os.path.lexists(self.records) and not os.path.isfile(os.path.join(self.records, ".lock")):
            raise NotOurs("%s is not of the grader: name another file than %s with --csv" % (self.records, self.table))
        if os.path.exists(self.table):
            with open(self.table, encoding="utf-8", errors="replace") as file:
                if not file.readline().startswith(",".join(HEAD)):
                    raise NotOurs("%s is no table of the grader: name another file with --csv" % self.table)

    def _run(self):
        rows, failed = {}, 0
        todo = []
        for entry in self._entries():
            rows[entry.name] = self._known(entry)
            if rows[entry.name] is None:
                todo.append(entry)
        self._write(rows)
        for entry in todo:
            self.say("== %s" % entry.name)
            report = self._grade(entry)
            if report is None:
                failed += 1
                continue
            rows[entry.name] = report
            self._keep(entry, report)
            self._write(rows)
        self.say("The table is in %s" % self.table)
        return 2 if failed else 0

    def _entries(self):
        """All but what begins with a dot, and the grader's own tables with their records."""
        with os.scandir(self.group) as entries:
            found = sorted((entry for entry in entries if not entry.name.startswith(".")),
                           key=lambda entry: entry.name)
        own = {entry.name for entry in found
               if entry.name.endswith(".csv.d") and os.path.isfile(os.path.join(entry.path, ".lock"))}
        own |= {name[:-len(".d")] for name in own}
        return [entry for entry in found if entry.name not in own]

    def _grade(self, entry):
        """Whatever goes wrong, the next one is graded."""
        why = unusable(entry)
        if why:
            return refused(self.criteria, why)
        try:
            return self.try_one(entry.path)
        except (subprocess.CalledProcessError, NoSandbox):
            # None can be graded.
            raise
        except (BootFailed, OSError) as error:
            self.say("%s is not graded: %s" % (entry.name, error))
        except Exception:  # a mistake of the grader's own
            self.say("%s is not graded: the grader has failed" % entry.name)
            for line in traceback.format_exc().splitlines():
                self.say("  " + line)
        return None

    # --- records ------------------------------------------------------------------

    def _path(self, name, ending):
        return os.path.join(self.records, safe_name(name) + ending)

    def _keep(self, entry, report):
        """Behind the report for the student, as only a record says that all is there."""
        replace(self._path(entry.name, ".txt"), report.table() + "\n")
        replace(self._path(entry.name, ".json"), json.dumps(dict(
            report.record(), submission=entry.name, made_of=made_of(entry),
            judged_by=self.judged_by), indent=1) + "\n")

    def _known(self, entry):
        """The report that an earlier run has made, if it still holds."""
        try:
            with open(self._path(entry.name, ".json"), encoding="utf-8") as file:
                record = json.load(file)
            if (record["submission"], record["judged_by"]) != (entry.name, self.judged_by) or \
                    record["made_of"] != made_of(entry):
                return None
            return Report.of_record(self.criteria, record)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    # --- the table ----------------------------------------------------------------

    def _write(self, rows):
        text = io.StringIO(newline="")
        table = csv.writer(text, lineterminator="\n")
        table.writerow([*HEAD, *(criterion.name for criterion in self.criteria), "lost", "report"])
        for name, report in rows.items():
            if report is not None:
                table.writerow([cell(name), report.points(), report.most(),
                                *(report.points_of(criterion, verdict) for criterion, verdict in report.rows),
                                cell("; ".join("%s: %s" % (names_of(lost), lost[0][1].words)
                                               for lost in report.lost())),
                                cell(os.path.basename(self._path(name, ".txt")))])
        replace(self.table, text.getvalue())

