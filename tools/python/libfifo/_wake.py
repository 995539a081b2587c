# SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
"""What ends the waits of other threads."""

from __future__ import annotations

import os


class Wake:
    """A descriptor that is readable while there were more calls of set() than clear() took back."""

    def __init__(self) -> None:
        self._read, self._write = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)

    def fileno(self) -> int:
        """The descriptor, for poll()."""
        return self._read

    def set(self) -> None:
        """Makes it readable."""
        os.write(self._write, b"!")

    def clear(self, n: int) -> None:
        """Takes n calls of set() back; those of others stay."""
        os.read(self._read, n)

    def __del__(self) -> None:
        if hasattr(self, "_read"):
            os.close(self._read)
            os.close(self._write)
