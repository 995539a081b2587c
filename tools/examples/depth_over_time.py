#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""How full a queue is, over time, while producers run and this process gets.

    modprobe fifo engine=ring size=64
    modprobe producer rate=300 log=off
    ./depth_over_time.py 0 --seconds 2 --rate 250
    ./depth_over_time.py 0 --seconds 2 --rate 250 -o depth.png

In a notebook, draw() shows a picture:

    from depth_over_time import draw, size, watch
    draw(watch(0, seconds=2, rate=250), size(0))
"""

import argparse
import sys
import time
from pathlib import Path
from typing import Any, List, Tuple

import libfifo

# Seconds since the start, and how many items were in the queue then.
Samples = List[Tuple[float, int]]

# Of the picture made of characters.
WIDTH = 60
HEIGHT = 12


def read(queue: int, name: str) -> int:
    """A number of /sys/class/misc/fifoN, which anybody may read."""
    return int(Path(f"/sys/class/misc/fifo{queue}/{name}").read_text())


def size(queue: int) -> int:
    """How many items fit."""
    return read(queue, "size")


def watch(queue: int, seconds: float, rate: float, interval: float = 0.02) -> Samples:
    """Gets so many items a second through a mapping, and looks how many are left."""
    samples: Samples = []
    got = 0
    with libfifo.Consumer(queue) as consumer:
        start = time.monotonic()
        while (now := time.monotonic() - start) < seconds:
            due = int(now * rate) - got
            if due > 0:
                got += len(consumer.try_get_many(due))
            samples.append((now, read(queue, "depth")))
            time.sleep(interval)
    return samples


def columns(samples: Samples, width: int) -> List[int]:
    """The deepest sample in each column of a picture. One without a sample has the last one's."""
    end = samples[-1][0] or 1
    deepest = [0] * width
    last = 0
    for at, depth in samples:
        column = min(int(at / end * width), width - 1)
        deepest[last + 1 : column] = [deepest[last]] * max(column - last - 1, 0)
        deepest[column] = max(deepest[column], depth) if column == last else depth
        last = column
    return deepest


def characters(samples: Samples, full: int) -> str:
    """The picture as text."""
    heights = [-(-depth * HEIGHT // full) for depth in columns(samples, WIDTH)]
    lines = ["items in the queue"]
    for row in range(HEIGHT, 0, -1):
        label = str(full * row // HEIGHT) if row in (HEIGHT, HEIGHT // 2) else ""
        lines.append(f"{label:>7} |" + "".join("#" if height >= row else " " for height in heights).rstrip())
    lines.append(f"{0:>7} +" + "-" * WIDTH)
    lines.append(f"{'':>8} 0 s{samples[-1][0]:>{WIDTH - 5}.1f} s")
    return "\n".join(lines)


def draw(samples: Samples, full: int) -> Any:
    """A figure of matplotlib. Without matplotlib it prints the picture, and returns None."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        print(characters(samples, full))
        return None
    figure = Figure(figsize=(8, 3), layout="constrained")
    axes = figure.subplots()
    axes.step([at for at, _ in samples], [depth for _, depth in samples], where="post")
    axes.axhline(full, linestyle=":", color="gray")
    axes.set(xlabel="seconds", ylabel="items in the queue", ylim=(0, full * 1.05))
    return figure


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Draws how full a queue is, while producers run and this process gets.")
    parser.add_argument("queue", type=int, help="its index, as 0 of /dev/fifo0; engine=ring")
    parser.add_argument("--seconds", type=float, default=2, help="how long to watch (2)")
    parser.add_argument("--rate", type=float, default=0, help="items to get in a second (0: only watch)")
    parser.add_argument("-o", dest="file", help="draw with matplotlib, into this .png, .svg or .pdf")
    return parser.parse_args()


def main() -> None:
    chosen = options()
    try:
        samples = watch(chosen.queue, chosen.seconds, chosen.rate)
    except OSError as error:
        sys.exit(f"depth_over_time: {error.strerror}")
    if not samples:
        sys.exit(f"depth_over_time: --seconds {chosen.seconds}: must be above 0")
    figure = draw(samples, size(chosen.queue)) if chosen.file else print(characters(samples, size(chosen.queue)))
    if figure:
        figure.savefig(chosen.file)


if __name__ == "__main__":
    main()
