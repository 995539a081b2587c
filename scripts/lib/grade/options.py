# SPDX-License-Identifier: GPL-2.0
"""The command line of scripts/grade, in words."""

import os
import re
from types import SimpleNamespace

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../.."))
LAB = os.path.join(ROOT, "docs/lab")
SANDBOXES = ("bwrap", "user")
SOURCE_MAX = 1 << 20
OUTPUTS = ("json", "gradescope", "junit")


class Usage(Exception):
    """What is wrong with the command line."""


def number(name, text, least, most):
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise Usage("%s %s: must be a whole number from %d to %d" % (name, text, least, most))
    return int(text)


def parse(words):
    """A namespace of the options, and the directories."""
    options = SimpleNamespace(
        kernel="stock", sandbox="bwrap", criteria=None, only="", cycles=20, many=False,
        stock=False, kcsan=False, bonus=False, out={},
        csv=None, names=dict.fromkeys(("fifo", "producer", "consumer")),
        functions=dict.fromkeys(("producer", "consumer")), directory=None, group=None, explain=None,
        project=None, parameters=None, spelled={"item": "item", "rate": "rate"}, fifo_parameters="", device=None, stats=None)
    words = list(words)
    while words:
        _parse_word(options, words.pop(0), words)
    _check_what(options)
    options.criteria = options.criteria or os.path.join(LAB, "criteria" if options.project is None else "cse330")
    check_outputs(options)
    return options


def _check_what(options):
    if options.project is not None:
        if options.directory is not None or options.group is not None:
            raise Usage("%s: --grade grades one file, %s" % (options.directory or options.group, options.project))
        wrong = options.explain is None and check_source(options.project)
        if wrong:
            raise Usage(wrong)
    elif options.explain is None and (options.directory is None) == (options.group is None):
        raise Usage("name the directory of a submission, or --class DIR (see --help)")


def check_source(path):
    """What is wrong with a file in C, in words, or nothing."""
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]*\.c", os.path.basename(path)):
        return "%s: must be a file in C, of letters, digits, - and _, such as producer_consumer.c" % path
    if not os.path.isfile(path):
        return "%s is no file" % path
    return "" if os.path.getsize(path) <= SOURCE_MAX else "%s has more than %d MB" % (path, SOURCE_MAX >> 20)


def _parse_word(options, word, rest):
    if word in ("--many", "--stock", "--kcsan", "--bonus"):
        setattr(options, word[2:], True)
    elif word == "--json" and (not rest or rest[0].startswith("--") or os.path.isdir(rest[0])):
        # Without a file: a directory is none.
        options.out["json"] = "-"
    elif not word.startswith("-"):
        if options.directory:
            raise Usage("%s: one directory only; --class grades more" % word)
        options.directory = word
    elif not rest:
        raise Usage("%s needs a value, or there is no such option (--help lists them)" % word)
    else:
        _set_option(options, word, rest.pop(0))


def _set_option(options, word, value):
    name = word[2:]
    if name in OUTPUTS:
        options.out[name] = value
    elif word in ("--fifo", "--producer", "--consumer"):
        if not value.endswith(".ko"):
            raise Usage("%s %s: must be the path of a module in the directory, as lab/queue.ko" %
                        (word, value))
        options.names[name] = os.path.normpath(value)
    elif word in ("--put", "--get"):
        options.functions["producer" if word == "--put" else "consumer"] = value
    elif word == "--cycles":
        options.cycles = number(word, value, 1, 1000)
    elif word == "--class":
        options.group = value
    elif word in ("--kernel", "--criteria", "--only", "--explain", "--csv", "--project"):
        setattr(options, name, value)
    else:
        _set_checked(options, word, value)


def _set_checked(options, word, value):
    name = word[2:]
    if word == "--sandbox":
        if value not in SANDBOXES:
            raise Usage("--sandbox %s: must be one of %s" % (value, ", ".join(SANDBOXES)))
        options.sandbox = value
    elif word in ("--item-param", "--rate-param"):
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", value):
            raise Usage("%s %s: must be the name of a parameter" % (word, value))
        options.spelled[name[:4]] = value
    elif word == "--fifo-params":
        if not re.fullmatch(r"\w+=[\w.-]+( \w+=[\w.-]+)*", value, re.ASCII):
            raise Usage("%s %s: must be parameters and values, as size=32" % (word, value))
        options.fifo_parameters = value
    elif word in ("--device", "--stats"):
        if not re.fullmatch(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*", value):
            raise Usage("%s %s: must be a name below %s" % (word, value, {"--device": "/dev", "--stats": "/proc"}[word]))
        setattr(options, name, value)
    elif word == "--parameters":
        if len(value.split(",")) != 4 or "" in value.split(","):
            raise Usage("--parameters %s: must be four names with commas, for BUFFER,PRODUCERS,CONSUMERS,UID" % value)
        options.parameters = value
    else:
        raise Usage("unknown option %s (--help lists them)" % word)


def check_outputs(options):
    """Before minutes of grading, and not behind them."""
    if options.group is not None and options.out:
        raise Usage("--%s is for one submission: with --class, the reports are beside the table" % min(options.out))
    if options.group is None and options.csv is not None:
        raise Usage("--csv is for --class")
    files = [("--" + name, path) for name, path in options.out.items()]
    if len([path for _, path in files if path == "-"]) > 1:
        raise Usage("only one of --json, --gradescope and --junit may be -, standard output")
    for name, path in files + ([("--csv", options.csv)] if options.csv is not None else []):
        check_file(name, path)


def check_file(name, path):
    if path == "-" and name != "--csv":
        return
    if os.path.isdir(path) or not os.path.basename(path):
        raise Usage("%s %s: must be a file, is a directory" % (name, path))
    if not os.path.isdir(os.path.dirname(path) or "."):
        raise Usage("%s %s: there is no directory %s" % (name, path, os.path.dirname(path)))


def choose(option, criteria, only):
    """Those of a list of names with commas, or all of them."""
    if not only:
        return criteria
    names = only.split(",")
    for name in names:
        if name not in [criterion.name for criterion in criteria]:
            raise Usage("%s %s: no criterion %s: must be of %s" % (
                option, only, name or "without a name", " ".join(criterion.name for criterion in criteria)))
    return [criterion for criterion in criteria if criterion.name in names]
