# SPDX-License-Identifier: GPL-2.0
"""A submission's files as an archive. A stranger has made them: nothing is followed, and little is
read of a file that is too large."""

import io
import os
import re
import stat
import tarfile

SIZE_MAX = 64 << 20
FILES_MAX = 20000
MAKEFILES = ("GNUmakefile", "makefile", "Makefile")
# Of an earlier build.
BUILT = re.compile(r"\.(ko|o|mod|mod\.c|cmd)$|^(modules\.order|Module\.symvers)$")
# The same for all, so that the same files make the same archive.
TIME = 1000000000


class BadSource(Exception):
    """Says why the files cannot be read, or are too many."""


def bad_source(directory):
    """What is wrong with the files, in words, or nothing."""
    try:
        pack(directory)
    except BadSource as bad:
        return str(bad)
    return ""


def pack(directory):
    """The files without those of a repository and of an earlier build: an archive of tar, the
    same bytes for the same files."""
    packed = io.BytesIO()
    size = 0
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for number, (path, entry) in enumerate(_walk(directory)):
            try:
                size += _add(archive, path, entry, SIZE_MAX - size)
            except OSError as error:
                raise BadSource("%s cannot be read: %s" % (path, error.strerror or error)) from error
            if number >= FILES_MAX:
                raise BadSource("the directory has more than %d files" % FILES_MAX)
    return packed.getvalue()


def _walk(directory):
    """Each file and directory with its path, in an order that is always the same."""
    waiting = [""]
    while waiting:
        parent = waiting.pop()
        for entry in _entries(directory, parent):
            path = os.path.join(parent, entry.name)
            yield path, entry
            if entry.is_dir(follow_symlinks=False):
                waiting.append(path)


def _entries(directory, parent):
    try:
        with os.scandir(os.path.join(directory, parent)) as entries:
            found = sorted((entry for entry in entries if _wanted(entry)), key=lambda entry: entry.name)
    except OSError as error:
        raise BadSource("%s cannot be read: %s" % (parent or "the directory", error.strerror)) from error
    if not parent:
        _need_makefile(directory, found)
    return found


def _wanted(entry):
    mode = entry.stat(follow_symlinks=False).st_mode
    if entry.name == ".git" or BUILT.search(entry.name) and not stat.S_ISDIR(mode):
        return False
    return stat.S_ISDIR(mode) or stat.S_ISREG(mode) or stat.S_ISLNK(mode)


def _need_makefile(directory, found):
    if any(entry.name in MAKEFILES for entry in found):
        return
    deeper = [entry.name for entry in found if entry.is_dir(follow_symlinks=False) and any(
        os.path.lexists(os.path.join(directory, entry.name, name)) for name in MAKEFILES)]
    raise BadSource("the directory has no Makefile%s" % (
        ": there is one in %s/, one level too deep" % deeper[0] if deeper else ""))


def _add(archive, path, entry, room):
    """Returns how large it is."""
    facts = entry.stat(follow_symlinks=False)
    info = tarfile.TarInfo(path)
    info.mtime = TIME
    info.mode = 0o755 if stat.S_ISDIR(facts.st_mode) or facts.st_mode & 0o100 else 0o644
    if stat.S_ISDIR(facts.st_mode):
        info.type = tarfile.DIRTYPE
    elif stat.S_ISLNK(facts.st_mode):
        info.type, info.linkname = tarfile.SYMTYPE, os.readlink(entry.path)
    else:
        info.size = facts.st_size
        if info.size > room:
            raise BadSource("the directory has more than %d MB" % (SIZE_MAX >> 20))
        with open(entry.path, "rb", opener=_open) as file:
            archive.addfile(info, file)
            return info.size
    archive.addfile(info)
    return 0


def _open(path, flags):
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)
