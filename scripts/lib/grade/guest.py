# SPDX-License-Identifier: GPL-2.0
"""A virtual machine that does what the host asks. Its kernel is in the submission's hands: an
answer counts if it has this boot's token, and comes within the host's limit."""

import base64
import os
import secrets
import select
import shutil
import subprocess
import tempfile
import threading
import time
import zlib

from host import Clock, Meter

BOOT_S = 240
ANSWER_MAX = 8 << 20
CONSOLE_KEPT = 256 << 10
# What a request takes beyond what it waits for: at most, and if the guest had processors all the
# time.
SLACK_S = 60
AT_ONCE_S = 30
# The seconds of processors in which any machine answers.
GIVEN_S = 20
# A kernel that panics prints all that it knows for some seconds, and then ends the machine. If it
# held a lock that the printing takes, the printing never ends.
PANIC_S = 10
PANIC = b"] Kernel panic - not syncing"
# Kernels that check each access to memory are slow, and need more of it.
SLOW = {"debug": 4, "kcsan": 4}
MEMORY_MB = 512
# How exact the speed of its clock must be known, and how far off it may be.
SPEED_KNOWN = 0.02
SPEED_OFF = 0.005
# Of the time, what a guest that is as good as alone on this machine waits for its processors.
HELD_UP = 0.1


class Dead(Exception):
    """The guest does not answer any more, or nonsense; says why."""


class Late(Dead):
    """It may answer yet."""


class Panicked(Dead):
    """Its kernel says so, and has not ended the machine."""


class BootFailed(Exception):
    """This machine could not do what was asked of it: this is no fault of the submission."""


class Console:
    """Reads the guest's console, and keeps its beginning and its end."""

    def __init__(self, path):
        os.mkfifo(path)
        self.file = os.open(path, os.O_RDWR)
        self.first, self.last = bytearray(), bytearray()
        self.stopping = False
        self.panicked = None
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        end = b""
        while not self.stopping:
            if not select.select([self.file], [], [], 0.2)[0]:
                continue
            part = os.read(self.file, 65536)
            if PANIC in end + part and self.panicked is None:
                self.panicked = time.monotonic()
            end = (end + part)[-len(PANIC):]
            room = CONSOLE_KEPT - len(self.first)
            self.first += part[:max(room, 0)]
            self.last = (self.last + part[max(room, 0):])[-CONSOLE_KEPT:]

    def ended(self):
        """Has the kernel panicked, and had the time to print all of it?"""
        return self.panicked is not None and time.monotonic() - self.panicked >= PANIC_S

    def close(self):
        self.stopping = True
        self.thread.join()
        os.close(self.file)

    def text(self):
        return (self.first + self.last).decode(errors="replace").replace("\r", "")


class Machine:
    """What each boot of a kernel has in common, as scripts/lib/grade/machine prints it."""

    def __init__(self, root, kernel):
        self.root, self.kernel = root, kernel
        self.slow = SLOW.get(kernel.split("-")[0], 1)
        self.others, self.lock = {}, threading.Lock()
        for _ in range(3):
            self._make()
            if self.base or self._kept_right():
                return
            os.unlink(os.path.join(self.dir, "booted"))
        raise BootFailed("the clock of the virtual machine is wrong, each time that it has booted")

    def _make(self):
        output = subprocess.run(
            [os.path.join(self.root, "scripts/lib/grade/machine"), self.kernel,
             str(MEMORY_MB * (2 if self.slow > 1 else 1))], stdout=subprocess.PIPE, check=True).stdout
        self.release, self.kdir, self.dir, self.base, *self.command = output.decode().split("\0")[:-1]

    def _kept_right(self):
        """A kernel that boots on a busy machine may misjudge how fast its clock is. A machine that
        is kept has what it found once: then it is right for all that is restored. On a busy machine
        it takes longer to be sure of that."""
        guest = Guest(self, {})
        try:
            for _ in range(30):
                guest.read_clock()
                least, most = guest.clock.speed()
                if most - least < SPEED_KNOWN:
                    return least < 1 + SPEED_OFF and most > 1 - SPEED_OFF
                time.sleep(2)
            raise BootFailed("this machine is too busy to tell how fast a virtual one's clock is")
        except Dead as dead:
            raise BootFailed("the virtual machine does nothing: %s" % dead) from dead
        finally:
            guest.close()

    def other(self, kernel):
        """The same with another kernel, which may be built first; once, whoever asks meanwhile."""
        with self.lock:
            if kernel not in self.others:
                self.others[kernel] = self if kernel == self.kernel else Machine(self.root, kernel)
            return self.others[kernel]


