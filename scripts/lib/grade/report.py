# SPDX-License-Identifier: GPL-2.0
"""What a person, a course's server or a build server reads."""

import json
import textwrap
from xml.etree import ElementTree

DETAILS_MAX = 40


class Report:
    """The verdicts on a submission, in the order of the criteria."""

    def __init__(self, criteria, verdicts, seconds):
        self.rows = [(criterion, verdicts[criterion.name]) for criterion in criteria]
        self.seconds = seconds

    def points(self):
        return sum(criterion.points for criterion, verdict in self.rows if verdict.holds)

    def most(self):
        return sum(criterion.points for criterion, _ in self.rows)

    def table(self):
        lines = ["%-14s %6s  %s" % ("criterion", "points", "holds true")]
        for criterion, verdict in self.rows:
            lines.append("%-14s %6s  %s %s" % (
                criterion.name, "%d/%d" % (criterion.points if verdict.holds else 0, criterion.points),
                "ok    " if verdict.holds else "FAILED", criterion.text))
            if verdict.holds and verdict.words:
                lines.append("%24s%s" % ("", verdict.words))
        lines.append("%-14s %6s  in %d s" % ("", "%d/%d" % (self.points(), self.most()), self.seconds))
        for criterion, verdict in self.rows:
            if not verdict.holds:
                lines += ["", "%s: lost %d" % (criterion.name, criterion.points)]
                lines += textwrap.wrap(verdict.words, 96, initial_indent="  ", subsequent_indent="  ")
                lines += ["    | " + line for line in verdict.details[:DETAILS_MAX]]
                lines.append("  Read docs/lab/%s" % criterion.page)
        return "\n".join(lines)

    @staticmethod
    def _output(criterion, verdict):
        if verdict.holds:
            return criterion.text
        return "\n".join([verdict.words, *verdict.details[:DETAILS_MAX], "Read docs/lab/" + criterion.page])

    def json(self):
        return json.dumps({
            "points": self.points(), "most": self.most(), "seconds": round(self.seconds),
            "criteria": [{"name": criterion.name, "holds": verdict.holds, "text": criterion.text,
                          "points": criterion.points if verdict.holds else 0, "most": criterion.points,
                          "words": verdict.words, "details": verdict.details[:DETAILS_MAX],
                          "page": "docs/lab/" + criterion.page} for criterion, verdict in self.rows],
        }, indent=2)

    def gradescope(self):
        """Gradescope's results.json."""
        return json.dumps({
            "score": self.points(), "execution_time": round(self.seconds), "visibility": "visible",
            "tests": [{"name": "%s: %s" % (criterion.name, criterion.text),
                       "score": criterion.points if verdict.holds else 0, "max_score": criterion.points,
                       "status": "passed" if verdict.holds else "failed",
                       "output": self._output(criterion, verdict), "visibility": "visible"}
                      for criterion, verdict in self.rows],
        }, indent=2)

    def junit(self):
        """JUnit's XML, as build servers read it."""
        lost = [verdict for _, verdict in self.rows if not verdict.holds]
        suite = ElementTree.Element("testsuite", name="grade", tests=str(len(self.rows)),
                                    failures=str(len(lost)), time="%.1f" % self.seconds)
        for criterion, verdict in self.rows:
            case = ElementTree.SubElement(suite, "testcase", classname="lab", name=criterion.name)
            if not verdict.holds:
                failure = ElementTree.SubElement(case, "failure", message=verdict.words)
                failure.text = self._output(criterion, verdict)
        ElementTree.indent(suite)
        return ElementTree.tostring(suite, encoding="unicode")
