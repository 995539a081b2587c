# SPDX-License-Identifier: GPL-2.0
"""A lab whose queue is a device, too: each item is a line of text, and a file in /proc counts."""

import random
import string

from case import Case

LIMIT_S = 20


def draw_words():
    """A number that no counter has by chance, of words that are not alike."""
    return ["".join(random.choices(string.ascii_lowercase, k=random.randint(1, 8)))
            for _ in range(random.randint(23, 47))]


def exchange(bench, words, first):
    """Returns what is wrong with the device, or nothing, and whether that is sure."""
    path = "/dev/" + bench.submission.device
    if bench.ask("[[ ! -c %s ]] || echo there" % path) != [["there"]]:
        return "there is no device %s while fifo.ko is loaded" % path, True
    lines = bench.ask("exchange %s %d %s %s" % (path, LIMIT_S, first, " ".join(words)), LIMIT_S + 2)
    return wrong_lines(path, lines, words), not any(line[0] == "hangs" for line in lines)


def numbers(bench):
    """Those in the file in /proc."""
    if not bench.submission.stats:
        return []
    lines = bench.ask("numbers /proc/%s || true" % bench.submission.stats)
    return [int(number) for line in lines if line[0] == "numbers" for number in line[1:] if number.isdigit()]


def wrong_lines(path, lines, words):
    """What is wrong with what was read, or nothing."""
    read = [" ".join(line[1:]) for line in lines if line[0] == "line"]
    hangs = [line[1] for line in lines if line[0] == "hangs"]
    if ["early"] in lines:
        return "a read from %s does not wait while the queue is empty" % path
    if "writer" in hangs:
        return "a write to %s did not return within %d s, while another process reads" % (path, LIMIT_S)
    if read != words:
        at = next((n for n, pair in enumerate(zip(read, words)) if pair[0] != pair[1]), min(len(read), len(words)))
        return "of %d lines that were written to %s, %d were read; the one at %d is %r, was %r" % (
            len(words), path, len(read), at + 1, "".join(read[at:at + 1]), "".join(words[at:at + 1]))
    return ""


def device(bench):
    """All that is put as a line comes out as a line, in the same order; a read waits, and so does
    a write."""
    if not bench.submission.device:
        return
    bench.must_load("fifo")
    before, count = numbers(bench), 0
    for first in ("reader", "writer"):
        words = draw_words()
        count += len(words)
        wrong, sure = exchange(bench, words, first)
        if wrong:
            bench.lost("device", wrong, (), sure)
            break
    bench.holds("device")
    if wrong:
        bench.lost("stats", "not each item went through the device: %s" % wrong, (), sure)
    elif bench.submission.stats:
        judge_stats(bench, count, before, numbers(bench))
    bench.tidy("fifo")


def judge_stats(bench, count, before, after):
    """Of nobody's shape: a number in it has grown by as many items as went through."""
    path = "/proc/" + bench.submission.stats
    if not after:
        bench.lost("stats", "there is no number in %s while fifo.ko is loaded" % path, (), True)
    elif len(before) != len(after) or count not in [new - old for old, new in zip(before, after)]:
        bench.lost("stats", "%d items went through, and no number in %s has grown by %d: it had %s, and then %s" % (
            count, path, count, before, after), (), True)
    bench.holds("stats")


CASES = [Case(["device", "stats"], 15, device)]
