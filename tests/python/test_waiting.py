# SPDX-License-Identifier: GPL-2.0
"""Waits end by an item, a timeout, a signal or a close; threads and forks harm nobody."""

import asyncio
import os
import select
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import guest
import libfifo
import pytest


@pytest.fixture
def consumer(ring):
    with libfifo.Consumer(0) as consumer:
        yield consumer


def write(text):
    with open("/dev/fifo0", "w") as device:
        device.write(text)


def in_thread(function, *arguments):
    """Starts it, and returns when it waits. The result, or exception, is the future's."""
    ids = []

    def call():
        ids.append(threading.get_native_id())
        return function(*arguments)

    future = ThreadPoolExecutor(1).submit(call)
    guest.until(lambda: ids and guest.waits(ids[0]))
    return future


def test_get_waits_for_an_item(consumer):
    future = in_thread(consumer.get)
    write("x\n")
    assert future.result(30).text == "x"


def test_put_waits_for_room(ring):
    with libfifo.Producer(0) as producer:
        producer.put_many(["x"] * 16)
        future = in_thread(producer.put, "last")
        with open("/dev/fifo0") as device:
            device.readline()
        assert future.result(30) is None


def test_timeout_ends_a_wait(consumer):
    for call in (consumer.get, consumer.get_many, consumer.peek):
        before = time.monotonic()
        with pytest.raises(TimeoutError):
            call(timeout=0.05)
        assert time.monotonic() - before >= 0.05


def test_timeout_ends_a_wait_for_room(ring):
    with libfifo.Producer(0) as producer:
        producer.put_many(["x"] * 16)
        for call, arguments in ((producer.put, ("y",)), (producer.put_many, (["y"],)), (producer.reserve, ())):
            with pytest.raises(TimeoutError):
                call(*arguments, timeout=0.05)


def test_timeout_holds_while_another_thread_waits(consumer):
    future = in_thread(consumer.get)
    with pytest.raises(TimeoutError):
        consumer.get(timeout=0.05)
    assert consumer.wait(0.05) is False
    write("x\n")
    assert future.result(30).text == "x"


def test_wait_says_whether_there_is_an_item(consumer):
    assert consumer.wait(0) is False
    write("x\n")
    assert consumer.wait() is True
    assert consumer.get(timeout=0).text == "x"


def test_endless_timeout_is_a_timeout(consumer):
    write("x\n")
    assert consumer.get(timeout=float("inf")).text == "x"


def test_asyncio_reads_when_there_are_items(consumer):
    async def read(n):
        items, ready = [], asyncio.Event()
        asyncio.get_running_loop().add_reader(consumer, ready.set)
        while len(items) < n:
            await asyncio.wait_for(ready.wait(), 60)
            items += consumer.try_get_many()
            ready.clear()
        asyncio.get_running_loop().remove_reader(consumer)
        return items

    guest.load("producer", rate=200, count=40, log="off")
    assert [item.seq for item in asyncio.run(read(40))] == list(range(1, 41))


def test_poll_reports_items_and_room(ring):
    with libfifo.Producer(0) as producer, libfifo.Consumer(0) as consumer:
        assert select.select([consumer], [producer], [], 0) == ([], [producer], [])
        producer.put_many(["x"] * 16)
        assert select.select([consumer], [producer], [], 0) == ([consumer], [], [])


def waiter(code):
    """A process that waits in a get of queue 0. It says so before."""
    process = guest.start(code + "\nconsumer = libfifo.Consumer(0)\nprint('waits', flush=True)\nprint(consumer.get().text)")
    assert process.stdout.readline() == "waits\n"
    guest.until(lambda: guest.waits(process.pid))
    return process


def test_keyboard_interrupt_ends_a_wait(ring):
    process = waiter("")
    process.send_signal(signal.SIGINT)
    status, said, complaint = guest.end(process)
    assert (status, said) == (-signal.SIGINT, "")
    assert complaint.rstrip().endswith("KeyboardInterrupt")


def test_signal_handler_runs_and_the_wait_goes_on(ring):
    process = waiter("signal.signal(signal.SIGUSR1, lambda *_: print('handled', flush=True))")
    process.send_signal(signal.SIGUSR1)
    assert process.stdout.readline() == "handled\n"
    write("x\n")
    assert guest.end(process)[:2] == (0, "x\n")


def test_signal_handler_may_close(ring):
    process = waiter("signal.signal(signal.SIGUSR1, lambda *_: consumer.close())")
    process.send_signal(signal.SIGUSR1)
    status, _, complaint = guest.end(process)
    assert (status, complaint.splitlines()[-1]) == (
        1,
        "ValueError: <Consumer of /dev/fifo0> cannot be used: it is being closed",
    )


