# SPDX-License-Identifier: GPL-2.0
"""What is found of a criterion."""


def printable(text):
    return "".join(letter if letter.isprintable() else "?" for letter in text.replace("\t", " "))


class Verdict:
    """A criterion: whether it holds, why not, and what shows it. A submission may have chosen the
    words: none gets to a terminal that is more than text.

    A loss is sure if no slowness of this machine can cause it: a crash, a warning, a wrong item, a
    task that sleeps on and that nothing will wake. Such a loss counts whenever it is seen, as a
    submission's own races may be rare. Any other may be a matter of time, and counts if it is seen
    in two boots: see judge.py."""

    def __init__(self, holds, words="", details=(), sure=True):
        self.holds, self.words, self.sure = holds, printable(words), sure
        self.details = [printable(line) for line in details]


class BadSubmission(Exception):
    """Why nothing can be tried, and what make printed."""

    def __init__(self, words, log=""):
        super().__init__(words)
        self.log = log
