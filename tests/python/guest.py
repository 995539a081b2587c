# SPDX-License-Identifier: GPL-2.0
"""What the tests do to the guest, and to processes of it."""

import os
import signal
import subprocess
import sys
import time

# The system call that a wait is in, on x86-64 and, as ppoll(), on arm64.
POLLS = {"7", "73"}

MODULES = ("producer", "consumer", "fifo")


def loaded(module):
    return os.path.exists(f"/sys/module/{module}/initstate")


def load(module, **parameters):
    words = [f"{name}={value}" for name, value in parameters.items()]
    subprocess.run(["modprobe", module, *words], check=True)


def unload(*modules):
    for module in modules:
        if loaded(module):
            subprocess.run(["rmmod", module], check=True)


def counter(name, queue=0):
    with open(f"/sys/class/misc/fifo{queue}/{name}") as file:
        return int(file.read())


def until(condition, seconds=30):
    """Waits until it holds."""
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "waited in vain"
        time.sleep(0.01)


def waits(task):
    """Is this task, by number, in poll()?"""
    with open(f"/proc/{task}/syscall") as file:
        return file.read().split()[0] in POLLS


def start(code):
    """A python that runs this code, with a pipe from its output. It ends with this one."""
    code = "import ctypes, signal, sys\nimport libfifo\nctypes.CDLL(None).prctl(1, signal.SIGKILL)\n" + code
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def end(process):
    """Its status, and what it has said."""
    said, complaint = process.communicate(timeout=300)
    return process.returncode, said, complaint


def kill(process):
    process.send_signal(signal.SIGKILL)
    return end(process)
