"""Texts that make a careless pattern slow, and who must read them: `python -m tests.worst_cases`.

Each is a long run of one thing, with and without an end. What is linear reads them all in
seconds; a quadratic pattern is seen by the CPU seconds that it takes for one of them, or takes
hours, and is killed (test_worst_cases.py).
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import orjson

from pipeline.core.text import excerpt
from pipeline.core.validation import Validator
from pipeline.deliveries.reading import DeliveryEntries
from pipeline.faucet.terminal import one_line
from pipeline.plan.indicators import Plan
from pipeline.quality.lexicon import subject
from pipeline.quality.reading import read
from pipeline.quality.redaction import redacted
from pipeline.quality.repair import repaired_text
from pipeline.quality.rules import bound
from pipeline.workspace.dag import Dag
from tests.conftest import ROOT, schema
from tests.thoroughness import LONG

CHARS = 1_000_000 if LONG else 60_000
WANTED_CPU_S, LIMIT_CPU_S = (2.0, 8.0) if LONG else (2.5, 2.5)
"""CPU seconds that a reader should and may take for one text: the first is told, the second is
held, and is generous, since a busy machine counts more of them. In the short form what is linear
takes 0.3, on a machine that does eight other things at once 0.6; most quadratic patterns take 6 to
20, the cheapest 2, which the long form sees."""
RECORD_CPU_S = 50e-6
"""What each record takes besides: a megabyte may hold a quarter of a million, each of them read,
checked and booked."""

_slow: dict[str, float] = {}
_RUNS = (
    *(" ", "\t", "#", "-", "*", "_", ":", "a", "A", "0", ".", "@", "\n", "=", '"', "'", "/", "("),
    *("[", "{", "|", "`", "+", "<", "\\", "\u00a0", "\ufeff", "e\u0301", "\x1b[", "a.", "a ", "A-"),
    *(
        "\n ",
        "- ",
        "1. ",
        "a@",
        "a\n",
        "- - ",
        "=x",
        "](",
        "**",
        "0,",
        "eyJaaaaaaaaaa",
        "://",
        "[1",
    ),
    *("\n# a", "\nQ: a", "\nA: a", " question characters: 0", "Pair 1:\n", "a,b\n", '{"a":', "[["),
    *(
        "here is a ",
        "12 ",
        "legal winner ",
        "act ",
        "-----BEGIN ",
        "token=",
        "key: ",
        "\n| a ",
        "\n```\n",
    ),
    *(
        "\n1. a?\nb",
        "\na?::b",
        '\n??? a "b?"',
        "\na?\n: b",
        "\na?\n\nb\n",
        "\nA. b\nB. c",
        "\n= a?",
    ),
    *(
        "A: a\nQ: b?\n\n",
        "\nAnswer: A",
        "<human>: ",
        "[|AI|] ",
        "> Q: a\n",
        "\na?\n---",
        "== a ",
        "<p><b>a?</b>b",
    ),
)
_LEADS = ("# a", "Q: a\nA: b", "x = ", "Here is ", "\n\n## 1. ")
_ENDS = ("\x01!", "?\nb", "")
_OF_TEXT = ("a.md", "a.rst", "a.jsonl", "a")
"""Names under which the families of plain text read what these texts are."""
_NAMES = (*_OF_TEXT, "a.csv", "a.json")
_OF_JSON = _NAMES if LONG else ("a.json",)


@contextmanager
def bounded(reader: str, text: str) -> Iterator[list[object]]:
    """Note a reader that takes more CPU seconds for a text than WANTED_CPU_S.

    What it reads may be put into the list that it gets: RECORD_CPU_S for each counts as well.
    """
    start = time.process_time()
    records: list[object] = []
    yield records
    taken = time.process_time() - start - RECORD_CPU_S * len(records)
    if taken > WANTED_CPU_S:
        case = f"{reader} on {text[:24]!r}"
        _slow[case] = taken


_MARKUP: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "a.yaml": (("",), ("[", "{", "- ", "? ", "{a: ", "- a: [", "a:\n - ", "- &a b\n", "{? ")),
    "a.toml": (("", "a = "), ("a.", "a=[", "a={a=", "[[a]]\n", '"""', "[a.a]\n", "1_")),
    "a.xml": (("<r>",), ("<a>", "<a/>", "<!--", "<a b='c' ", "&amp;")),
    "a.html": (
        ("<html><body>", "<html><body><ol>"),
        ("<div>", "<ul><li>", "<li>a", "<table><tr><td>", "<b>", "<p>a?", "<details>"),
    ),
    "a.json": (("",), ("[", '{"a":', "[{")),
    "a.js": (("",), ("const a = [", "const a = {a: [")),
}
"""Runs of what opens a level, in formats with readers that others wrote, some of them in C."""


