# SPDX-License-Identifier: GPL-2.0
"""Items move whole, once and in order, as many at a time as are asked for."""

import threading
import time

import guest
import libfifo
import pytest


@pytest.fixture
def ends(ring):
    with libfifo.Producer(0) as producer, libfifo.Consumer(0) as consumer:
        yield producer, consumer


@pytest.fixture
def consumer(ring):
    with libfifo.Consumer(0) as consumer:
        yield consumer


@pytest.fixture
def producer(ring):
    with libfifo.Producer(0) as producer:
        yield producer


def device_write(text):
    with open("/dev/fifo0", "w") as device:
        device.write(text)


def test_text_comes_as_it_was_put(ends):
    producer, consumer = ends
    before = time.monotonic_ns()
    producer.put("Grüße")
    item = consumer.get()
    assert (item.text, item.type, item.seq) == ("Grüße", libfifo.ItemType.TEXT, 1)
    assert before <= item.time <= time.monotonic_ns()


def test_bytes_of_a_private_type_come_as_they_were_put(ends):
    producer, consumer = ends
    producer.put(libfifo.Item(b"\0\xff\n", 256))
    item = consumer.get()
    assert (item.data, item.type) == (b"\0\xff\n", 256)


@pytest.mark.parametrize("data", [b"", b"x" * libfifo.DATA_LEN], ids=["shortest", "longest"])
def test_item_comes_whole(ends, data):
    producer, consumer = ends
    producer.put(data)
    assert consumer.get().data == data


def test_any_bytes_like_object_is_put(ends):
    producer, consumer = ends
    producer.put_many([bytearray(b"a"), memoryview(b"b")])
    assert [consumer.get().data, consumer.get().data] == [b"a", b"b"]


def test_items_of_another_process_come_in_order(ends):
    producer, consumer = ends
    numbers = [str(n) for n in range(500)]
    putting = threading.Thread(target=producer.put_all, args=(iter(numbers),))
    putting.start()
    assert [next(consumer).text for _ in numbers] == numbers
    putting.join()
    assert (guest.counter("put"), guest.counter("got"), guest.counter("depth")) == (500, 500, 0)


def test_items_of_producer_ko_come_in_order(consumer):
    guest.load("producer", rate="max", count=1000, item="hello", log="off")
    items = []
    while len(items) < 1000:
        items += consumer.get_many()
    assert [item.seq for item in items] == list(range(1, 1001))
    assert {item.text for item in items} == {"hello"}
    assert len({item.source for item in items}) == 1


def test_lines_of_the_device_are_got(consumer):
    device_write("one\ntwo\n")
    assert [item.text for item in consumer.get_many()] == ["one", "two"]


def test_what_is_put_are_lines_of_the_device(producer):
    assert producer.put_many(["one", "two"]) == 2
    with open("/dev/fifo0") as device:
        assert [device.readline(), device.readline()] == ["one\n", "two\n"]


def test_many_are_at_most_so_many(consumer):
    device_write("1\n2\n3\n")
    assert [item.text for item in consumer.get_many(2)] == ["1", "2"]
    assert [item.text for item in consumer.try_get_many(2)] == ["3"]


def test_put_many_puts_what_fits(producer):
    assert producer.put_many([str(n) for n in range(20)]) == producer.size == 16
    assert producer.try_put_many(["more"]) == 0
    assert guest.counter("depth") == 16


def test_nothing_is_put_at_once(producer):
    assert (producer.try_put_many([]), producer.put_many([])) == (0, 0)
    producer.put_many(["x"] * 16)
    assert (producer.try_put_many([]), producer.put_many([])) == (0, 0)
    producer.close()
    with pytest.raises(ValueError, match="cannot be used"):
        producer.try_put_many([])


def test_try_says_that_there_is_none(consumer):
    assert consumer.try_get() is None
    assert consumer.try_get_many() == []
    assert consumer.try_peek() is None


def test_try_says_that_there_is_no_room(producer):
    producer.put_many(["x"] * 16)
    assert producer.try_put("y") is False
    assert producer.try_reserve() is None


def test_try_sees_what_another_process_has_put(ends):
    producer, consumer = ends
    producer.put("x")
    assert consumer.try_get().text == "x"
    assert consumer.try_get() is None


def test_iterator_gets_one_at_a_time(consumer):
    device_write("1\n2\n3\n")
    for item in consumer:
        break
    assert item.text == "1"
    assert guest.counter("depth") == 2


def test_what_is_left_stays_for_the_next_consumer(ring):
    device_write("1\n2\n")
    with libfifo.Consumer(0) as consumer:
        assert consumer.get().text == "1"
    with libfifo.Consumer(0) as consumer:
        assert consumer.get().text == "2"
