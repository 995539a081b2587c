# SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
"""The end that gets."""

from __future__ import annotations

import ctypes
import select
from typing import Iterator

from . import _library
from ._batch import Batch
from ._end import End, check_n
from ._item import ITEM_LEN, Item, decode


class Consumer(End):
    """The only consumer of a queue. An iterator over its items, which waits for each."""

    _role = _library.CONSUMER
    _ready = select.POLLIN

    def get(self, timeout: float | None = None) -> Item:
        """Gets the oldest item; waits for one."""
        return self.get_many(1, timeout)[0]

    def try_get(self) -> Item | None:
        """Gets the oldest item, or returns None if there is none."""
        items = self.try_get_many(1)
        return items[0] if items else None

    def get_many(self, n: int = 64, timeout: float | None = None) -> list[Item]:
        """Gets the oldest items, as many as there are, from 1 to n; waits for the first."""
        return self._in_time(self._get(n, timeout))

    def try_get_many(self, n: int = 64) -> list[Item]:
        """Gets the oldest items, as many as there are, from 0 to n."""
        return self._get(n, 0)

    def peek(self, n: int = 64, timeout: float | None = None) -> Batch:
        """Looks at the oldest items in place, at 1 to n; waits for the first.

        It shows none beyond the last slot: those of a batch that begins again at the first one
        come with the next peek, after a release.
        """
        return self._in_time(self._peek(n, timeout))

    def try_peek(self, n: int = 64) -> Batch | None:
        """Looks at the oldest items in place, or returns None if there are none."""
        return self._peek(n, 0)

    def batches(self, n: int = 64) -> Iterator[Batch]:
        """For each batch of 1 to n items: waits for it, and releases it after the loop's body.

        If the body raises, or leaves the loop, the batch is not released: it is seen again.
        """
        while True:
            with self.peek(n) as batch:
                yield batch

    def __iter__(self) -> Iterator[Item]:
        return self

    def __next__(self) -> Item:
        return self.get()

    def _get(self, n: int, timeout: float | None) -> list[Item]:
        n = min(check_n(n), self._size)
        memory = (ctypes.c_ubyte * (n * ITEM_LEN))()
        got = self._attempt(lambda handle: _library.try_get_many(handle, memory, n), timeout)
        return decode(memoryview(memory)[: got * ITEM_LEN])

    def _peek(self, n: int, timeout: float | None) -> Batch | None:
        return self._show(_library.try_peek_many, Batch, check_n(n), timeout)
