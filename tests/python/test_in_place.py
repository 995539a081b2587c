# SPDX-License-Identifier: GPL-2.0
"""Items that are looked at in place stay until they are released; memory is valid until then."""

import gc
import itertools
import struct

import guest
import libfifo
import pytest


@pytest.fixture
def consumer(ring):
    """There are five items: 0 to 4."""
    with open("/dev/fifo0", "w") as device:
        device.write("0\n1\n2\n3\n4\n")
    with libfifo.Consumer(0) as consumer:
        yield consumer


@pytest.fixture
def producer(ring):
    with libfifo.Producer(0) as producer:
        yield producer


def texts(items):
    return [item.text for item in items]


def all_put():
    """What is in queue 0: gets it, as far as it is visible, until there is no more."""
    with libfifo.Consumer(0) as consumer:
        return list(itertools.chain.from_iterable(iter(consumer.try_get_many, [])))


def test_peek_gets_nothing(consumer):
    assert texts(consumer.peek()) == texts(consumer.peek()) == ["0", "1", "2", "3", "4"]
    assert (guest.counter("depth"), guest.counter("got")) == (5, 0)


def test_release_gets(consumer):
    consumer.peek(2).release()
    assert (guest.counter("depth"), guest.counter("got")) == (3, 2)


def test_part_is_released(consumer):
    batch = consumer.peek()
    batch.release(2)
    assert (len(batch), batch[0].text, batch[-1].text, texts(batch)) == (3, "2", "4", ["2", "3", "4"])
    assert guest.counter("depth") == 3


def test_each_is_released_in_turn(consumer):
    batch = consumer.peek()
    for item in batch:
        batch.release(1)
    assert (item.text, len(batch), guest.counter("depth")) == ("4", 0, 0)


def test_with_releases(consumer):
    with consumer.peek() as batch:
        assert guest.counter("depth") == len(batch) == 5
    assert guest.counter("depth") == 0


def test_exception_releases_nothing(consumer):
    with pytest.raises(ZeroDivisionError):
        with consumer.peek():
            1 / 0
    assert (guest.counter("depth"), texts(consumer.try_get_many(1))) == (5, ["0"])


def test_batches_are_released_after_the_body(consumer):
    depths = []
    for batch in consumer.batches(2):
        depths.append(guest.counter("depth"))
        if batch[0].text == "4":
            break
    assert depths == [5, 3, 1]
    assert guest.counter("depth") == 1


def test_killed_process_has_got_nothing(consumer):
    consumer.close()
    process = guest.start("print(len(libfifo.Consumer(0).peek(3)), flush=True)\nsignal.pause()")
    assert process.stdout.readline() == "3\n"
    assert guest.kill(process)[0] == -9
    with libfifo.Consumer(0) as consumer:
        assert texts(consumer.get_many()) == ["0", "1", "2", "3", "4"]


def test_memory_is_that_of_items(consumer):
    batch = consumer.peek()
    assert len(batch.memory) == 5 * libfifo.ITEM_LEN
    rows = list(struct.iter_unpack(libfifo.FORMAT, batch.memory))
    assert [(seq, length, data[:length]) for seq, _, _, _, length, data in rows] == [
        (n + 1, 1, b"%d" % n) for n in range(5)
    ]


def test_memory_of_items_is_read_only(consumer):
    with pytest.raises(TypeError):
        consumer.peek().memory[0] = 1


def hand_over_by_release(consumer, batch):
    batch.release()


def hand_over_by_get(consumer, batch):
    consumer.get()


def hand_over_by_close(consumer, batch):
    consumer.close()


HANDED_OVER = pytest.mark.parametrize("hand_over", [hand_over_by_release, hand_over_by_get, hand_over_by_close])


@HANDED_OVER
def test_memory_is_invalid(consumer, hand_over):
    batch = consumer.peek()
    memory = batch.memory
    hand_over(consumer, batch)
    with pytest.raises(ValueError):
        memory[0]
    assert (len(batch), texts(batch)) == (0, [])
    with pytest.raises(IndexError):
        batch[0]
    with pytest.raises(ValueError):
        batch.release()


