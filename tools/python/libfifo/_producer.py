# SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
"""The end that puts."""

from __future__ import annotations

import itertools
import select
from typing import Iterable, Sequence

from . import _library
from ._batch import Room
from ._end import End, check_n
from ._item import Puttable, encode

# What put_all() puts at a time.
_BATCH = 64


class Producer(End):
    """The only producer of a queue.

    It waits for room, whatever the queue's overflow policy is: nothing is dropped. What cannot
    be put is a ValueError, or a TypeError: then nothing of that batch was put.
    """

    _role = _library.PRODUCER
    _ready = select.POLLOUT

    def put(self, item: Puttable, timeout: float | None = None) -> None:
        """Puts an item; waits for room."""
        self.put_many((item,), timeout)

    def try_put(self, item: Puttable) -> bool:
        """Puts an item, if there is room. Was there?"""
        return self.try_put_many((item,)) == 1

    def put_many(self, items: Sequence[Puttable], timeout: float | None = None) -> int:
        """Puts the first items, as many as fit at once; waits for room. Returns how many."""
        put = self._put(items, timeout)
        return self._in_time(put) if len(items) else 0

    def try_put_many(self, items: Sequence[Puttable]) -> int:
        """Puts the first items, as many as fit at once. Returns how many, perhaps 0."""
        return self._put(items, 0)

    def put_all(self, items: Iterable[Puttable]) -> None:
        """Puts all items, in batches; waits for room as often as need be."""
        rest = iter(items)
        while batch := list(itertools.islice(rest, _BATCH)):
            while batch:
                del batch[: self.put_many(batch)]

    def reserve(self, n: int = 64, timeout: float | None = None) -> Room:
        """Returns 1 to n slots to fill in place; waits for the first.

        It gives none beyond the last slot: those of a batch that begins again at the first one
        come with the next reserve, after a commit.
        """
        return self._in_time(self._reserve(n, timeout))

    def try_reserve(self, n: int = 64) -> Room | None:
        """Returns slots to fill in place, or None if the queue is full."""
        return self._reserve(n, 0)

    def _put(self, items: Sequence[Puttable], timeout: float | None) -> int:
        if isinstance(items, (str, bytes, bytearray)):
            raise TypeError(f"{items!r} is one item: use put()")
        memory = b"".join(map(encode, items))
        if not memory:
            self._opened()
            return 0
        n = check_n(len(items))
        return self._attempt(lambda handle: _library.try_put_many(handle, memory, n), timeout)

    def _reserve(self, n: int, timeout: float | None) -> Room | None:
        return self._show(_library.try_reserve_many, Room, check_n(n), timeout)
