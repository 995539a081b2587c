# SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
"""The functions of libfifo.so.1.

None of those that are called here waits, so the interpreter's lock is kept: waiting is
_end's, which runs Python's signal handlers.
"""

from __future__ import annotations

import ctypes
import os
from typing import Callable

SONAME = "libfifo.so.1"

# enum fifo_role
PRODUCER = 0
CONSUMER = 1

# Enough for any text of fifo_explain().
_EXPLAIN_LEN = 256

_END = ctypes.c_void_p
_N = ctypes.c_uint
_ITEMS = ctypes.c_void_p
_PLACE = ctypes.POINTER(ctypes.c_void_p)

# Of each function: what it returns, and takes.
_FUNCTIONS = {
    "fifo_open": (_END, _N, ctypes.c_int),
    "fifo_close": (None, _END),
    "fifo_fd": (ctypes.c_int, _END),
    "fifo_size": (_N, _END),
    "fifo_try_get_many": (ctypes.c_int, _END, _ITEMS, _N),
    "fifo_try_put_many": (ctypes.c_int, _END, _ITEMS, _N),
    "fifo_try_peek_many": (ctypes.c_int, _END, _PLACE, _N),
    "fifo_release": (ctypes.c_int, _END, _N),
    "fifo_try_reserve_many": (ctypes.c_int, _END, _PLACE, _N),
    "fifo_commit": (ctypes.c_int, _END, _N),
    "fifo_explain": (ctypes.c_char_p, _N, ctypes.c_int, ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t),
}


def _load() -> ctypes.PyDLL:
    try:
        library = ctypes.PyDLL(SONAME, use_errno=True)
    except OSError as error:
        raise ImportError(f"{error}: install the package libfifo1, or run make -C tools install and ldconfig") from None
    for name, (result, *arguments) in _FUNCTIONS.items():
        function = getattr(library, name)
        function.restype = result
        function.argtypes = arguments
    return library


_library = _load()

_Function = Callable[..., int]

close = _library.fifo_close
fd: _Function = _library.fifo_fd
size: _Function = _library.fifo_size
try_get_many: _Function = _library.fifo_try_get_many
try_put_many: _Function = _library.fifo_try_put_many
try_peek_many: _Function = _library.fifo_try_peek_many
release: _Function = _library.fifo_release
try_reserve_many: _Function = _library.fifo_try_reserve_many
commit: _Function = _library.fifo_commit


def explain(queue: int, role: int, error: int) -> str:
    """What an error of open() means, and what to do about it."""
    text = ctypes.create_string_buffer(_EXPLAIN_LEN)
    _library.fifo_explain(queue, role, error, text, len(text))
    return text.value.decode(errors="replace")


def open_end(queue: int, role: int) -> int:
    """Takes an end of a queue. Raises OSError, with the words of explain()."""
    handle: int | None = _library.fifo_open(queue, role)
    if handle is None:
        error = ctypes.get_errno()
        raise OSError(error, explain(queue, role, error), f"/dev/fifo{queue}")
    return handle


def failure(queue: int, result: int) -> OSError:
    """What to raise for a negative result of a function that moves items."""
    return OSError(-result, os.strerror(-result), f"/dev/fifo{queue}")
