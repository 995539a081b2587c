# SPDX-License-Identifier: GPL-2.0
"""A virtual machine that does what the host asks. Its kernel is in the submission's hands:
an answer counts if it has this boot's token, comes within the host's limit, and took as long
by the host's clock as the guest says."""

import base64
import os
import re
import secrets
import select
import shutil
import subprocess
import tempfile
import threading
import time
import zlib

BOOT_S = 240
ANSWER_MAX = 8 << 20
CONSOLE_KEPT = 256 << 10
# What a request takes beyond what it waits for, on a busy machine.
SLACK_S = 40


class Dead(Exception):
    """The guest does not answer any more, or nonsense; says why."""


class BootFailed(Exception):
    """The guest has never answered: this is no fault of the submission."""


class Console:
    """Reads the guest's console, and keeps its beginning and its end."""

    def __init__(self, path):
        os.mkfifo(path)
        self.file = os.open(path, os.O_RDWR)
        self.first, self.last = bytearray(), bytearray()
        self.stopping = False
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        while not self.stopping:
            if not select.select([self.file], [], [], 0.2)[0]:
                continue
            part = os.read(self.file, 65536)
            room = CONSOLE_KEPT - len(self.first)
            self.first += part[:max(room, 0)]
            self.last = (self.last + part[max(room, 0):])[-CONSOLE_KEPT:]

    def close(self):
        self.stopping = True
        self.thread.join()
        os.close(self.file)

    def text(self):
        return (self.first + self.last).decode(errors="replace").replace("\r", "")


class Machine:
    """What each boot of a kernel has in common, as scripts/lib/grade/machine prints it."""

    def __init__(self, root, kernel):
        output = subprocess.run([os.path.join(root, "scripts/lib/grade/machine"), kernel],
                                stdout=subprocess.PIPE, check=True).stdout
        self.release, self.kdir, self.base, *self.command = output.decode().split("\0")[:-1]
        self.root = root


class Guest:
    """One boot of a machine with a submission's modules."""

    def __init__(self, machine, modules):
        self.machine = machine
        self.token = secrets.token_hex(16)
        self.number = 0
        self.rest = b""
        self.dir = tempfile.mkdtemp(prefix="grade-boot.")
        self._make_initrd(modules)
        self.console = Console(os.path.join(self.dir, "console"))
        for end in "in", "out":
            os.mkfifo(os.path.join(self.dir, "monitor." + end))
        self.monitor = os.open(os.path.join(self.dir, "monitor.in"), os.O_RDWR)
        self.said = os.open(os.path.join(self.dir, "monitor.out"), os.O_RDWR)
        # Should the grader be killed, QEMU goes, too.
        command = ["setpriv", "--pdeathsig", "KILL", *machine.command]
        with open(os.path.join(self.dir, "qemu"), "wb") as errors:
            self.process = subprocess.Popen([word.replace("@DIR@", self.dir) for word in command], bufsize=0,
                                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors)
        os.set_blocking(self.process.stdout.fileno(), False)
        self._wait_for_boot()

    def _make_initrd(self, modules):
        tree = os.path.join(self.dir, "tree")
        os.makedirs(os.path.join(tree, "guest/modules"))
        source = os.path.join(self.machine.root, "vm/guest/")
        shutil.copy(source + "grade", os.path.join(tree, "guest/main"))
        shutil.copy(source + "grade-steps", os.path.join(tree, "guest/steps"))
        with open(os.path.join(tree, "guest/token"), "w") as file:
            file.write(self.token)
        for name, data in modules.items():
            with open(os.path.join(tree, "guest/modules", name + ".ko"), "wb") as file:
                file.write(data)
        with open(os.path.join(self.dir, "initrd"), "wb") as file:
            with open(self.machine.base, "rb") as base:
                shutil.copyfileobj(base, file)
            file.flush()
            subprocess.run("find . -mindepth 1 | cpio -o -H newc -R 0:0 --quiet", shell=True,
                           cwd=tree, stdout=file, check=True)

    def _wait_for_boot(self):
        try:
            while self._line(time.monotonic() + BOOT_S) != self.token + " ready":
                pass
        except Dead as dead:
            self.close()
            raise BootFailed("the virtual machine did not start: %s" % dead) from dead

    def _line(self, until):
        """The next line of the guest's answers, whatever it says."""
        while b"\n" not in self.rest:
            left = until - time.monotonic()
            if left <= 0:
                raise Dead("it did not answer in time")
            if not select.select([self.process.stdout], [], [], left)[0]:
                continue
            part = self.process.stdout.read(1 << 20)
            if part == b"":
                raise Dead("it has turned itself off")
            self.rest += part or b""
            if len(self.rest) > ANSWER_MAX:
                raise Dead("it sent more than %d MB at once" % (ANSWER_MAX >> 20))
        line, self.rest = self.rest.split(b"\n", 1)
        return line.decode(errors="replace").strip()

    def ask(self, script, seconds=0):
        """Runs a script there that waits for so long in all, besides what it does. Returns
        the lines that it printed, as lists of words."""
        self.number += 1
        start = time.monotonic()
        line = "%d %s\n" % (self.number, base64.b64encode(script.encode()).decode())
        try:
            self.process.stdin.write(line.encode())
        except BrokenPipeError:
            raise Dead("it has turned itself off") from None
        until = start + seconds + SLACK_S
        while True:
            words = self._line(until).split(" ")
            # Whatever else comes, the submission has written.
            if words[:2] == [self.token, str(self.number)] and len(words) == 4:
                self.took = time.monotonic() - start
                return self._unpack(words[3])

    @staticmethod
    def _unpack(text):
        inflate = zlib.decompressobj(31)
        try:
            output = inflate.decompress(base64.b64decode(text), ANSWER_MAX)
        except (ValueError, zlib.error) as error:
            raise Dead("its answer makes no sense") from error
        return [line.split(" ") for line in output.decode(errors="replace").splitlines()]

    def autopsy(self):
        """For a guest that has not answered: what its console says of why, after an NMI, which
        has its kernel print what each task does."""
        if self.process.poll() is None:
            os.write(self.monitor, b"nmi\n")
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                pass
        return self.console.text()

    def close(self):
        self.process.kill()
        self.process.wait()
        self.console.close()
        os.close(self.monitor)
        os.close(self.said)
        shutil.rmtree(self.dir)
