# SPDX-License-Identifier: GPL-2.0
"""What the grader makes of what it has seen, without a machine: prints a result a line."""

import os
import sys
import tempfile
import time
from types import SimpleNamespace

root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
sys.path.insert(0, os.path.join(root, "scripts/lib/grade"))

from bench import Bench, Stuck  # noqa: E402
from calls import Calls, rates  # noqa: E402
from case import Case  # noqa: E402
from cases import too_many, within  # noqa: E402
from checkers import about  # noqa: E402
from guest import PANIC_S, Console, Dead, Guest, Late, Panicked  # noqa: E402
from host import Clock  # noqa: E402
from items import Put, Tally, judge_tallies  # noqa: E402
from judge import Trial  # noqa: E402
from klog import Log, bad_lines  # noqa: E402
from project import Said  # noqa: E402
from sandbox import extract, reason  # noqa: E402
from unloads import judge_cycles  # noqa: E402
from verdict import Verdict  # noqa: E402


def result(holds, what):
    print("%s - %s" % ("ok" if holds else "not ok", what))


# --- what counts ------------------------------------------------------------------

HELD, LATE, CRASH = Verdict(True), Verdict(False, "late", (), False), Verdict(False, "crash", (), True)


def judged(*boots, common=False):
    """The words of the verdict on a criterion, or "held", or "open"; on one of the case, or one that
    all cases add to."""
    trial = Trial(Case([] if common else ["x"], 1, None))
    trial.boots = [({"x": verdict} if verdict else {}, starved) for verdict, starved in boots]
    if trial.open():
        return "open"
    return trial.verdict("x")[0].words or "held"


def judge():
    result(judged((CRASH, False)) == "crash", "a crash counts at once")
    result(judged((LATE, False), (CRASH, True)) == "crash", "a crash counts in whichever boot")
    result(judged((HELD, False), (CRASH, False)) == "crash", "a crash counts even where another boot went well")
    result(judged((LATE, False)) == "open", "what was late once is tried again")
    result(judged((LATE, False), (HELD, False)) == "held", "what was late once is not lost")
    result(judged((LATE, False), (LATE, False)) == "late", "what was late twice is lost")
    result(judged((LATE, True), (LATE, False)) == "open", "a boot without processors proves nothing")
    result(judged((LATE, True), (LATE, False), (LATE, False)) == "late", "two boots with processors prove it")
    result(judged((LATE, True), (HELD, True)) == "held", "what holds without processors holds")
    result(judged((LATE, False), common=True) == "open", "a stall is looked for in another boot")
    result(judged((LATE, True), common=True) == "held", "a stall without processors is none")
    result(judged((LATE, False), (None, False), common=True) == "held", "a stall that the second boot does not have is none")
    result(judged((LATE, False), (LATE, False), common=True) == "late", "a stall that two boots have is lost")


def given_up(*boots):
    """The same, once the grader has waited long enough for machines that stand still."""
    trial = Trial(Case(["x"], 1, None))
    trial.boots = [({"x": verdict}, starved) for verdict, starved in boots]
    trial.give_up()
    return "open" if trial.open() else trial.verdict("x")[0].words


def gives_up():
    result(given_up().startswith("it was not tried"), "what was not tried, as machines stood still too often, is lost")
    result(given_up((LATE, False)) == "late", "and what was late once, for that reason")
    result(given_up((LATE, True)) == "late", "and what was late once on a busy machine, too")


# --- unloads --------------------------------------------------------------------------


