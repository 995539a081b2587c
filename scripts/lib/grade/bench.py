# SPDX-License-Identifier: GPL-2.0
"""Where a submission is tried: boots machines for it when they are needed, and notes the
verdicts."""

import os
import random
import re

from calls import Calls
from guest import BootFailed, Dead, Guest
from stacks import death, explain, stacks_of

NAMES = ("fifo", "producer", "consumer")
# Beyond this, or thirty times what an empty module takes, unloading has hung.
UNLOAD_S = 2
LOAD_S = 10
BOOTS = 5


def printable(text):
    return "".join(letter if letter.isprintable() else "?" for letter in text.replace("\t", " "))


class Verdict:
    """A criterion: whether it holds, why not, and what shows it. A submission may have chosen the
    words: none gets to a terminal that is more than text."""

    def __init__(self, holds, words="", details=()):
        self.holds, self.words = holds, printable(words)
        self.details = [printable(line) for line in details]


class Stuck(Exception):
    """A step has not returned; the machine is of no use any more."""

    def __init__(self, words, details=()):
        super().__init__(words)
        self.details = list(details)


class ClockWrong(Exception):
    """The guest's clock does not agree with the host's."""


class Step:
    """What became of a load or an unload."""

    def __init__(self, words, lines):
        self.kind, self.name, status, took = words[:4]
        self.status, self.seconds = int(status), int(took) / 1e6
        self.stuck = self.status == 124
        self.lines = lines

    def why(self):
        """If it is stuck: in words, and the stacks."""
        stacks = stacks_of(self.lines)
        verb = {"load": "insmod", "unload": "rmmod"}[self.kind]
        return ("%s %s did not return within %.0f s: %s" % (
            verb, self.name, self.seconds, explain(stacks) or "its stack cannot be read."),
            [line for stack in stacks for line in stack.text()])


