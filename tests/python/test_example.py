# SPDX-License-Identifier: GPL-2.0
"""The example draws how full a queue is."""

import subprocess
import sys

import guest
import pytest

EXAMPLE = "/root/examples/depth_over_time.py"


def draw(*arguments):
    return subprocess.run([sys.executable, EXAMPLE, *arguments], capture_output=True, text=True)


@pytest.fixture
def full(modules):
    """A queue that fills while the example watches."""
    guest.load("fifo", engine="ring", size=64)
    guest.load("producer", rate=100, log="off")


def watches():
    """Has the example mapped the queue?"""
    with open("/sys/kernel/debug/fifo/files") as file:
        return "mapped-consumer" in file.read()


def test_example_draws_with_characters(modules):
    guest.load("fifo", engine="ring", size=64)
    process = subprocess.Popen([sys.executable, EXAMPLE, "0", "--seconds", "3"], stdout=subprocess.PIPE, text=True)
    guest.until(watches)
    guest.load("producer", rate=100, log="off")
    lines = process.communicate(timeout=300)[0].splitlines()
    assert (process.returncode, lines[0]) == (0, "items in the queue")
    assert lines[1].startswith("     64 |") and lines[1].endswith("#")
    widths = [line.count("#") for line in lines[1:13]]
    assert widths == sorted(widths) and 0 < widths[0] < widths[-1]


def test_example_gets_at_the_rate(full):
    draw("0", "--seconds", "1", "--rate", "50")
    assert 40 <= guest.counter("got") <= 50


def test_example_draws_with_matplotlib(full, tmp_path):
    pytest.importorskip("matplotlib")
    process = draw("0", "--seconds", "0.5", "-o", str(tmp_path / "depth.png"))
    assert (process.returncode, process.stdout, process.stderr) == (0, "", "")
    assert (tmp_path / "depth.png").read_bytes().startswith(b"\x89PNG")


def test_example_says_why_not():
    process = draw("0")
    assert (process.returncode, process.stdout) == (1, "")
    assert process.stderr.startswith("depth_over_time: fifo.ko is not loaded")
