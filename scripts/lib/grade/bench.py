# SPDX-License-Identifier: GPL-2.0
"""One boot with a submission's modules, in which one case is tried."""

import random

from calls import Calls, rates
from guest import GIVEN_S, BootFailed, Dead, Guest, Late, Panicked
from klog import Log
from stacks import death, explain, stacks_of
from verdict import Verdict

# Beyond this, or fifteen times what an empty module takes, an unload is late.
UNLOAD_S = 2
REFERENCES = 15
# What still comes then is waited for: a client that is looked at as long as this does not come.
PATIENCE = 5
LOAD_S = 10
BOOTS = 3
# How often a guest must have looked at a task in 3 s, while it did not run, to have been awake.
LOOKS = 20
# How steady a module that is known to be right must have been.
STEADY = 0.01
# Beyond this, a module that beats a hundred times a second was held up.
STILL_S = 0.1
INIT_WAITS = "An init function must return soon: it neither puts nor gets."
# Types of parameters that take a number.
NUMBERS = ("byte", "short", "ushort", "int", "uint", "hexint", "long", "ulong", "ullong")
# Of the time, or of one request's, that a machine may have waited for this one's processors.
STARVED = 0.25
STARVED_ONCE = 0.5


class Stuck(Exception):
    """A step has failed, or has not returned; the machine is of no use any more."""

    awake = False

    def __init__(self, words, details=(), sure=False):
        super().__init__(words)
        self.details, self.sure = list(details), sure


class Hung(Stuck):
    """A step has not returned. Was the guest itself awake meanwhile?"""

    def __init__(self, words, details, sure, awake):
        super().__init__(words, details, sure)
        self.awake = awake


class Step:
    """What became of a load or an unload."""

    def __init__(self, words, lines):
        self.kind, self.name, status, took = words[:4]
        self.status, self.seconds = int(status), int(took) / 1e6
        self.stuck = self.status == 124
        self.lines, self.said = lines, ""
        self.shown = self.name
        self.verb = {"load": "insmod", "unload": "rmmod"}[self.kind]

    def hung(self, before=""):
        """Why it does not return. Sure, if all tasks that it may wait for sleep, and the guest has
        looked at them often enough meanwhile to show that it was awake itself."""
        stacks = stacks_of(self.lines)
        # Of the tasks inside modules, those of this one first.
        stacks[1:] = sorted(stacks[1:], key=lambda stack: self.name not in [module for _, module in stack.frames])
        looked = next((words for words in self.lines if words[0] == "looked"), ["", "0", ""])
        words = "%s %s did not return within %.0f s: %s%s" % (
            self.verb, self.shown, self.seconds, explain(stacks) or "its stack cannot be read. ",
            before or INIT_WAITS * (self.verb == "insmod"))
        awake = int(looked[1]) >= LOOKS
        sure = awake and looked[2] == "asleep" and any(stack.place() for stack in stacks)
        return Hung(words, [line for stack in stacks for line in stack.text()], sure, awake)


