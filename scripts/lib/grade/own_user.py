# SPDX-License-Identifier: GPL-2.0
"""Where a Makefile runs if no sandbox can be made: in a container without privileges, which is
thrown away afterwards. It has a user of its own, which nobody else is, and limits."""

import os
import random
import shutil
import subprocess
import tempfile

from sandbox import NoSandbox

USERS = (2000000, 2000000000)


class OwnUser:
    """As root, who may become any user."""

    def __init__(self, kdir):
        if os.geteuid() != 0:
            raise NoSandbox("--sandbox user needs root, who may become another user")
        self.user = str(random.randrange(*USERS))
        self._link(kdir, "/lib/modules/" + os.uname().release)
        self.dir = None
        if self._run("test", "-r", os.path.join(kdir, "Makefile")).returncode:
            raise NoSandbox("--sandbox user: other users than root cannot read %s: set XDG_CACHE_HOME to a "
                            "directory that they can read, such as /var/cache" % kdir)

    @staticmethod
    def _link(kdir, modules):
        """A Makefile looks for the headers of the kernel that runs. A container has none."""
        link = os.path.join(modules, "build")
        os.makedirs(modules, exist_ok=True)
        if os.listdir(modules) not in ([], ["build"]):
            raise NoSandbox("--sandbox user is for a container: this machine has its own kernel in %s" % modules)
        if os.path.lexists(link):
            os.unlink(link)
        os.symlink(kdir, link)

    def _as_user(self, *words):
        return ["setpriv", "--reuid", self.user, "--regid", self.user, "--clear-groups", "--no-new-privs",
                "env", "-i", "PATH=/usr/bin:/usr/sbin:/bin:/sbin", "LC_ALL=C", *words]

    def _run(self, *words):
        return subprocess.run(self._as_user(*words), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, check=False)

    def command(self, script):
        self.dir = tempfile.mkdtemp(prefix="grade-build.")
        os.chown(self.dir, int(self.user), int(self.user))
        return self._as_user("bash", "-c", script.replace("/build/", self.dir + "/"))

    def end(self):
        """Of what it has left, processes and files, nothing stays."""
        self._run("bash", "-c", "kill -KILL -1")
        shutil.rmtree(self.dir, ignore_errors=True)
