# SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
"""A process's end of a queue: opening, waiting and closing.

_lock is held by a thread while it uses the end, waits included: from _begin() to _leave(). It
is one that a thread can take twice, as signal handlers run in the middle of all this. A handler
may not use the end that its thread is using. It may close it, which _leave() does.

_closing counts the calls of close() that have _lock and wait for _leave(): it takes back what they
have told _wake if nothing can be closed.

_batch shows items or slots of the mapping, and is valid until the end moves on.
"""

from __future__ import annotations

import ctypes
import errno
import operator
import os
import select
import threading
import warnings
import weakref
from types import TracebackType
from typing import Callable, ClassVar, TypeVar

from . import _library
from ._batch import Shown
from ._deadline import NEVER, Deadline
from ._wake import Wake

_Self = TypeVar("_Self", bound="End")
_Batch = TypeVar("_Batch", bound=Shown)
_Result = TypeVar("_Result")

_QUEUES_MAX = 2**32 - 1


class End:
    """One end of a queue. Use Consumer or Producer.

    It is a context manager, and has fileno(), for select, selectors and asyncio: level
    triggered; readable while a consumer has an item to get, writable while a producer has room.

    Timeouts are in seconds; None waits without a limit. A call that waits raises
    KeyboardInterrupt, or what else a signal handler raises; TimeoutError when its time is up;
    ValueError if the end is closed; and OSError with EBADMSG if this process has overwritten
    its mapping: then close the end.
    """

    _role: ClassVar[int]
    _ready: ClassVar[int]

    #: The index of the queue: the N of /dev/fifoN.
    queue: int

    def __init__(self, queue: int) -> None:
        """Takes the end of /dev/fifoN, with N = queue, until close().

        Raises OSError with a text that says what to do: FileNotFoundError if there is no such
        queue, PermissionError, EBUSY if others use this end, or EOPNOTSUPP if it cannot be mapped.
        """
        if not hasattr(self, "_role"):
            raise TypeError("an End is a Consumer or a Producer: use one of these")
        self.queue = operator.index(queue)
        if not 0 <= self.queue <= _QUEUES_MAX:
            raise ValueError(f"queue {queue}: must be a number from 0 on, as 0 of /dev/fifo0")
        self._closed = "it is closed"
        self._lock = threading.RLock()
        self._wake = Wake()
        self._batch: Shown | None = None
        self._uses = 0
        self._closing = 0
        self._handle: int | None = _library.open_end(self.queue, self._role)
        self._fd: int = _library.fd(self._handle)
        self._size: int = _library.size(self._handle)
        _ends.add(self)

    def __enter__(self: _Self) -> _Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        state = " closed" if self.closed else ""
        return f"<{type(self).__name__} of /dev/fifo{self.queue}{state}>"

    def __del__(self) -> None:
        if getattr(self, "_handle", None) is not None:
            try:
                warnings.warn(f"{self!r} was not closed", ResourceWarning, source=self)
            finally:
                self.close()

    @property
    def closed(self) -> bool:
        """Was it closed, or opened by a process that has forked this one?"""
        return self._handle is None

    @property
    def size(self) -> int:
        """How many items fit into the queue: a power of two."""
        return self._size

    def fileno(self) -> int:
        """The descriptor. Do not close it."""
        self._opened()
        return self._fd

    def wait(self, timeout: float | None = None) -> bool:
        """Waits for an item to get, or for room to put one. Returns False when the time is up."""
        deadline = Deadline(timeout)
        if not self._begin(deadline):
            return False
        try:
            return self._wait(deadline)
        finally:
            self._leave()

    def close(self) -> None:
        """Releases the end; to do it again does nothing.

        What a batch has shown and was not released stays in the queue. Calls that wait in other
        threads raise ValueError. In a signal handler, it takes effect when the call that was
        interrupted ends. Raises BufferError, and closes nothing, while memory of a batch is in use.
        """
        if self._handle is None:
            return
        self._wake.set()
        try:
            self._lock.acquire()
        except BaseException:
            self._wake.clear(1)
            raise
        self._closing += 1
        self._uses += 1
        self._leave()

    # --- for Consumer, Producer and their batches

    def _opened(self) -> int:
        if self._handle is None:
            raise ValueError(f"{self!r} cannot be used: {self._closed}")
        return self._handle

    def _begin(self, deadline: Deadline) -> bool:
        """Takes the end for this thread. Returns False when the time is up."""
        if not self._lock.acquire(False) and not self._lock.acquire(timeout=deadline.for_lock()):
            return False
        if self._uses:
            self._lock.release()
            raise RuntimeError(f"{self!r} is in use: a signal handler may only close it")
        self._uses = 1
        return True

    def _leave(self) -> None:
        try:
            if self._closing and self._uses == 1:
                self._close_now()
        finally:
            self._uses -= 1
            self._lock.release()

    def _close_now(self) -> None:
        closing, self._closing = self._closing, 0
        try:
            self._forget_batch()
        except BufferError:
            self._wake.clear(closing)
            raise
        handle, self._handle = self._handle, None
        if handle is not None:
            _library.close(handle)

    def _forget_batch(self) -> None:
        if self._batch is not None:
            self._batch._retire()
            self._batch = None

    def _checked(self, result: int) -> int:
        if result < 0:
            raise _library.failure(self.queue, result)
        return result

    def _attempt(self, attempt: Callable[[int], int], timeout: float | None) -> int:
        """What attempt returns, as soon as that is not -EAGAIN; or 0 when the time is up."""
        deadline = NEVER if timeout is None else Deadline(timeout)
        if not self._begin(deadline):
            return 0
        try:
            while True:
                handle = self._opened()
                self._forget_batch()
                result = attempt(handle)
                if result != -errno.EAGAIN:
                    return self._checked(result)
                if not self._wait(deadline):
                    return 0
        finally:
            self._leave()

    def _wait(self, deadline: Deadline) -> bool:
        """Waits until the next attempt may succeed. poll() also makes the kernel look at what
        another process, at the other end, has done. It goes on after a signal handler."""
        while True:
            poller = select.poll()
            poller.register(self._fd, self._ready)
            poller.register(self._wake, select.POLLIN)
            happened = dict(poller.poll(deadline.for_poll()))
            self._opened()
            if self._wake.fileno() in happened:
                raise ValueError(f"{self!r} cannot be used: it is being closed")
            if self._fd in happened:
                return self._is_ready(happened[self._fd])
            if deadline.over():
                return False

    def _is_ready(self, events: int) -> bool:
        if not events & self._ready:
            raise _library.failure(self.queue, -errno.EBADMSG)
        return True

    def _show(
        self, show: Callable[..., int], make: Callable[[End, int, int], _Batch], n: int, timeout: float | None
    ) -> _Batch | None:
        """What is made of up to n items or slots in place, or None when the time is up."""
        place = ctypes.c_void_p()
        made = []

        def attempt(handle: int) -> int:
            shown = show(handle, ctypes.byref(place), n)
            if shown > 0:
                made.append(make(self, place.value or 0, shown))
            return shown

        return made[0] if self._attempt(attempt, timeout) else None

    def _in_time(self, result: _Result | None) -> _Result:
        """The result of a call that was given a timeout: nothing means that the time is up."""
        if not result:
            raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT), f"/dev/fifo{self.queue}")
        return result

    def _abandon(self) -> None:
        """In a forked child, which has no mapping: its parent may use the end."""
        if self._handle is None:
            return
        self._handle = None
        self._closed = "it belongs to the process that has forked this one"
        self._lock = threading.RLock()
        self._uses = 0
        os.close(self._fd)
        try:
            self._forget_batch()
        except BufferError:
            pass


def check_n(n: int) -> int:
    """How many items are asked for."""
    n = operator.index(n)
    if n < 1:
        raise ValueError(f"n {n}: must be 1 or more")
    return min(n, _QUEUES_MAX)


_ends: weakref.WeakSet[End] = weakref.WeakSet()


def _abandon_all() -> None:
    for end in list(_ends):
        end._abandon()


os.register_at_fork(after_in_child=_abandon_all)