def unloaded(*lines):
    """The words with which unloads are lost, and whether that is sure."""
    bench = Bench.__new__(Bench)
    bench.verdicts, bench.limit, bench.modules, bench.cycles = {}, 2, {}, 20
    try:
        judge_cycles(bench, "x", [line.split(" ") for line in lines], len(lines) // 3)
    except Stuck as stuck:
        return str(stuck), stuck.sure
    return bench.verdicts["x"].words, bench.verdicts["x"].sure


def unloads():
    good = ("load producer 0 1000", "settled 9 8", "unload producer 0 1000")
    result(unloaded(*good, *good)[0] == "", "a producer that waits, and is unloaded in time, loses nothing")
    for returned, want in ((900, False), (7000, True)):
        words, sure = unloaded("load producer 0 1000", "moving %d %d" % (returned, returned), "unload producer 0 1000")
        result("was not seen to wait" in words and sure == want, "one that has not waited after %d calls %s" % (
            returned, "never does" if want else "may be slow"))
    late = ("load consumer 0 1000", "overslept", "unload consumer 124 9000000", "looked 60 asleep",
            "task 7 kworker", "frame get+0x1/0x2 [fifo]")
    result(not unloaded(*late)[1], "a hang where the machine has overslept is looked at again")
    result(unloaded(*late[:1], *late[2:])[1], "a hang where it was quick counts at once")
    result("did not return" in unloaded(*good, "load producer 0 1000", "settled 9 8", "unload producer 124 5000000")[0],
           "one that cannot be unloaded loses, with the words for that")


# --- how long a guest is waited for -------------------------------------------------


def given_up_on(late, given, held_up=0.0, slow=1):
    """A guest that is so many seconds late, and was given so many of processors since."""
    guest = Guest.__new__(Guest)
    guest.machine, guest.meter = SimpleNamespace(slow=slow), SimpleNamespace(held_up=lambda: held_up)
    return guest._has_had_its_time(late, given)


def panicked(*parts):
    """Is a guest that has printed these at an end, at once and after a while?"""
    with tempfile.TemporaryDirectory() as folder:
        console = Console(os.path.join(folder, "console"))
        for part in parts:
            os.write(console.file, part)
            until = time.monotonic() + 10
            while part not in bytes(console.first) and time.monotonic() < until:
                time.sleep(0.01)
        console.close()
    at_once = console.ended()
    if console.panicked:
        console.panicked -= PANIC_S
    return at_once, console.ended()


def died(how, said=""):
    """Is the loss sure of a case whose guest died so, with this on its console?"""
    bench = Bench.__new__(Bench)
    bench.verdicts, bench.doing, bench.comparable = {}, "", False
    bench.guest = SimpleNamespace(autopsy=lambda: said, failed=lambda: False, meter=SimpleNamespace(given=0))
    bench.died(how("it has died"), ["x"])
    return bench.verdicts["x"].sure


def waits():
    for late, given, held_up, slow, want in (
            (25, 2, 0.0, 1, False), (31, 2, 0.0, 1, True), (31, 2, 0.3, 1, False), (61, 2, 0.9, 1, True),
            (21, 20, 0.9, 1, True), (31, 31, 0.0, 4, False), (61, 31, 0.0, 4, True), (50, 80, 0.9, 4, True)):
        result(given_up_on(late, given, held_up, slow) == want, "%s kernel %d s late, given %d s of processors, held up for %d %%: %s" % (
            "a debug" if slow > 1 else "a", late, given, held_up * 100, "given up" if want else "waited for"))
    for text in (b"[ 9.1] fifo: loaded\n", b"[ 9.1] fifo: no Kernel panic - not syncing: a test\n"):
        result(panicked(text) == (False, False), "a kernel that has not panicked is waited for")
    result(panicked(b"[ 9.1] Kernel pa", b"nic - not syncing: Fatal exception\n") == (False, True),
           "one that has is waited for until it has printed why")
    result(died(Panicked, "[ 9.1] Kernel panic - not syncing: Fatal exception\n"), "a panic that does not end counts at once")
    result(not died(Late) and not died(Dead), "a machine that is silent, or answers nonsense, is looked at again")


# --- clocks -----------------------------------------------------------------------


def clock(speed, delays):
    """One that runs so fast, read every two seconds by questions that take so long each way."""
    found = Clock()
    for n, (there, back) in enumerate(delays):
        found.add(2 * n - there, 100 + 2 * n * speed, 2 * n + back)
    return found.wrong()


def speed(exact):
    """Of a right one, at least and at most."""
    found = Clock()
    for n in range(5):
        found.add(4 * n - exact, 4 * n, 4 * n + exact)
    return found.speed()


def clocks():
    least, most = speed(0.02)
    result(least < 1 < most and most - least < 0.02, "the speed of a clock is known within 2 % from quick answers")
    least, most = speed(1.0)
    result(least < 1 < most and most - least > 0.1, "the speed of a clock is not known from slow answers")
    slow = [(0.0, 1.5), (1.9, 0.0), (0.0, 0.9), (1.2, 1.2), (0.0, 0.3), (1.8, 0.0)]
    result(not clock(1, slow), "a right clock is right on a busy machine, too")
    result(clock(1.1, [(0.01, 0.01)] * 6).startswith("fast"), "a clock that is fast by 10 % is found")
    result(clock(0.9, [(0.01, 0.01)] * 6).startswith("slow"), "a clock that is slow by 10 % is found")
    result(clock(3, slow).startswith("fast"), "a clock that is three times too fast is found on a busy machine")


# --- rates ------------------------------------------------------------------------


def moments(rate, seconds, pause=0.0, made_up=0.0):
    """Of items, with a pause in the middle, of which the schedule makes up for a part."""
    found = []
    for n in range(int(rate * seconds)):
        due = n / rate
        late = max(0.0, seconds / 2 + pause - due) if due >= seconds / 2 else 0.0
        forgiven = max(0.0, pause - made_up) if due >= seconds / 2 else 0.0
        found.append(due + max(late, forgiven))
    return found


def measured():
    for rate in (1, 10, 95, 510):
        result(within(rates(moments(rate, 10), rate), rate), "rate %d is right" % rate)
        result(not within(rates(moments(rate * 0.975, 10), rate), rate), "2.5 %% less than %d is wrong" % rate)
        result(not within(rates(moments(rate * 1.025, 10), rate), rate), "2.5 %% more than %d is wrong" % rate)
    for made_up in (0.0, 0.1, 1.0):
        result(within(rates(moments(510, 10, 0.9, made_up), 510), 510),
               "a machine that stood still for 0.9 s, of which %.1f s are made up for, is no wrong rate" % made_up)


def fast():
    for rate, pause, made_up, want in ((125, 0, 0, True), (100, 3, 1, False), (101, 0, 0, False), (80, 0, 0, False)):
        result(too_many(moments(rate, 10, pause, made_up), 100) == want, "%d items a second instead of 100%s %s" % (
            rate, ", with 3 s of which 1 s is made up for" if pause else "", "cannot be a slow machine's" if want else "may be"))


# --- logs ---------------------------------------------------------------------------

STALL = """[ 9.1] rcu: INFO: rcu_preempt self-detected stall on CPU
[ 9.1] Call Trace:
[ 9.1]  <TASK>
[ 9.1]  fifo_put+0x12/0x60 [fifo]
[ 9.1]  </TASK>
[ 9.1] NMI backtrace for cpu 1
[ 9.1] Call Trace:
[ 9.1]  fifo_get+0x12/0x60 [fifo]"""
SLEEPS = """[ 9.1] BUG: sleeping function called from invalid context at mm/slab.h:1
[ 9.1] Call Trace:
[ 9.1]  fifo_put+0x12/0x60 [fifo]"""
ARMED = """[ 9.1] ------------[ cut here ]------------
[ 9.1] ODEBUG: free active (active state 0) object type: timer_list hint: run+0x0/0x20 [producer]
[ 9.1] WARNING: CPU: 0 PID: 1 at lib/debugobjects.c:505 debug_print_object+0x1/0x2
[ 9.1] Call Trace:
[ 9.1]  producer_exit+0x1/0x2 [producer]
[ 9.1] ---[ end trace 0 ]---"""
DIVIDES = """[ 9.1] divide error: 0000 [#1] PREEMPT SMP KASAN
[ 9.1] RIP: 0010:producer_init+0x3c/0x1000 [producer]"""
BEYOND = """[ 9.1] BUG: KASAN: slab-out-of-bounds in fifo_put+0x12/0x60 [fifo]
[ 9.1] Call Trace:"""
RACES = """[ 9.1] BUG: KCSAN: data-race in fifo_get [fifo] / fifo_put [fifo]
[ 9.1] write to 0xffffffffc0000000 of 4 bytes by task 116 on cpu 1:
[ 9.1]  fifo_put+0x12/0x60 [fifo]
[ 9.1]  run+0xde/0xf7 [producer]
[ 9.1] ================"""
SLEEPER = """[ 9.1] BUG: KCSAN: data-race in hrtimer_wakeup / schedule_hrtimeout_range_clock
[ 9.1] read to 0xffffc9000013be98 of 8 bytes by task 116 on cpu 1:
[ 9.1]  schedule_hrtimeout+0x22/0x30
[ 9.1]  run+0xde/0xf7 [consumer]
[ 9.1] ================"""
INTERRUPTED = """[ 9.1] BUG: KCSAN: data-race in tick_sched_do_timer / tick_nohz_idle
[ 9.1] write to 0xffffffff81e00000 of 8 bytes by interrupt on cpu 1:
[ 9.1]  tick_sched_do_timer+0x29/0x50
[ 9.1]  asm_sysvec_apic_timer_interrupt+0x16/0x20
[ 9.1]  run+0xde/0xf7 [consumer]
[ 9.1] read to 0xffffffff81e00000 of 8 bytes by task 0 on cpu 0:
[ 9.1]  tick_nohz_idle+0x1/0x2
[ 9.1] ================
[ 9.1]  run+0xde/0xf7 [consumer]"""
FOREIGN = """[ 9.1] WARNING: CPU: 0 PID: 1 at kernel/time/x.c:1 tick+0x1/0x2
[ 9.1] Call Trace:
[ 9.1]  tick+0x1/0x2"""


def logs():
    log = Log(bad_lines(root), ["fifo", "producer", "consumer"])
    for text, want, what in (
            (STALL, [False], "a stall, with stacks of all processors, is one report, and not sure"),
            (SLEEPS, [True], "a sleep under a lock, with a function of the submission, is sure"),
            (RACES, [True], "a race of the submission's functions is sure"),
            (SLEEPER, [], "the race of a sleeper's timer is the kernel's"),
            (INTERRUPTED, [], "a race of the kernel that has interrupted the submission is none of that"),
            (FOREIGN, [False], "a warning without a function of the submission is not sure"),
            ("[ 9.1] fifo: loaded", [], "a module's own line is no report"),
            ("[ 9.1] kmemleak: 3 new suspected memory leaks (see /sys/kernel/debug/kmemleak)", [],
             "leaks are judged by whose they are"),
            ("BUG: nothing", [], "a line without a time stamp is not the kernel's")):
        result([sure for _, _, sure in log.find(text.splitlines())] == want, what)
    for text, want in ((ARMED, ["timers"]), (DIVIDES, ["log"]), (BEYOND, ["memory"]), (SLEEPS, ["locks"]), (FOREIGN, ["log"]), (STALL, ["log"])):
        result([about(line) for line, _, _ in log.find(text.splitlines())] == want, "it costs %s: %s" % (
            want[0], text.splitlines()[0]))


# --- items ---------------------------------------------------------------------------


def put(text):
    """Calls that have put these letters; a small one was cut short."""
    lines = []
    for n, item in enumerate(text):
        lines.append("in 7 %d.0 put caller=0xffffffffc0000010 arg1=%d at1=0" % (n, ord(item.upper())))
        lines.append("out 7 %d.5 put result=%d byte=0 at=0" % (n, -4 if item.islower() else 0))
    found = Put()
    calls = Calls(["module producer 0xffffffffc0000000 4096".split()] + [line.split(" ") for line in lines],
                  {"producer": {"put"}}).of("producer")
    for n, item in enumerate(text):
        found.add(calls[:n + 1], item.upper())
    return found


def items():
    result(put("BBCC").field() == "arg1", "the argument that has the item is found")
    for text, got, whole, want in (
            ("BBCC", "BBCC", True, True), ("BBCC", "CCBB", True, False), ("BBCC", "BBC", True, False),
            ("BBCC", "BBC", False, True), ("BBCC", "BBCCC", False, False), ("BBbCC", "BBCC", True, True),
            ("BBbCC", "BBBCC", True, True), ("BBbCC", "BBBBCC", True, False), ("BBCC", "", False, True)):
        result(put(text).allows(got, whole) == want, "put %s, got %s%s: %s" % (
            text, got or "nothing", "" if whole else " so far", "allowed" if want else "wrong"))
    tally = Tally([line.split(" ") for line in (
        "tally in_put arg1 66 10", "tally in_put arg1 67 5", "tally in_put arg2 0 15",
        "tally out_get byte 66 9", "tally out_get byte 67 5", "tally out_get byte 0 1")],
        {"put", "get"})
    result(tally.of("in", ("arg1", "arg2"), (66, 67), False) == ({"B": 10, "C": 5}, 0), "what each producer has put is counted")
    result(tally.of("out", ("byte",), (66, 67), True)[1] == 1, "items that nobody has put are counted")
    for state, got, want in (("settled", 20, None), ("settled", 12, True), ("moving", 12, False), ("moving", 90, True)):
        sure = tallied(state, {"byte 0": 20}, {"byte 66": got})
        result(sure == want, "put 20 and got %d %s: %s" % (got, "in the end" if state == "settled" else "so far",
                                                           "right" if want is None else "wrong" if want else "may be slow"))
    both = {"arg1 66": 10, "arg1 67": 10}
    result(tallied("moving", both, {"byte 66": 10, "byte 67": 8}) is False, "put 10 B and 10 C, and got 8 C so far: may be slow")
    result(tallied("moving", both, {"byte 66": 12, "byte 67": 8}) is True, "put 10 B and 10 C, and got 12 B so far: wrong")
    result(tallied("moving", both, {"byte 66": 9, "byte 67": 9, "byte 0": 2}) is True, "got 2 so far that nobody has put: wrong")


def tallied(state, put, got):
    """Is the loss of items sure, of which so many had each value? None if they hold."""
    bench = Bench.__new__(Bench)
    bench.verdicts, bench.many, bench.spelled = {}, False, {}
    bench.modules = {"producer": SimpleNamespace(parameters=dict)}
    lines = [[state], ["tally", "out_put", "byte", "0", str(sum(put.values()))]]
    lines += [["tally", "in_put", *field.split(" "), str(count)] for field, count in put.items()]
    lines += [["tally", "out_get", *field.split(" "), str(count)] for field, count in got.items()]
    judge_tallies(bench, lines, ["B", "C"], Tally(lines, {"put"}), Tally(lines, {"get"}))
    verdict = bench.verdicts["together"]
    return None if verdict.holds else verdict.sure


# --- what a project says -------------------------------------------------------------

SAID = """[ 9.1] [Producer-1] Produced Item#-1 at buffer index: 0 for PID:1234
[ 9.1] [kProducer-1] Produce-Item#:2 at buffer index: 1 for PID:1235
[ 9.1] [Consumer-1] Consumed Item#-1 on buffer index: 0 PID:1234 Elapsed Time-0:0:7
[ 9.1] [consumer] consumed Item#-1 on buffer index:1::PID:1235 \t Elapsed Time 0:0:8
[ 9.1] [kConsumer-1] Consumer Thread stopped.
[ 9.1] Total number of items produced: 2
[ 9.1] The total elapsed time %s all processes for UID 1001 is 0:0:15"""


def says():
    for word in ("of", "for"):
        said = Said((SAID % word).splitlines())
        result(said.pids == {"produced": [1234, 1235], "consumed": [1234, 1235]}, "items are read, as the project writes them and nearly so")
        result((said.totals["produced"], said.times) == ([2], [[0, 0, 15]]), "totals are read, of and for all processes")
    result("no line of the log" in Said(["[ 9.1] Total number of items produced: 2"]).wrong_count("produced", 2),
           "a total alone is no line for each item")


# --- what make says ------------------------------------------------------------------

HEADER = """  CC [M]  consumer/consumer.o
/usr/src/linux-headers/include/linux/workqueue.h:183:17: error: initialization from incompatible pointer type
  183 |         .func = (f),
consumer/consumer.c:24:8: note: in expansion of macro 'DECLARE_DELAYED_WORK'
make[3]: *** [/usr/src/linux-headers/scripts/Makefile.build:255: consumer/consumer.o] Error 1"""


def makes():
    result(reason(HEADER).endswith("(used in consumer/consumer.c:24)"), "of an error in a header, where it is used is told")
    result(extract(HEADER + 30 * "\nmake: Leaving")[1].startswith("/usr/src/"), "the first error is shown, not the last lines")
    result(reason("fifo.c:3:1: error: no\nfifo.c:4:1: error: more") == "fifo.c:3:1: error: no", "of two errors, the first one is told")


for part in (judge, gives_up, unloads, waits, clocks, measured, fast, logs, items, says, makes):
    part()
