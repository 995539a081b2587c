# SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
"""Items and slots in the memory of a queue, without a copy.

Nobody may have a view of memory that is handed over to the kernel: it would change under his
eyes, and be gone when the end is closed. A batch has one view, which it releases: who uses
that gets ValueError. Views that were made of it cannot be released here. They keep the
ctypes array alive that they were made of: while it lives, nothing is handed over, and the
caller gets BufferError. It also keeps the end, and so the mapping.
"""

from __future__ import annotations

import ctypes
import errno
import operator
import weakref
from types import TracebackType
from typing import TYPE_CHECKING, Any, Callable, Iterator, TypeVar

from . import _library
from ._deadline import NEVER
from ._item import ITEM_LEN, Item, Puttable, decode, encode

if TYPE_CHECKING:
    from ._end import End

_Self = TypeVar("_Self", bound="Shown")


class Shown:
    """Items or slots that lie one behind the other in the mapping, from the oldest on."""

    #: Their bytes, ITEM_LEN for each, as FORMAT says. Released, with the batch, when they are
    #: handed over; before that, release what you have made of it: slices, arrays.
    memory: memoryview

    # Hands over so many: a function of the library.
    _hand_over: Callable[..., int]
    _writable = False

    def __init__(self, end: End, address: int, n: int) -> None:
        self._end = end
        self._map(address, n)

    def _map(self, address: int, n: int) -> None:
        slots: Any = (ctypes.c_ubyte * (n * ITEM_LEN)).from_address(address)
        slots.end = self._end
        self._address = address
        self._n = n
        self._end._batch = self
        self._view(slots)

    def _view(self, slots: Any) -> None:
        memory = memoryview(slots).cast("B")
        self.memory = memory if self._writable else memory.toreadonly()
        self._slots = slots

    def _retire(self) -> None:
        """From now on nobody can use the memory. Raises BufferError if somebody may."""
        self.memory.release()
        slots = weakref.ref(self._slots)
        self._slots = None
        in_use = slots()
        if in_use is not None:
            self._view(in_use)
            raise BufferError("slices of a batch's memory are in use: release them first")
        self._n = 0

    def _give(self, n: int) -> None:
        """Hands over the first n, and goes on with the rest."""
        n = operator.index(n)
        self._end._begin(NEVER)
        try:
            if not 1 <= n <= self._n:
                raise ValueError(f"n {n}: there are {self._n} left in the batch")
            address, left = self._address, self._n
            self._end._forget_batch()
            result = type(self)._hand_over(self._end._opened(), n)
            if result == -errno.EINVAL:
                self._map(address, left)
                raise ValueError("an item has more than 40 bytes, or a type that only the kernel puts")
            self._end._checked(result)
            if left > n:
                self._map(address + n * ITEM_LEN, left - n)
        finally:
            self._end._leave()

    def __enter__(self: _Self) -> _Self:
        return self


class Batch(Shown):
    """The oldest items of a queue, which stay there until they are released.

    It has a length, indices and an iterator; these copy items. memory has them without a copy,
    read-only. When an item is got or looked at by another call, or the end is closed, the batch
    is empty. As a context manager it releases what is left, if no exception comes: after an
    exception, all of it is seen again.
    """

    _hand_over = _library.release

    def __len__(self) -> int:
        return self._n

    def __getitem__(self, index: int) -> Item:
        place = index + self._n if index < 0 else index
        if not 0 <= place < self._n:
            raise IndexError(f"index {index}: there are {self._n} items")
        return decode(self.memory[place * ITEM_LEN : (place + 1) * ITEM_LEN])[0]

    def __iter__(self) -> Iterator[Item]:
        return iter(decode(self.memory) if self._n else [])

    def release(self, n: int | None = None) -> None:
        """Gets the first n items, or all: their slots are free for others.

        Raises BufferError, and releases nothing, while slices of memory are in use.
        """
        self._give(self._n if n is None else n)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self._n:
            self.release()


class Room(Shown):
    """Slots of a queue to fill in place; nothing is put before commit().

    append() fills one after the other. Or fill in type, len and data in memory, and commit(n).
    As a context manager it commits what was appended, if no exception comes.
    """

    _hand_over = _library.commit
    _writable = True
    _filled = 0

    def __len__(self) -> int:
        return self._n

    @property
    def filled(self) -> int:
        """How many were appended and are not committed."""
        return min(self._filled, self._n)

    def append(self, item: Puttable) -> None:
        """Fills the next slot. Raises IndexError if there is none."""
        filled = self._filled
        if filled >= self._n:
            raise IndexError("no slot is left: commit() those that are filled, and reserve others")
        self.memory[filled * ITEM_LEN : (filled + 1) * ITEM_LEN] = encode(item)
        self._filled = filled + 1

    def commit(self, n: int | None = None) -> None:
        """Puts the first n items, or all that were appended.

        Raises ValueError if one is invalid, and BufferError while slices of memory are in use: then nothing is put.
        """
        n = self.filled if n is None else n
        self._give(n)
        self._filled = max(self._filled - n, 0)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self.filled:
            self.commit()
