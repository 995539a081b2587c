# SPDX-License-Identifier: GPL-2.0
"""Builds a submission where its Makefile can harm nothing: without a network, without this
machine's files but for its programs, as a user without rights, within limits."""

import io
import os
import re
import subprocess
import tarfile
import threading

from source import pack

LIMIT_S = 180
RESULT_MAX = 64 << 20
LOG_MAX = 1 << 20
# Where the submission is there, for either kind of sandbox.
TREE = re.compile(r"/[\w./-]*?\b(grade-build\.\w+|build)/tree/")
# Lines of make's output about an error.
SHOWN = 20
NOBODY = "65534"

# Prints the modules as an archive; what make prints goes elsewhere. Nine tenths of a module may be
# debug information.
SCRIPT = r"""
ulimit -u 128 -v 2000000 -f 262144 -t %(seconds)d || exit
mkdir /build/tree && cd /build/tree && tar -x --no-same-owner || exit
make >&2 || exit
find . -name '*.ko' -type f -exec strip --strip-debug {} + >&2 || true
find . -name '*.ko' -type f -print0 | tar -c --null -T -
""" % {"seconds": LIMIT_S}


class BuildFailed(Exception):
    """Says why there are no modules."""

    def __init__(self, words, log=""):
        super().__init__(words)
        self.log = log


class NoSandbox(Exception):
    """Says why none can be made here: this is no fault of the submission."""


class Bubble:
    """A sandbox of bubblewrap."""

    def __init__(self, kdir):
        self.kdir = kdir
        tried = subprocess.run(self.command("true"), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, check=False)
        if tried.returncode:
            raise NoSandbox("bubblewrap can make no sandbox here (%s): in a container that is thrown away, "
                            "use --sandbox user" % tried.stderr.decode(errors="replace").strip())

    def command(self, script):
        return _command(self.kdir, script)

    def end(self):
        """All of it ends with its first process."""


def _command(kdir, script):
    """bwrap's. It is root who may give up root; anybody else has a user namespace."""
    command = ["bwrap", "--die-with-parent", "--new-session", "--unshare-pid", "--unshare-net",
               "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--clearenv",
               "--setenv", "PATH", "/usr/bin:/usr/sbin", "--setenv", "LC_ALL", "C",
               "--ro-bind", "/usr", "/usr", "--perms", "755", "--dir", "/etc",
               "--ro-bind-try", "/etc/alternatives", "/etc/alternatives",
               "--proc", "/proc", "--dev", "/dev",
               "--size", str(512 << 20), "--perms", "1777", "--tmpfs", "/build",
               "--size", str(64 << 20), "--perms", "1777", "--tmpfs", "/tmp"]
    for name in ("bin", "sbin", "lib", "lib64"):
        if os.path.islink("/" + name):
            command += ["--symlink", "usr/" + name, "/" + name]
    command += _kernel(kdir)
    if os.geteuid() == 0:
        return command + ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--",
                          "setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups",
                          "--no-new-privs", "bash", "-c", script]
    return command + ["--unshare-user", "--", "bash", "-c", script]


def _kernel(kdir):
    """What a Makefile finds at /lib/modules/$(uname -r)/build is the kernel that will run."""
    running = "/usr/lib/modules/" + os.uname().release
    options = ["--tmpfs", "/usr/lib/modules", "--perms", "755", "--dir", running,
               "--symlink", kdir, running + "/build"]
    if not kdir.startswith("/usr/"):
        for path in {kdir, os.path.realpath(os.path.join(kdir, "source"))}:
            options += _parents(path) + ["--ro-bind-try", path, path]
    return options


def _parents(path):
    """bwrap would make them for root alone."""
    parts = path.strip("/").split("/")[:-1]
    return [word for n in range(len(parts))
            for word in ("--perms", "755", "--dir", "/" + "/".join(parts[:n + 1]))]


def _read(stream, most, into):
    while True:
        part = stream.read1(65536)
        if not part:
            return
        if len(into) < most:
            into += part[:most - len(into)]


def _feed(stream, data):
    try:
        stream.write(data)
        stream.close()
    except BrokenPipeError:
        pass


def _unpack(data):
    modules = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            for entry in archive:
                if entry.isfile():
                    modules[os.path.normpath(entry.name)] = archive.extractfile(entry).read()
    except (tarfile.TarError, OSError) as error:
        raise BuildFailed("what came out of the build is no archive: %s" % error) from error
    return modules


def build(directory, place):
    """Returns the modules that make has built of the directory, in such a place as a Bubble, by
    path, and what make has printed."""
    source = pack(directory)
    try:
        status, result, log = _run(place.command(SCRIPT), source)
    finally:
        place.end()
    text = TREE.sub("", log.decode(errors="replace"))
    if status is None:
        raise BuildFailed("make did not end within %d s" % LIMIT_S, text)
    if status:
        raise BuildFailed("make failed: %s" % reason(text), text)
    return _unpack(bytes(result)), text


def _run(command, source):
    """Its status, or None if it did not end in time, and what it has printed."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    result, log = bytearray(), bytearray()
    threads = [threading.Thread(target=_read, args=(process.stdout, RESULT_MAX, result)),
               threading.Thread(target=_read, args=(process.stderr, LOG_MAX, log)),
               threading.Thread(target=_feed, args=(process.stdin, source))]
    for thread in threads:
        thread.daemon = True
        thread.start()
    try:
        status = process.wait(LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        status = None
    for thread in threads:
        thread.join(10)
    return status, result, log


def reason(log):
    """The first error; with the first place in the submission, if that is in a header of the kernel."""
    lines = log.splitlines()
    first = _first_error(lines)
    if first is None:
        return (lines[-1:] or ["it says nothing"])[0].strip()
    place = next((match[1] for line in lines[first:] for match in [re.match(r"([\w./-]+:\d+):\d+: ", line)]
                  if match and not match[1].startswith("/")), None)
    used = lines[first].startswith("/usr/") and place
    return lines[first].strip() + (" (used in %s)" % place if used else "")


def _first_error(lines):
    return next((n for n, line in enumerate(lines) if re.search(r"error|\*\*\*|bwrap:", line, re.I)), None)


def extract(log):
    """The lines about the first error, or the last ones."""
    lines = log.splitlines()
    first = _first_error(lines)
    tail = max(len(lines) - SHOWN, 0)
    return lines[tail if first is None else min(max(first - 1, 0), tail):][:SHOWN]


def warnings(log):
    """Lines of make's output that warn. One is not about the sources."""
    return [line for line in log.splitlines()
            if re.search(r"warning", line, re.I)
            and "the compiler differs from the one used to build the kernel" not in line]
