# SPDX-License-Identifier: GPL-2.0
"""What an item costs a Python process, by libfifo and by the device.

Prints a line a figure: its name, and nanoseconds for each item, 1, 8, 32 and 64 at a time. In a
machine whose clock counts instructions, a nanosecond is one. One thread puts and gets, and
neither waits. As of bench/count.c: the shortest of 16 runs of 128 items, less the same run of
an empty function. fifo.ko is loaded, with engine=ring.

    python.py [QUEUE]
"""

import os
import struct
import sys
import time
from collections import deque

import libfifo

ITEMS = 128
RUNS = 16
BATCHES = (1, 8, 32, 64)
TEXT = "A" * 32
LINE = TEXT.encode() + b"\n"
ROW = struct.Struct(libfifo.FORMAT)


class Mapped:
    """An end that is mapped; the other is the device."""

    def __init__(self, queue, role, flags):
        self.end = role(queue)
        self.device = os.open(f"/dev/fifo{queue}", flags)

    def fill(self, n):
        os.write(self.device, LINE * n)

    def drain(self, n):
        os.read(self.device, 256 * n)

    def close(self):
        self.end.close()
        os.close(self.device)


def nothing(n):
    pass


def ways(consumer, producer, device):
    """Of each figure: what comes before it, what is counted, and what comes after it."""
    items = [TEXT] * BATCHES[-1]

    def peek(n):
        consumer.end.peek(n).release()

    def peek_rows(n):
        batch = consumer.end.peek(n)
        deque(ROW.iter_unpack(batch.memory), 0)
        batch.release()

    def reserve(n):
        with producer.end.reserve(n) as room:
            for item in items[:n]:
                room.append(item)

    if consumer:
        yield "get", consumer.fill, consumer.end.get_many, nothing
        yield "peek", consumer.fill, peek, nothing
        yield "peek, and unpack", consumer.fill, peek_rows, nothing
    if producer:
        yield "put", nothing, lambda n: producer.end.put_many(items[:n]), producer.drain
        yield "reserve", nothing, reserve, producer.drain
    if device:
        yield "write to the device", nothing, lambda n: os.write(device[1], LINE * n), lambda n: os.read(device[0], 256 * n)
        yield "read from the device", lambda n: os.write(device[1], LINE * n), lambda n: os.read(device[0], 256 * n).split(b"\n"), nothing


def run(before, counted, after, n):
    spent = 0
    for _ in range(ITEMS // n):
        before(n)
        start = time.perf_counter_ns()
        counted(n)
        spent += time.perf_counter_ns() - start
        after(n)
    return spent


def shortest(before, counted, after, n):
    return min(run(before, counted, after, n) for _ in range(RUNS))


def figures(*ends):
    for name, *functions in ways(*ends):
        costs = [(shortest(*functions, n) - shortest(nothing, nothing, nothing, n)) / ITEMS for n in BATCHES]
        print(f"{name:<22}", *(f"{cost:8.1f}" for cost in costs))


def main(queue=0):
    consumer = Mapped(queue, libfifo.Consumer, os.O_WRONLY)
    figures(consumer, None, None)
    consumer.close()
    producer = Mapped(queue, libfifo.Producer, os.O_RDONLY)
    figures(None, producer, None)
    producer.close()
    figures(None, None, [os.open(f"/dev/fifo{queue}", flags) for flags in (os.O_RDONLY, os.O_WRONLY)])


main(*map(int, sys.argv[1:]))
