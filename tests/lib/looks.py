#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""looks.py WHAT DIRECTORY: prints what is wrong with the looks of fifoctl top --json."""

import json
import sys


def look(directory, name):
    with open(f"{directory}/{name}", encoding="ascii") as file:
        return [json.loads(line) for line in file]


def ledger(directory):
    """A look at queues that rest has what sysfs has, and adds up."""
    queues = look(directory, "quiet")[0]["queues"]
    with open(f"{directory}/ledger", encoding="ascii") as file:
        for line in file:
            index, name, value = line.split()
            got = queues[int(index)][name]
            if str(got) != value:
                print(f"queue {index}: {name} is {got}, sysfs has {value}")
    for index, queue in enumerate(queues):
        if queue["index"] != index:
            print(f"queue {index} has the index {queue['index']}")
        if queue["put"] != queue["got"] + queue["dropped"] + queue["discarded"] + queue["depth"]:
            print(f"queue {index} does not add up: {queue}")


def waits(directory):
    """The age of the oldest item, and the waits of those that were got."""
    queues = look(directory, "quiet")[0]["queues"]
    with open(f"{directory}/age", encoding="ascii") as file:
        later = int(file.read())
    if not 0 < queues[0]["oldest_age_ns"] <= later:
        print(f"queue 0: its oldest item is {queues[0]['oldest_age_ns']} ns old, and {later} later")
    looks = [each["queues"] for each in look(directory, "looks") if each["queues"]]
    for each in looks:
        wait = each[0]["wait"]
        if wait["count"] and not 0 < wait["p50"] <= wait["p99"] <= wait["max"]:
            print(f"queue 0: {wait} is not in order")
    for before, after in zip(looks, looks[1:]):
        got = after[0]["got"] - before[0]["got"]
        # An item may be got between the reading of the two.
        if abs(after[0]["wait"]["count"] - got) > 1:
            print(f"queue 0: {after[0]['wait']['count']} waits of {got} items")


def rates(directory):
    """Rates that were asked for and that were got, and ports."""
    looks = [each for each in look(directory, "looks") if each["queues"] and each["queues"][0]["ports"]]
    if not looks:
        print("no look has ports")
    complete = 0
    for each in looks:
        first, second = each["queues"][:2]
        asked = [first["rates"]["put_asked"], first["rates"]["got_asked"], second["rates"]["put_asked"],
                 second["rates"]["got_asked"]]
        names = [port["name"] for port in first["ports"]]
        if not set(names) <= {"producer[0]", "consumer[0]"}:
            print(f"ports: {names}")
        if len(names) != 2:
            continue
        complete += 1
        if asked != [50, 10, "max", None]:
            print(f"asked: {asked}")
    if not complete:
        print("no look has both ports of queue 0")
    for before, after in zip(looks, looks[1:]):
        rate = (after["queues"][0]["put"] - before["queues"][0]["put"]) / after["seconds"]
        if abs(rate - after["queues"][0]["rates"]["put"]) > 0.01:
            print(f"put: {after['queues'][0]['rates']['put']}/s instead of {rate}/s")


def unknown(directory):
    """Nobody gets queues, and null for what only root may see."""
    queue = look(directory, "nobody")[0]["queues"][0]
    if queue["ports"] is not None or queue["rates"]["put_asked"] is not None:
        print(queue)


if __name__ == "__main__":
    {"ledger": ledger, "waits": waits, "rates": rates, "unknown": unknown}[sys.argv[1]](sys.argv[2])