class Bench:
    """A submission's modules, in a machine of its own that is replaced when it is spoilt."""

    def __init__(self, machine, modules, options):
        self.machine, self.many, self.cycles = machine, options.many, options.cycles
        self.modules = modules
        self.needs = {module.name: module.needs & modules["fifo"].exports
                      for module in modules.values()}
        for file, function in options.functions.items():
            for copy in (file, file + "2") if function else ():
                self.needs[modules[copy].name] = {function}
        self.functions = sorted(set().union(*self.needs.values()))
        with open(os.path.join(machine.root, "vm/bad-dmesg")) as file:
            lines = [line.rstrip("\n") for line in file]
        # A client that is loaded without fifo.ko is to be refused so.
        self.bad = re.compile("|".join("(?:%s)" % line for line in lines
                                       if line and line[0] != "#" and line != "Unknown symbol"))
        self.guest = None
        self.verdicts = {}

    # --- verdicts ---------------------------------------------------------------

    def holds(self, criterion):
        self.verdicts.setdefault(criterion, Verdict(True))

    def lost(self, criterion, words, details=()):
        """The first reason stays."""
        if self.verdicts.get(criterion, Verdict(True)).holds:
            self.verdicts[criterion] = Verdict(False, words, details)

    # --- the machine --------------------------------------------------------------

    def boot(self):
        """A new machine, if there is none. Its clock may be wrong where the host was busy when
        the kernel looked how fast it is: then another one."""
        if self.guest:
            return
        files = {kind: module.data for kind, module in self.modules.items()}
        for _ in range(BOOTS):
            self.guest = Guest(self.machine, files)
            self.places = []
            if self.clock_agrees(3):
                return self._look()
            self.drop()
        raise BootFailed("the clock of the virtual machine is wrong by more than 5 %%, %d times" % BOOTS)

    def _look(self):
        """What is so before anything is loaded."""
        self.ask("echo 600 >/proc/sys/kernel/hung_task_timeout_secs")
        self._set_limit()
        self.state = self._state(self.ask("news >/run/boot; state"))

    def _set_limit(self):
        """The machine may be slow now."""
        lines = self.ask("step load empty 60 insmod /modules/empty.ko; unload empty 60", 60)
        empty = next(step for step in self.steps(lines) if step.kind == "unload")
        self.limit = max(UNLOAD_S, round(30 * empty.seconds))

    def drop(self):
        if self.guest:
            self.guest.close()
            self.guest = None

    def ask(self, script, seconds=0):
        return self.guest.ask(script, seconds)

    @staticmethod
    def _state(lines):
        return {" ".join(words) for words in lines if words[0] in ("thread", "cache", "file")}

    def run(self, case):
        """A case, whatever becomes of the machine. Where the host was too busy, once more."""
        for _ in range(BOOTS):
            try:
                self.boot()
                self._run(case)
                return
            except ClockWrong:
                self.drop()
        for criterion in case.criteria:
            self.lost(criterion, "the machine's clock did not agree with this one's, %d times" % BOOTS)

    def _run(self, case):
        self.watching = False
        try:
            self._set_limit()
            case.run(self)
            if self.guest:
                self._judge_log()
                self._judge_state()
        except Stuck as stuck:
            self._lose_rest(case, str(stuck), stuck.details)
            self.drop()
        except Dead as dead:
            self._died(case, dead)
            self.drop()
        except (ValueError, IndexError):
            self._died(case, Dead("its answers make no sense"))
            self.drop()

    def _lose_rest(self, case, words, details):
        for criterion in case.criteria:
            if criterion not in self.verdicts:
                self.lost(criterion, words, details)

    def _died(self, case, dead):
        """Unless the case is lost already, for a better reason."""
        words, extract = self.note_death(self.guest.autopsy())
        if not any(criterion in self.verdicts and not self.verdicts[criterion].holds
                   for criterion in case.criteria):
            for criterion in case.criteria:
                self.lost(criterion, words or "the machine stood still: %s" % dead, extract)

    def note_death(self, console):
        words, extract = death(console)
        if words:
            self.lost("log", "the kernel's log has: %s" % words, extract)
            words = "the kernel died: %s" % words
        return words, extract

    def _judge_log(self):
        log = [" ".join(words[1:]) for words in self.ask("news") if words[0] == "log"]
        bad = [line for line in log if re.match(r"\[ *\d+\.\d+\]", line) and self.bad.search(line)]
        if bad:
            self.judge_bad(bad, log)
        else:
            self.holds("log")

    def judge_bad(self, bad, log):
        start = log.index(bad[0])
        self.lost("log", "the kernel's log has: %s" % re.sub(r"^\[.*?\] ", "", bad[0]), log[start:start + 30])

    def _judge_state(self):
        """When all is unloaded: what is there that was not there when it had booted?"""
        left = self._state(self.ask("pause 0.1; state")) - self.state
        if left:
            self.lost("left", "after unloading there is still: %s" % ", ".join(sorted(left)))
            self.drop()
        else:
            self.holds("left")

    # --- steps --------------------------------------------------------------------

    def load(self, file, **parameters):
        """insmod; returns its step. Stuck if it does not return."""
        words = " ".join("%s=%s" % pair for pair in parameters.items())
        limit = LOAD_S * self.limit // UNLOAD_S
        lines = self.ask("load %s %d %s" % (file, limit, words), limit)
        step = self.steps(lines)[0]
        if step.stuck:
            raise Stuck(*step.why())
        self.places = [words for words in lines if words[0] == "module"] or self.places
        return step

    def name_of(self, file):
        return self.modules[file].name

    def must_load(self, file, **parameters):
        step = self.load(file, **parameters)
        if step.status:
            raise Stuck("insmod %s.ko %s failed" % (
                file, " ".join("%s=%s" % pair for pair in parameters.items())))

    def unload(self, file):
        step = self.steps(self.ask("unload %s %d" % (self.name_of(file), self.limit), self.limit))[0]
        if step.stuck:
            raise Stuck(*step.why())
        return step

    @staticmethod
    def steps(lines):
        found = [n for n, words in enumerate(lines) if words[0] in ("load", "unload")]
        return [Step(lines[n], lines[n:end]) for n, end in zip(found, found[1:] + [len(lines)])]

    def tidy(self, *files):
        """Unloads these. If one hangs, or leaves a task behind, this case has been judged, and the
        machine is replaced."""
        try:
            for file in files:
                if self.unload(file).status or self.inside(file):
                    self.drop()
                    return
        except Stuck:
            self.drop()
        except Dead:
            self.note_death(self.guest.autopsy())
            self.drop()

    def only_of(self, file):
        """The functions of fifo.ko that no other loaded kind of module calls."""
        kind = "producer" if file.startswith("producer") else "consumer"
        other = "consumer" if kind == "producer" else "producer"
        return sorted(self.needs[self.name_of(kind)] - self.needs[self.name_of(other)])

    def inside(self, file):
        """Is a task still in a function that the module has called? A copy may still call it."""
        if file not in ("producer", "consumer") or not self.watching or not self.only_of(file):
            return False
        return any(words[0] == "inside" for words in self.ask(
            "inside %s %s || true" % (self.name_of(file), " ".join(self.only_of(file)))))

    def watch(self):
        self.watching = True
        self.ask("watch " + " ".join(self.functions))

    def calls(self):
        lines = self.ask("calls", 30)
        return Calls(self.places + lines, self.needs)

    def wait(self, seconds):
        """By the guest's clock, which must agree with the host's."""
        if not self.clock_agrees(seconds):
            raise ClockWrong

    def clock_agrees(self, seconds):
        lines = self.ask("now; pause %s; now" % seconds, seconds)
        guest = (int(lines[1][0]) - int(lines[0][0])) / 1e6
        return guest * 0.95 - 0.1 < self.guest.took < guest * 1.25 + 5


def letter():
    return random.choice("BCDEFGHIJKLMNOPQRSTUVWXYZ")