class Bench:
    """A boot, and what it has shown of each criterion."""

    def __init__(self, machine, submission):
        self.machine, self.modules = machine, submission.modules_for(machine)
        self.submission, self.spelled = submission, submission.parameters
        self.needs, self.many, self.cycles = submission.needs, submission.many, submission.cycles
        self.functions = sorted(set().union(*self.needs.values()))
        self.log = Log(submission.bad, [module.name for module in self.modules.values()])
        self.guest = None
        self.watching = self.ended = self.comparable = self.silent = False
        self.doing = ""  # what a death is told with
        self.verdicts = {}
        self.places = {}  # where each module was last

    # --- verdicts ---------------------------------------------------------------

    def holds(self, criterion, words=""):
        self.verdicts.setdefault(criterion, Verdict(True, words))

    def lost(self, criterion, words, details=(), sure=False):
        """The first reason stays, but for one that is sure."""
        known = self.verdicts.get(criterion)
        if known is None or known.holds or sure and not known.sure:
            self.verdicts[criterion] = Verdict(False, words, details, sure)

    def starved(self):
        """Had the machine too little of this one's processors to judge what takes time? Not if
        what is known to be right was in time there."""
        if self.comparable:
            return False
        return self.guest.meter.share() > STARVED or self.guest.meter.worst > STARVED_ONCE

    # --- the machine --------------------------------------------------------------

    def boot(self):
        """Not a submission's fault if it fails: nothing of it is loaded yet."""
        for left in reversed(range(BOOTS)):
            try:
                self.guest = Guest(self.machine, {file: module.data for file, module in self.modules.items()})
                return self._look()
            except BootFailed:
                if not left:
                    raise
            except Dead as dead:
                self.close()
                if not left:
                    raise BootFailed("the virtual machine does nothing: %s" % dead) from dead

    def _look(self):
        """What is so before anything is loaded."""
        if self.machine.base:
            self.ask("pause 3", 3)
            if self.guest.clock.wrong():
                raise Dead("its clock is wrong")
        self.guest.read_clock()
        self.ask("! cd /proc/sys/kernel || echo 600 >hung_task_timeout_secs || true")
        least = UNLOAD_S * self.machine.slow
        self.limit = min(self.limit_now(), PATIENCE * least)
        self.state = self._state(self.ask("news >/run/boot; state"))
        self.guest.meter.look()

    def limit_now(self):
        """For an unload: by what one of a module takes that does nothing, here and now."""
        lines = self.ask("step load empty 60 insmod /modules/empty.ko; unload empty 60", 60)
        empty = next(step for step in self.steps(lines) if step.kind == "unload")
        return max(UNLOAD_S * self.machine.slow, round(REFERENCES * empty.seconds))

    def close(self):
        if self.guest:
            self.guest.close()
            self.guest = None

    def ask(self, script, seconds=0):
        names = "".join("%s_parameter=%s\n" % pair for pair in self.spelled.items()) + \
            "fifo_parameters='%s'\n" % self.submission.fifo_parameters
        if "fifo" in self.modules:
            names += "fifo_name=%s\n" % self.name_of("fifo")
        return self.guest.ask(names + script, seconds)

    @staticmethod
    def _state(lines):
        return {" ".join(words) for words in lines if words[0] in ("thread", "cache", "file")}

    # --- a case ---------------------------------------------------------------------

    def run(self, case):
        """A case, whatever becomes of the machine."""
        try:
            case.run(self)
            if not self.ended:
                self._judge_log()
                self._judge_state()
            self._judge_clock(case)
        except Stuck as stuck:
            self.comparable |= stuck.awake
            self._lose_rest(case, str(stuck), stuck.details, stuck.sure)
        except Dead as dead:
            self.silent = isinstance(dead, Late)
            self.died(dead, case.criteria)
        except (ValueError, LookupError, StopIteration):
            self.died(Dead("its answers make no sense"), case.criteria)

    def _lose_rest(self, case, words, details, sure):
        for criterion in case.criteria:
            if criterion not in self.verdicts:
                self.lost(criterion, words, details, sure)

    def died(self, dead, criteria):
        """These are lost, unless they are already, for a better reason. A machine that turned
        itself off without a panic was told to; one that is silent may be slow."""
        words, extract, sure = death(self.guest.autopsy())
        if self.guest.failed():
            raise BootFailed("QEMU has ended: %s" % dead) from dead
        if words:
            self.lost("log", "the kernel's log has: %s" % words, extract, sure)
            words = "%sthe kernel died: %s" % (self.doing, words)
        sure = sure or isinstance(dead, Panicked) or "turned itself off" in str(dead)
        self.comparable |= self.guest.meter.given >= GIVEN_S
        for criterion in criteria:
            if self.verdicts.get(criterion, Verdict(True)).holds:
                self.lost(criterion, words or "the machine stood still: %s" % dead, extract, sure)

    def news(self):
        """The reports in the kernel's log since the last time."""
        return self.log.find([" ".join(words[1:]) for words in self.ask("news") if words[0] == "log"])

    def _judge_log(self):
        for line, block, sure in self.news():
            self.lost("log", "the kernel's log has: %s" % line, block[:30], sure)
        self.holds("log")

    def _judge_state(self):
        """When all is unloaded: what is there that was not there when it had booted? A thread that
        has ended is seen for a moment longer."""
        self.ask("unwatch")
        for _ in range(10):
            left = self._state(self.ask("state")) - self.state
            if not left:
                return self.holds("left")
            self.ask("pause 0.5")
        self.lost("left", "after unloading there is still: %s" % ", ".join(sorted(left)), (), True)

    def _judge_clock(self, case):
        if not self.ended:
            self.guest.read_clock()
        wrong = self.guest.clock.wrong()
        if wrong:
            for criterion in case.criteria:
                self.verdicts[criterion] = Verdict(
                    False, "the guest's clock is no clock: by this machine's it is too %s" % wrong, (), False)

    # --- steps --------------------------------------------------------------------

    def load(self, file, **parameters):
        """insmod; returns its step. Stuck if it does not return."""
        words = self.spell(file, parameters)
        limit = LOAD_S * self.limit // UNLOAD_S
        lines = self.ask("echo load-begins >/dev/kmsg; load %s %d %s" % (file, limit, words), limit / self.machine.slow)
        step = self.steps(lines)[0]
        step.said = " ".join(next((words for words in lines if words[0] == "insmod:"), [])).rpartition(": ")[2]
        if step.stuck:
            raise step.hung()
        self.places.update((words[1], words) for words in lines if words[0] == "module")
        return step

    def spell(self, file, parameters):
        """As the submission calls them."""
        return " ".join("%s=%s" % (self.spelled.get(name, name), self.value(file, name, value))
                        for name, value in parameters.items())

    def value(self, file, name, value):
        """A letter is its number where the module takes a number: so it is the same byte."""
        kind = self.modules[file].parameters().get(self.spelled.get(name, name))
        return ord(value) if name == "item" and kind in NUMBERS else value

    def name_of(self, file):
        return self.modules[file].name

    def must_load(self, file, **parameters):
        step = self.load(file, **parameters)
        if step.status:
            words = "insmod %s" % " ".join((file + ".ko", self.spell(file, parameters))).strip()
            raise Stuck("%s failed%s" % (words, step.said and ": " + step.said), self.last_words(), True)

    def last_words(self):
        """What the kernel's log has of the last load."""
        return [" ".join(words) for words in self.ask("dmesg | awk '/ load-begins$/ { n = NR } { line[NR] = $0 } "
                                                      "END { while (n++ < NR) print line[n] }' | tail -n 10")]

    def unload(self, file):
        """rmmod; returns its step. Stuck if it does not return."""
        lines = self.ask("unload %s %d" % (self.name_of(file), self.limit), self.limit / self.machine.slow)
        step = self.steps(lines)[0]
        if step.stuck:
            raise step.hung()
        return step

    def must_unload(self, *files):
        for file in files:
            if self.unload(file).status:
                raise Stuck("rmmod %s failed, with nothing loaded that uses it" % self.name_of(file), (), True)

    def steps(self, lines):
        found = [n for n, words in enumerate(lines) if words[0] in ("load", "unload")]
        steps = [Step(lines[n], lines[n:end]) for n, end in zip(found, found[1:] + [len(lines)])]
        for step in steps:
            for kind in ("producer", "consumer"):
                if kind in self.modules and step.name in (kind + "2", self.modules[kind + "2"].name):
                    step.shown = "%s, a copy of %s," % (step.name, self.modules[kind].name)
        return steps

    def tidy(self, *files):
        """Unloads these, at the end of a case that has been judged. If one hangs, or leaves a task
        behind, another case judges that: this one has ended."""
        try:
            for file in files:
                if self.unload(file).status or self.inside(file):
                    self.ended = True
                    return
        except Stuck:
            self.ended = True
        except Dead as dead:
            self.ended = True
            self.died(dead, ())

    def only_of(self, file):
        """The functions of fifo.ko that no other loaded kind of module calls."""
        kind = "producer" if file.startswith("producer") else "consumer"
        other = "consumer" if kind == "producer" else "producer"
        return sorted(self.needs[kind] - self.needs[other])

    def inside(self, file):
        """Is a task still in a function that the module has called? A copy may still call it."""
        if file not in ("producer", "consumer") or not self.watching or not self.only_of(file):
            return False
        return any(words[0] == "inside" for words in self.ask(
            "inside %s %s || true" % (self.name_of(file), " ".join(self.only_of(file)))))

    def watch(self, rate=100):
        self.watching = True
        errors = [" ".join(words) for words in self.ask("watch %d %s" % (rate, " ".join(self.functions)))
                  if "error:" in words]
        if errors:
            raise Stuck("calls of %s cannot be seen by probes" % " and ".join(self.functions), errors, True)

    def compare(self, calls, rate):
        """Where a module of the grader kept this rate, so can one of the submission."""
        if any(abs(measured / rate - 1) <= STEADY for measured in rates(calls.beats, rate)):
            self.comparable = True

    def stood_still(self):
        """For how many seconds in all the module that beats did not, by the trace."""
        beats = [float(words[1]) for words in self.ask("beats", 30) if words[0] == "beat"]
        gaps = (later - beat for beat, later in zip(beats, beats[1:]))
        return sum(gap for gap in gaps if gap > STILL_S)

    def calls(self):
        lines = self.ask("calls", 30)
        return Calls([*self.places.values(), *lines], {self.name_of(kind): names for kind, names in self.needs.items()})

    def wait(self, seconds):
        """By the guest's clock, which is compared with this machine's."""
        self.guest.read_clock()
        self.ask("pause %s" % seconds, seconds)
        self.guest.read_clock()


def letters(count):
    return random.sample("BCDEFGHIJKLMNOPQRSTUVWXYZ", count)
