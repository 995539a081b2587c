# SPDX-License-Identifier: GPL-2.0
"""What each file of cases has in common."""

# Faster than any rate that is measured; its period is still a whole number of milliseconds.
FAST = 1000
# Of a queue, at most: the assignment says so.
ROOM = 1000
VALUES = ("0", "-1", "4294967295", "99999999999999999999", "abc", "''")


class Case:
    """Criteria, and a function of a bench that judges them; it begins and ends with nothing loaded.
    About how long it takes; the kernel that it needs, if not any, as scripts/test calls it; and
    whether there is no point in another case if all its criteria are lost."""

    def __init__(self, criteria, seconds, function, *arguments, kernel=None, first=False):
        self.criteria, self.seconds = criteria, seconds
        self.function, self.arguments, self.kernel, self.first = function, arguments, kernel, first

    def run(self, bench):
        self.function(bench, *self.arguments)
