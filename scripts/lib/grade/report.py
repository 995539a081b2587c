# SPDX-License-Identifier: GPL-2.0
"""What a person, a course's server or a build server reads."""

import json
import os
import textwrap
from xml.etree import ElementTree

from verdict import Verdict

DETAILS_MAX = 40


def replace(path, text):
    """Writes a file that is there whole, or as it was before."""
    path = os.path.realpath(path)
    if os.path.exists(path) and not os.path.isfile(path):
        new = path
    else:
        new = "%s.new.%d" % (path, os.getpid())
    try:
        with open(new, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        if new != path:
            os.replace(new, path)
    except BaseException:
        if new != path and os.path.exists(new):
            os.unlink(new)
        raise


def refused(criteria, words):
    """Of what cannot be tried."""
    return Report(criteria, {criterion.name: Verdict(False, words) for criterion in criteria}, 0)


def names_of(rows):
    return ", ".join(criterion.name for criterion, _ in rows)


class Report:
    """The verdicts on a submission, in the order of the criteria."""

    def __init__(self, criteria, verdicts, seconds):
        self.rows = [(criterion, verdicts[criterion.name]) for criterion in criteria]
        self.seconds = seconds

    @classmethod
    def of_record(cls, criteria, record):
        """KeyError, if a criterion is not in it."""
        verdicts = {name: Verdict(row["holds"], row["words"], row["details"])
                    for name, row in record["verdicts"].items()}
        return cls(criteria, verdicts, record["seconds"])

    def record(self):
        """All that does not depend on the points."""
        return {"seconds": round(self.seconds), "verdicts": {
            criterion.name: {"holds": verdict.holds, "words": verdict.words,
                             "details": verdict.details[:DETAILS_MAX]} for criterion, verdict in self.rows}}

    @staticmethod
    def points_of(criterion, verdict):
        return criterion.points if verdict.holds else 0

    def points(self):
        return sum(self.points_of(*row) for row in self.rows)

    def most(self):
        return sum(criterion.points for criterion, _ in self.rows)

    def table(self):
        lines = ["%-14s %6s  %s" % ("criterion", "points", "holds true")]
        for criterion, verdict in self.rows:
            lines.append("%-14s %6s  %s %s" % (
                criterion.name, "%d/%d" % (self.points_of(criterion, verdict), criterion.points),
                "ok    " if verdict.holds else "FAILED", criterion.text))
            if verdict.holds and verdict.words:
                lines.append("%24s%s" % ("", verdict.words))
        lines.append("%-14s %6s  in %d s" % ("", "%d/%d" % (self.points(), self.most()), self.seconds))
        for lost in self.lost():
            criterion, verdict = lost[0]
            lines += ["", *textwrap.wrap("%s: lost %d" % (
                names_of(lost), sum(criterion.points for criterion, _ in lost)), 96)]
            lines += textwrap.wrap(verdict.words, 96, initial_indent="  ", subsequent_indent="  ")
            lines += ["    | " + line for line in verdict.details[:DETAILS_MAX]]
            lines.append("  Read %s" % criterion.where())
        return "\n".join(lines)

    def lost(self):
        """Lists of rows that are lost for the same reason: if nothing builds, all are."""
        found = {}
        for criterion, verdict in self.rows:
            if not verdict.holds:
                found.setdefault((verdict.words, *verdict.details), []).append((criterion, verdict))
        return list(found.values())

    @staticmethod
    def _output(criterion, verdict):
        if verdict.holds:
            return criterion.text
        return "\n".join([verdict.words, *verdict.details[:DETAILS_MAX], "Read " + criterion.where()])

    def json(self):
        return json.dumps({
            "points": self.points(), "most": self.most(), "seconds": round(self.seconds),
            "criteria": [{"name": criterion.name, "holds": verdict.holds, "text": criterion.text,
                          "points": self.points_of(criterion, verdict), "most": criterion.points,
                          "words": verdict.words, "details": verdict.details[:DETAILS_MAX],
                          "page": criterion.where()} for criterion, verdict in self.rows],
        }, indent=2)

    def gradescope(self):
        """Gradescope's results.json."""
        lost = names_of(row for row in self.rows if not row[1].holds)
        return json.dumps({
            "score": self.points(), "execution_time": round(self.seconds), "visibility": "visible",
            "output": "Lost: %s" % lost if lost else "All criteria hold.",
            "tests": [{"name": "%s: %s" % (criterion.name, criterion.text),
                       "score": self.points_of(criterion, verdict), "max_score": criterion.points,
                       "status": "passed" if verdict.holds else "failed",
                       "output": self._output(criterion, verdict), "visibility": "visible"}
                      for criterion, verdict in self.rows],
        }, indent=2)

    def junit(self):
        """JUnit's XML, as build servers read it."""
        lost = [verdict for _, verdict in self.rows if not verdict.holds]
        numbers = {"tests": str(len(self.rows)), "failures": str(len(lost)), "errors": "0",
                   "time": "%.1f" % self.seconds}
        suites = ElementTree.Element("testsuites", numbers)
        suite = ElementTree.SubElement(suites, "testsuite", name="grade", skipped="0", **numbers)
        for criterion, verdict in self.rows:
            case = ElementTree.SubElement(suite, "testcase", classname="lab", name=criterion.name)
            if not verdict.holds:
                failure = ElementTree.SubElement(case, "failure", type="lost", message=verdict.words)
                failure.text = self._output(criterion, verdict)
        ElementTree.indent(suites)
        return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suites, encoding="unicode")