@HANDED_OVER
def test_slices_of_memory_are_never_stale(consumer, hand_over):
    batch = consumer.peek()
    slices = [batch.memory[:64], memoryview(batch.memory)]
    for part in slices:
        with pytest.raises(BufferError):
            hand_over(consumer, batch)
        assert part[24:25] == b"0"
        assert guest.counter("depth") == 5
        part.release()
    hand_over(consumer, batch)
    assert guest.counter("depth") < 5 or consumer.closed


def test_arrays_of_memory_are_never_stale(consumer):
    numpy = pytest.importorskip("numpy")
    batch = consumer.peek()
    array = numpy.frombuffer(batch.memory, dtype="u8").reshape(-1, 8)
    with pytest.raises(BufferError):
        batch.release()
    assert list(array[:, 0]) == [1, 2, 3, 4, 5]
    del array
    batch.release()
    assert guest.counter("depth") == 0


def test_second_peek_ends_the_first(consumer):
    first = consumer.peek(2)
    second = consumer.peek()
    assert (len(first), len(second)) == (0, 5)


def test_slices_keep_the_mapping(consumer):
    part = consumer.peek().memory[:64]
    with pytest.raises(BufferError):
        consumer.close()
    del consumer
    gc.collect()
    assert part[24:25] == b"0"


def test_batch_that_wraps_comes_in_two(consumer):
    consumer.get_many()
    with open("/dev/fifo0", "w") as device:
        device.write("x\n" * 16)
    with consumer.peek() as batch:
        assert len(batch) == 11
    with consumer.peek() as batch:
        assert len(batch) == 5


def test_committed_items_are_put(producer):
    with producer.reserve(3) as room:
        room.append("a")
        room.append(libfifo.Item(b"b", 300))
        assert (len(room), room.filled, guest.counter("depth")) == (3, 2, 0)
    assert guest.counter("depth") == 2
    producer.put("c")
    assert [(item.data, item.type) for item in all_put()] == [(b"a", 1), (b"b", 300), (b"c", 1)]


def test_part_is_committed(producer):
    room = producer.reserve(4)
    for text in "abc":
        room.append(text)
    room.commit(2)
    assert (len(room), room.filled, guest.counter("depth")) == (2, 1, 2)
    room.append("d")
    room.commit()
    assert texts(all_put()) == list("abcd")


def test_memory_of_slots_is_filled_in_place(producer):
    room = producer.reserve(2)
    struct.pack_into(libfifo.FORMAT, room.memory, 0, 0, 0, 0, libfifo.ItemType.TEXT, 2, b"hi")
    room.commit(1)
    assert texts(all_put()) == ["hi"]


def test_exception_commits_nothing(producer):
    with pytest.raises(ZeroDivisionError):
        with producer.reserve() as room:
            room.append("a")
            1 / 0
    assert guest.counter("put") == 0


def test_full_room_takes_no_more(producer):
    room = producer.reserve(1)
    room.append("a")
    with pytest.raises(IndexError, match="no slot is left"):
        room.append("b")


def test_bad_memory_is_not_committed(producer):
    room = producer.reserve(2)
    struct.pack_into(libfifo.FORMAT, room.memory, 0, 0, 0, 0, libfifo.ItemType.TEXT, 41, b"")
    with pytest.raises(ValueError, match="more than 40 bytes"):
        room.commit(1)
    assert guest.counter("put") == 0
    room.append("good")
    room.commit()
    assert guest.counter("put") == 1


def test_memory_of_slots_is_invalid_after_commit(producer):
    room = producer.reserve(2)
    room.append("a")
    memory = room.memory
    room.commit()
    with pytest.raises(ValueError):
        memory[0] = 1
    part = room.memory[:64]
    with pytest.raises(BufferError):
        room.commit(1)
    part.release()