def texts() -> Iterator[str]:
    """Yield every run behind a lead and before an end; in the long form alone, too."""
    for number, run in enumerate(_RUNS):
        body = run * (CHARS // len(run))
        if LONG:
            yield body
        yield _LEADS[number % len(_LEADS)] + body + _ENDS[number % len(_ENDS)]


def grade() -> None:
    """Have every rule read every text as an answer, and its first part as a question.

    In the short form every second text is a question, too.
    """
    terms = subject(["Relative Strength Index (RSI)", "Exchange Net Position Change"])
    checks = bound(Dag(ROOT).params["qa"]["rules"])
    for number, text in enumerate(texts()):
        places = (("What is RSI?", text), (text[:20_000], "It is an index."))
        for question, answer in places if LONG else places[: 1 + number % 2]:
            with bounded("reading", text):
                reading = read(question, answer, terms)
            for rule, check in checks:
                with bounded(rule.code, text):
                    check(reading)


def show() -> None:
    """Have every text hidden, repaired and shown."""
    kinds = ["mojibake", "ansi_residue", "report_residue"]
    for text in texts():
        views = {"redacted": redacted, "one_line": one_line, "excerpt": excerpt}
        for name, view in {**views, "repaired": lambda text: repaired_text(text, kinds)}.items():
            with bounded(name, text):
                view(text)


def deliver() -> None:
    """Have every text read as a delivery: as text, and as CSV or JSON; in the long form as all."""
    rules = Validator(schema("delivered_pair"))
    for number, text in enumerate(texts()):
        wrapped = orjson.dumps([{"messages": text}, text])
        named = [(name, text.encode()) for name in _NAMES]
        as_tables = [*named[len(_OF_TEXT) :], *((name, wrapped) for name in _OF_JSON)]
        in_turn = (named[number % len(_OF_TEXT)], as_tables[number % len(as_tables)])
        for name, content in (*named, *as_tables) if LONG else in_turn:
            with bounded(name, text) as records:
                plan = Plan([])
                entries = DeliveryEntries(name, content, plan=plan, rules=rules, max_bytes=10**8)
                records.extend(entries)
            assert records


def nest() -> None:
    """Have levels without end, and rows of one thing, read in formats that nest; none ends us."""
    rules = Validator(schema("delivered_pair"))
    cases = [
        (name, run, lead + run * (CHARS // len(run)))
        for name, (leads, runs) in _MARKUP.items()
        for run in runs
        for lead in leads
    ]
    for name, run, text in cases:
        with bounded(f"{name} of {run!r}", text) as records:
            plan = Plan([])
            read = list(
                DeliveryEntries(name, text.encode(), plan=plan, rules=rules, max_bytes=10**8)
            )
            records.extend(range(text.count(run)))  # elements and rows that are looked at
        assert read
        assert "internal" not in {getattr(entry, "reason", None) for _, entry in read}, text[:24]


ROOMS: dict[str, Callable[[], None]] = {
    "grade": grade,
    "show": show,
    "deliver": deliver,
    "nest": nest,
}

if __name__ == "__main__":
    ROOMS[sys.argv[1]]()
    for case, seconds in _slow.items():
        sys.stderr.write(f"{case}: {seconds:.1f} CPU seconds\n")
    sys.exit(any(seconds > LIMIT_CPU_S for seconds in _slow.values()))