class Guest:
    """One boot of a machine with a submission's modules."""

    def __init__(self, machine, modules):
        self.machine = machine
        self.token = secrets.token_hex(16)
        self.number = 0
        self.rest = b""
        self.dir = tempfile.mkdtemp(prefix="grade-boot.")
        self._make_files(modules)
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
        self.clock, self.meter = Clock(), Meter(self.process.pid)

    def _make_files(self, modules):
        tree = os.path.join(self.dir, "tree")
        os.makedirs(os.path.join(tree, "guest/modules"))
        source = os.path.join(self.machine.root, "vm/guest/")
        shutil.copy(source + "grade", os.path.join(tree, "guest/main"))
        with open(os.path.join(tree, "guest/steps"), "wb") as steps:
            for name in ("grade-steps", "grade-others"):
                with open(source + name, "rb") as part:
                    shutil.copyfileobj(part, steps)
        with open(os.path.join(tree, "guest/token"), "w", encoding="ascii") as file:
            file.write(self.token)
        for name, data in modules.items():
            with open(os.path.join(tree, "guest/modules", name + ".ko"), "wb") as file:
                file.write(data)
        with open(os.path.join(self.dir, "files"), "wb") as file:
            if self.machine.base:
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
                raise Late("it did not answer in time")
            if not select.select([self.process.stdout], [], [], min(left, 1))[0]:
                if self.console.ended():
                    raise Panicked("its kernel has panicked")
                continue
            part = self.process.stdout.read(1 << 20)
            if part == b"":
                raise Dead("it has turned itself off")
            self.rest += part or b""
            if len(self.rest) > ANSWER_MAX:
                raise Dead("it sent more than %d MB at once" % (ANSWER_MAX >> 20))
        line, self.rest = self.rest.split(b"\n", 1)
        return line.decode(errors="replace").strip()

    def _request(self, text, seconds):
        """Sends it, and returns the last word of the answer, and what is before that. Whatever else
        comes, the submission has written."""
        self.number += 1
        try:
            self.process.stdin.write(("%d %s\n" % (self.number, text)).encode())
        except BrokenPipeError:
            raise Dead("it has turned itself off") from None
        try:
            return self._answer(time.monotonic(), seconds)
        finally:
            self.meter.look()

    def _answer(self, start, seconds):
        parts, size = [], 0
        while True:
            words = self._answer_line(start, seconds).split(" ")
            if words[:2] != [self.token, str(self.number)] or len(words) != 4:
                continue
            if words[2] != "+":
                return words[3], "".join(parts)
            parts.append(words[3])
            size += len(words[3])
            if size > ANSWER_MAX:
                raise Dead("it sent more than %d MB at once" % (ANSWER_MAX >> 20))

    def _answer_line(self, start, seconds):
        """The next line. A guest that had processors all the time is not waited for as long as one
        on a busy machine; and none for longer than it takes to be given what any needs."""
        due = start + seconds
        try:
            return self._line(due)
        except Late:
            given = self.meter.given_since()
        while True:
            try:
                return self._line(time.monotonic() + 1)
            except Late:
                if self._has_had_its_time(time.monotonic() - due, self.meter.given_since() - given):
                    raise

    def _has_had_its_time(self, late, given):
        return (late >= SLACK_S or given >= GIVEN_S * self.machine.slow or
                late >= AT_ONCE_S * self.machine.slow and self.meter.held_up() < HELD_UP)

    def ask(self, script, seconds=0):
        """Runs a script there that waits for so long in all, besides what it does. Returns
        the lines that it printed, as lists of words."""
        _, text = self._request(base64.b64encode(script.encode()).decode(), seconds * self.machine.slow)
        return self._unpack(text)

    def read_clock(self):
        """More than once, as a question may be held up."""
        for _ in range(3):
            asked = time.monotonic()
            hundredths, _ = self._request("clock", 0)
            came = time.monotonic()
            if not hundredths.isdigit():
                raise Dead("its answer makes no sense")
            self.clock.add(asked, int(hundredths) / 100, came)

    @staticmethod
    def _unpack(text):
        inflate = zlib.decompressobj(31)
        try:
            output = inflate.decompress(base64.b64decode(text), ANSWER_MAX)
        except (ValueError, zlib.error) as error:
            raise Dead("its answer makes no sense") from error
        return [line.split(" ") for line in output.decode(errors="replace").splitlines()]

    def autopsy(self):
        """For a guest that has not answered: what its console says of why. Before that, an NMI has
        the kernel print what each task does, unless it has panicked, which prints that, too."""
        if self.process.poll() is None and not self.console.ended():
            os.write(self.monitor, b"nmi\n")
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                pass
        return self.console.text()

    def failed(self):
        """Has QEMU itself ended, by a signal or with an error? A guest's end is status 0."""
        return self.process.poll() not in (None, 0)

    def kill(self):
        self.process.kill()

    def close(self):
        self.kill()
        self.process.wait()
        self.console.close()
        os.close(self.monitor)
        os.close(self.said)
        self.process.stdin.close()
        self.process.stdout.close()
        shutil.rmtree(self.dir)
