# SPDX-License-Identifier: GPL-2.0
"""What cannot be done raises, says why, and leaves nothing behind."""

import errno
import os
import subprocess
import sys

import guest
import libfifo
import pytest

ENDS = pytest.mark.parametrize("end", [libfifo.Consumer, libfifo.Producer])


@pytest.fixture
def producer(ring):
    with libfifo.Producer(0) as producer:
        yield producer


@pytest.fixture
def consumer(ring):
    with libfifo.Consumer(0) as consumer:
        yield consumer


@ENDS
def test_without_fifo_ko(end):
    with pytest.raises(FileNotFoundError, match="fifo.ko is not loaded: insmod fifo.ko"):
        end(0)


@ENDS
def test_no_such_queue(ring, end):
    with pytest.raises(FileNotFoundError, match="no queue 2: fifo.ko has 2, from 0 to 1") as caught:
        end(2)
    assert caught.value.filename == "/dev/fifo2"


@ENDS
def test_queue_that_is_no_ring(modules, end):
    guest.load("fifo", engine="list")
    with pytest.raises(OSError, match="queue 0 has engine=list, only ring can be mapped") as caught:
        end(0)
    assert caught.value.errno == errno.EOPNOTSUPP


@ENDS
def test_end_that_another_has(ring, end):
    with end(0):
        with pytest.raises(OSError, match="queue 0 has a (consumer|producer): another process") as caught:
            end(0)
    assert caught.value.errno == errno.EBUSY
    end(0).close()


def test_end_without_permission(ring):
    code = "import libfifo\nlibfifo.Consumer(0)"
    process = subprocess.run([sys.executable, "-c", code], user=65534, capture_output=True, text=True)
    assert "PermissionError: [Errno 13] /dev/fifo0 may be opened by root" in process.stderr


@pytest.mark.parametrize("queue", [-1, 2**32])
def test_queue_that_is_no_index(queue):
    with pytest.raises(ValueError, match=f"queue {queue}: must be a number from 0 on"):
        libfifo.Consumer(queue)


def test_queue_that_is_no_number():
    with pytest.raises(TypeError):
        libfifo.Consumer("0")


@pytest.mark.parametrize(
    "item, error, text",
    [
        ("x" * 41, ValueError, "has 41 bytes: an item has at most 40"),
        ("é" * 21, ValueError, "has 42 bytes"),
        ("\ud800", ValueError, "surrogates"),
        (libfifo.Item(b"", libfifo.ItemType.PROCESS), ValueError, "only the kernel puts PROCESS"),
        (libfifo.Item(b"", 65536), ValueError, "type 65536: must be"),
        (libfifo.Item(b"", -1), ValueError, "type -1: must be"),
        (libfifo.Item("x"), TypeError, "or an Item, whose data are bytes"),
        (libfifo.Item(b"", "x"), TypeError, ""),
        (1, TypeError, "1: must be str or bytes"),
        (None, TypeError, "None: must be str or bytes"),
    ],
    ids="long long-in-bytes surrogate process above-types below-types str-as-data str-as-type number none".split(),
)
def test_bad_item_is_not_put(producer, item, error, text):
    with pytest.raises(error, match=text):
        producer.put(item)
    with pytest.raises(error, match=text):
        producer.put_many(["good", item])
    with producer.reserve() as room:
        with pytest.raises(error, match=text):
            room.append(item)
    assert guest.counter("put") == 0


def test_text_is_no_sequence_of_items(producer):
    with pytest.raises(TypeError, match="is one item: use put"):
        producer.put_many("text")


@pytest.mark.parametrize("n", [0, -1])
def test_bad_number_of_items(consumer, n):
    for call in (consumer.get_many, consumer.try_get_many, consumer.peek, consumer.try_peek):
        with pytest.raises(ValueError, match=f"n {n}: must be 1 or more"):
            call(n)


def test_no_items_are_put(producer):
    assert (producer.try_put_many([]), producer.put_many([])) == (0, 0)
    producer.put_all([])
    assert guest.counter("put") == 0


def test_more_is_released_than_was_shown(ring):
    with open("/dev/fifo0", "w") as device:
        device.write("1\n2\n3\n")
    with libfifo.Consumer(0) as consumer:
        batch = consumer.peek(2)
        for n in (0, -1, 3):
            with pytest.raises(ValueError, match=f"n {n}: there are 2 left in the batch"):
                batch.release(n)
        with pytest.raises(TypeError):
            batch.release(1.0)
        assert len(batch) == 2
    assert guest.counter("got") == 0


@pytest.mark.parametrize("timeout", [-1, float("nan")])
def test_bad_timeout(consumer, timeout):
    for call in (consumer.get, consumer.peek, consumer.wait):
        with pytest.raises(ValueError, match="must be None, or seconds from 0 on"):
            call(timeout=timeout)


def test_closed_end(consumer):
    consumer.close()
    consumer.close()
    assert consumer.closed
    assert repr(consumer) == "<Consumer of /dev/fifo0 closed>"
    for call in (consumer.get, consumer.try_get, consumer.peek, consumer.wait, consumer.fileno, consumer.__next__):
        with pytest.raises(ValueError, match="cannot be used: it is closed"):
            call()


@ENDS
def test_with_closes(ring, end):
    with pytest.raises(ZeroDivisionError):
        with end(0) as entered:
            assert not entered.closed
            1 / 0
    assert entered.closed
    end(0).close()


@ENDS
def test_forgotten_end_is_closed_with_a_warning(ring, end):
    with pytest.warns(ResourceWarning, match="was not closed"):
        end(0)
    end(0).close()


def test_forgotten_end_is_closed_where_warnings_are_errors(ring):
    code = """
import warnings
warnings.simplefilter("error")
end = libfifo.Consumer(0)
del end
libfifo.Consumer(0).close()
print("done")
"""
    status, said, complaint = guest.end(guest.start(code))
    assert (status, said) == (0, "done\n")
    assert "ResourceWarning: <Consumer of /dev/fifo0> was not closed" in complaint


def test_end_without_role():
    with pytest.raises(TypeError, match="is a Consumer or a Producer"):
        libfifo.End(0)


@ENDS
def test_process_that_forgets_its_end_ends(ring, end):
    with open("/dev/fifo0", "w") as device:
        device.write("x\n")
    show = "try_peek" if end is libfifo.Consumer else "try_reserve"
    code = f"end = libfifo.{end.__name__}(0)\nbatch = end.{show}()\npart = batch.memory[1:]"
    assert guest.end(guest.start(code)) == (0, "", "")


OVERWRITE = """
import re
consumer = libfifo.Consumer(0)
maps = open("/proc/self/maps").read()
at = int(re.search(r"^([0-9a-f]+)-\\S+ \\S+ 01000000 .*fifo", maps, re.M)[1], 16)
ctypes.c_uint64.from_address(at).value = 12345
for call in (consumer.wait, consumer.get, consumer.try_get):
    try:
        call()
    except OSError as error:
        print(error.errno)
consumer.close()
"""


def test_overwritten_mapping(ring):
    status, said, complaint = guest.end(guest.start(OVERWRITE))
    assert (status, said.split(), complaint) == (0, [str(errno.EBADMSG)] * 3, "")
    assert guest.counter("mapping_errors") == 1


def test_without_the_library():
    environment = {name: value for name, value in os.environ.items() if name != "LD_LIBRARY_PATH"}
    process = subprocess.run([sys.executable, "-c", "import libfifo"], env=environment, capture_output=True, text=True)
    assert process.stderr.splitlines()[-1].startswith("ImportError: libfifo.so.1")
    assert "install the package libfifo1" in process.stderr