def test_signal_handler_may_not_get(ring):
    process = waiter("signal.signal(signal.SIGUSR1, lambda *_: consumer.get())")
    process.send_signal(signal.SIGUSR1)
    status, _, complaint = guest.end(process)
    assert (status, complaint.splitlines()[-1]) == (
        1,
        "RuntimeError: <Consumer of /dev/fifo0> is in use: a signal handler may only close it",
    )


def test_killed_process_leaves_the_end(ring):
    guest.kill(waiter(""))
    libfifo.Consumer(0).close()


def test_threads_share_an_end(ring):
    with libfifo.Producer(0) as producer, libfifo.Consumer(0) as consumer, ThreadPoolExecutor(6) as threads:
        putting = [threads.submit(producer.put_all, [f"{n}-{i}" for i in range(100)]) for n in range(3)]
        getting = [threads.submit(lambda: [consumer.get(60).text for _ in range(100)]) for _ in range(3)]
        got = sum((future.result() for future in getting), [])
        assert [future.result() for future in putting] == [None] * 3
    assert sorted(got) == sorted(f"{n}-{i}" for n in range(3) for i in range(100))


def test_close_ends_the_waits_of_other_threads(consumer):
    futures = [in_thread(consumer.get)]
    futures.append(ThreadPoolExecutor(1).submit(consumer.get))
    consumer.close()
    for future in futures:
        with pytest.raises(ValueError, match="cannot be used"):
            future.result(30)


def refused_closes(consumer, n):
    """So many threads close at once, while memory is in use."""
    told = []
    tell, consumer._wake.set = consumer._wake.set, lambda: (tell(), told.append(1))
    with consumer._lock:
        futures = [ThreadPoolExecutor(1).submit(consumer.close) for _ in range(n)]
        guest.until(lambda: len(told) == n)
    return [future.exception(30) for future in futures]


def test_closes_at_once_leave_an_end_as_it_was(consumer):
    write("x\n")
    part = consumer.peek().memory[:64]
    assert [type(error) for error in refused_closes(consumer, 3)] == [BufferError] * 3
    part.release()
    assert consumer.get(0).text == "x"
    with pytest.raises(TimeoutError):
        consumer.get(0.05)


def test_refused_close_takes_no_other_back(consumer):
    write("x\n")
    part = consumer.peek().memory[:64]
    consumer._wake.set()
    with pytest.raises(BufferError):
        consumer.close()
    part.release()
    consumer.get(0)
    with pytest.raises(ValueError, match="is being closed"):
        consumer.get(30)
    consumer._wake.clear(1)


def test_closes_of_a_signal_handler_leave_an_end_as_it_was(consumer):
    write("x\n")
    part = consumer.peek().memory[:64]
    before = signal.signal(signal.SIGUSR1, lambda *_: (consumer.close(), consumer.close()))
    try:
        with pytest.raises(BufferError):
            consumer._begin(libfifo._deadline.NEVER)
            try:
                signal.raise_signal(signal.SIGUSR1)
            finally:
                consumer._leave()
    finally:
        signal.signal(signal.SIGUSR1, before)
    part.release()
    assert consumer.get(0).text == "x"
    with pytest.raises(TimeoutError):
        consumer.get(0.05)


def test_other_threads_run_during_a_wait(consumer):
    future = in_thread(consumer.get)
    assert sum(range(1000)) == 499500
    assert not future.done()
    write("x\n")
    future.result(30)


def test_fork_leaves_the_end_to_the_parent(consumer):
    write("x\n")
    batch = consumer.peek()
    memory = batch.memory
    read, write_end = os.pipe()
    child = os.fork()
    if not child:
        said = []
        for use in (consumer.get, consumer.try_get, batch.release, lambda: memory[0], consumer.fileno):
            try:
                use()
                said.append("used")
            except ValueError:
                said.append("refused")
        consumer.close()
        os.write(write_end, " ".join(said).encode())
        signal.pause()
    os.close(write_end)
    try:
        assert os.read(read, 100) == b"refused " * 4 + b"refused"
        assert memory[24] == ord("x")
        consumer.close()
        # The child lives, and does not hold the end.
        libfifo.Consumer(0).close()
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(read)


# Signals come all the time, while items are put and got.
STORM = """
def close(*_):
    end.close()
signal.signal(signal.SIGALRM, close)
for n in range(300):
    end = libfifo.Consumer(1)
    signal.setitimer(signal.ITIMER_REAL, 0.0003 + n * 0.00001)
    try:
        while True:
            batch = end.try_peek()
            end.get(0) if batch else end.try_get_many()
    except ValueError:
        pass
    signal.setitimer(signal.ITIMER_REAL, 0)
    end.close()
print("done")
"""


def test_close_in_a_signal_handler_harms_no_call(ring):
    guest.load("producer", queue=1, rate=5000, log="off")
    assert guest.end(guest.start(STORM)) == (0, "done\n", "")
