# SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
"""Items of fifo.ko's queues in a Python process, without system calls.

A process opens one end of a queue with engine=ring. It becomes the only consumer, or the
only producer, and moves items through shared memory, by the C library libfifo.

    import libfifo

    with libfifo.Consumer(0) as queue:
        for item in queue:
            print(item.text)

    with libfifo.Producer(0) as queue:
        queue.put("hello")

An item that was got is gone, even if the process dies before it has done anything with it.
To lose none, look at items in place, and release them when the work is done:

    with libfifo.Consumer(0) as queue:
        for batch in queue.batches():
            store_for_good(batch)

Threads may share an end: each call waits for its turn. A forked child has no end of its
parent's: there it is closed. libfifo(3) says what holds for every language.
"""

from ._batch import Batch, Room
from ._consumer import Consumer
from ._end import End
from ._item import DATA_LEN, FORMAT, ITEM_LEN, Item, ItemType, Puttable
from ._producer import Producer

__all__ = [
    "Batch",
    "Consumer",
    "DATA_LEN",
    "End",
    "FORMAT",
    "ITEM_LEN",
    "Item",
    "ItemType",
    "Producer",
    "Puttable",
    "Room",
]
