# SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
"""What travels through a queue: struct fifo_item of fifo.h."""

from __future__ import annotations

import enum
import operator
import struct
from typing import NamedTuple, Union

#: Bytes of payload in an item.
DATA_LEN = 40

#: An item in a queue's memory: seq, time, source, type, len and data, of which len bytes count.
FORMAT = "=QQIHH40s"

_STRUCT = struct.Struct(FORMAT)

#: Bytes of an item in a queue's memory.
ITEM_LEN = _STRUCT.size


class ItemType(enum.IntEnum):
    """What the payload of an item is. Private types go from 256 to 65535."""

    TEXT = 1
    PROCESS = 2
    COMMAND = 3
    REPLY = 4


class Item(NamedTuple):
    """An item. A producer gives data and type; the queue fills in the rest."""

    #: The payload, at most DATA_LEN bytes.
    data: bytes
    #: An ItemType, or a private value from 256 on.
    type: int = ItemType.TEXT
    #: Its number among the items of its source, from 1.
    seq: int = 0
    #: When it was put: CLOCK_MONOTONIC in nanoseconds, as time.monotonic_ns().
    time: int = 0
    #: The producer that put it.
    source: int = 0

    @property
    def text(self) -> str:
        """The payload as text. Raises UnicodeDecodeError if it is none."""
        return self.data.decode()


#: What can be put: an item, or the payload of one of the type TEXT.
Puttable = Union[Item, str, bytes, bytearray, memoryview]


# What the functions below look at for each item: members of an enumeration are slow to find.
_TEXT = int(ItemType.TEXT)
_PROCESS = int(ItemType.PROCESS)
_LARGEST_TYPE = 0xFFFF


def decode(memory: bytes | bytearray | memoryview) -> list[Item]:
    """The items in so much memory."""
    new = tuple.__new__
    return [
        new(Item, (data[:length], kind, seq, time, source))
        for seq, time, source, kind, length, data in _STRUCT.iter_unpack(memory)
    ]


def encode(item: Puttable) -> bytes:
    """An item as it is in memory. Raises ValueError if it cannot be put, TypeError if it is none."""
    data: bytes | bytearray | memoryview
    kind = _TEXT
    if isinstance(item, str):
        data = item.encode()
    elif isinstance(item, Item):
        data, kind = item.data, _checked_type(item.type)
    else:
        data = item
    if not isinstance(data, bytes):
        data = _bytes(data)
    if len(data) > DATA_LEN:
        raise ValueError(f"{data!r} has {len(data)} bytes: an item has at most {DATA_LEN}")
    return _STRUCT.pack(0, 0, 0, kind, len(data), data)


def _checked_type(kind: int) -> int:
    kind = operator.index(kind)
    if kind == _PROCESS or not 0 <= kind <= _LARGEST_TYPE:
        raise ValueError(f"type {kind}: must be TEXT, COMMAND, REPLY, or from 256 to 65535; only the kernel puts PROCESS")
    return kind


def _bytes(data: object) -> bytes:
    if isinstance(data, (bytearray, memoryview)):
        return bytes(data)
    raise TypeError(f"{data!r}: must be str or bytes, or an Item, whose data are bytes")
