#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The player (see play.sh) in Python: file objects as open() makes them, and select."""

import errno
import os
import select
import signal
import sys
from itertools import islice

reader = writer = None


class Interrupted(Exception):
    pass


def on_alarm(_signal, _frame):
    raise Interrupted


signal.signal(signal.SIGALRM, on_alarm)


def reads(path):
    global reader
    reader = open(path, "rb")
    return "opened"


def open_writer(path, mode, flags=0, **options):
    global writer
    writer = open(path, mode, opener=lambda name, how: os.open(name, how | flags), **options)
    return "opened"


def line():
    text = reader.readline().decode()
    return "line " + text.rstrip("\n") if text else "end"


def within(ms):
    ready, _, _ = select.select([reader], [], [], int(ms) / 1000)
    return line() if ready else "timeout"


def ready():
    return "yes" if select.select([reader], [], [], 0)[0] else "no"


def lines(path, n):
    with open(path, encoding="utf-8") as file:
        numbers = [int(text) for text in islice(file, int(n))]
    return f"lines {len(numbers)} sum {sum(numbers)}"


def shown(data):
    return "bytes " + data.decode().replace("\n", "\\n")


def interrupt():
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        return line()
    except Interrupted:
        return "interrupted"


def put(text):
    n = writer.buffer.raw.write(bytes.fromhex(text))
    return "error EAGAIN" if n is None else f"put {n}"


def put_within(ms, text):
    _, ready, _ = select.select([], [writer], [], int(ms) / 1000)
    return put(text) if ready else "timeout"


def say(text):
    print(text, file=writer, flush=True)
    return "said"


def numbers(n):
    writer.writelines(f"{i}\n" for i in range(1, int(n) + 1))
    writer.flush()
    return f"numbers {n}"


def shut():
    global reader, writer
    file, reader, writer = reader or writer, None, None
    file.close()
    return "closed"


commands = {
    "reads": reads,
    "writes": lambda path: open_writer(path, "w", encoding="utf-8"),
    "appends": lambda path: open_writer(path, "a", encoding="utf-8"),
    "tries": lambda path: open_writer(path, "w", os.O_NONBLOCK),
    "line": line,
    "within": within,
    "ready": ready,
    "lines": lines,
    "bytes": lambda n: shown(reader.raw.read(int(n))),
    "whole": lambda n: shown(reader.read(int(n))),
    "interrupt": interrupt,
    "put": put,
    "put-within": put_within,
    "say": lambda *words: say(" ".join(words)),
    "numbers": numbers,
    "shut": shut,
}

sys.stdin.reconfigure(encoding="utf-8")
sys.stdout.reconfigure(encoding="utf-8")
for request in sys.stdin:
    command, *words = request.rstrip("\n").split(" ")
    try:
        print(commands[command](*words) if command in commands else "none", flush=True)
    except OSError as error:
        print("error", errno.errorcode[error.errno], flush=True)
