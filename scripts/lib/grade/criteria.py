# SPDX-License-Identifier: GPL-2.0
"""The table of criteria, which a teacher edits."""

import os
import re

from cases import CASES

# Those that no case of its own judges.
COMMON = ("builds", "left", "log")
# Those that are judged if an option asks for them.
OPTIONAL = {"races": "kcsan", "endures": "bonus", "device": "device", "stats": "stats"}
# Those whose kernel must be built first.
BUILT = ("memory", "timers", "locks", "races", "endures")


class BadTable(Exception):
    """Says which line is wrong, and what is allowed."""


class Criterion:
    """A line of the table."""

    def __init__(self, name, points, page, text):
        self.name, self.points, self.page, self.text = name, points, page, text

    def where(self):
        """The page, as a reader finds it: the lab's own, or another one."""
        return self.page if "://" in self.page or self.page.startswith("/") else "docs/lab/" + self.page


def known():
    return [*COMMON, *(name for case in CASES for name in case.criteria)]


def wanted(criteria, options):
    """Those that are to be judged: of these, if none is named. A name is enough to ask for one."""
    if options.only:
        return criteria
    return [criterion for criterion in criteria
            if not (options.stock and criterion.name in BUILT)
            and getattr(options, OPTIONAL.get(criterion.name, ""), True)]


def read_criteria(path, names=None):
    """Names are those that a table may have: the lab's, if none are given."""
    names = names or known()
    found = {}
    with open(path, "rb") as file:
        for number, line in enumerate(file, 1):
            where = "%s:%d" % (os.path.relpath(path), number)
            try:
                text = line.decode().strip()
            except UnicodeDecodeError:
                raise BadTable("%s: must be UTF-8" % where) from None
            if text and not text.startswith("#"):
                criterion = _criterion(text, where, names)
                if criterion.name in found:
                    raise BadTable("%s: %s is there for the second time" % (where, criterion.name))
                found[criterion.name] = criterion
    if not found:
        raise BadTable("%s: no criterion is in it" % path)
    return list(found.values())


def _criterion(line, where, names):
    words = line.split(None, 3)
    if len(words) != 4:
        raise BadTable("%s: must be a name, points, a page and a text" % where)
    name, points, page, text = words
    if name not in names:
        raise BadTable("%s: no criterion %s: must be one of %s" % (where, name, " ".join(names)))
    if not re.fullmatch(r"[0-9]{1,4}", points):
        raise BadTable("%s: the points of %s are %s: must be a whole number up to 9999" % (where, name, points))
    if not (page + text).replace("\t", " ").isprintable():
        raise BadTable("%s: the page and the text of %s must be of printable characters" % (where, name))
    return Criterion(name, int(points), page, text.replace("\t", " "))
