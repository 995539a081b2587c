# SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
"""What ends the waits of other threads."""

from __future__ import annotations

import os
import select


class Wake:
    """A descriptor that is readable from set() to clear()."""

    def __init__(self) -> None:
        self._read, self._write = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)

    def fileno(self) -> int:
        """The descriptor, for poll()."""
        return self._read

    def set(self) -> None:
        """Makes it readable."""
        os.write(self._write, b"!")

    def clear(self) -> None:
        """Makes it unreadable again, after set()."""
        os.read(self._read, select.PIPE_BUF)

    def __del__(self) -> None:
        if hasattr(self, "_read"):
            os.close(self._read)
            os.close(self._write)
