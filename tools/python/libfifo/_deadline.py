# SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
"""Until when a call may wait."""

from __future__ import annotations

import math
import threading
import time

# The longest that poll() takes, in milliseconds: who waits for longer looks again.
_LONGEST_POLL = 2**31 - 1


class Deadline:
    """A timeout in seconds, from now on. None: there is no limit."""

    def __init__(self, timeout: float | None) -> None:
        if timeout is not None and not timeout >= 0:
            raise ValueError(f"timeout {timeout!r}: must be None, or seconds from 0 on")
        self._at = None if timeout is None else time.monotonic() + timeout

    def over(self) -> bool:
        """Is it reached?"""
        return self._at is not None and time.monotonic() >= self._at

    def for_lock(self) -> float:
        """What is left, as the timeout of a lock."""
        if self._at is None:
            return -1
        return min(max(self._at - time.monotonic(), 0), threading.TIMEOUT_MAX)

    def for_poll(self) -> int | None:
        """What is left, as the timeout of poll()."""
        if self._at is None:
            return None
        return math.ceil(min(max(self._at - time.monotonic(), 0) * 1000, _LONGEST_POLL))


NEVER = Deadline(None)
