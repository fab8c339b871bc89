"""Texts that make a careless pattern slow, and who must read them: `python -m tests.worst_cases`.

Each is a long run of one thing, with and without an end. What is linear reads them all in
seconds; a quadratic pattern takes hours for one of them, and is killed (test_worst_cases.py).
"""

import sys
from collections.abc import Callable, Iterator

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

CHARS = 1_000_000 if LONG else 100_000
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
    *("here is a ", "12 ", "legal winner ", "-----BEGIN ", "token=", "key: ", "\n| a ", "\n```\n"),
    *(
        "\n1. a?\nb",
        "\na?::b",
        '\n??? a "b?"',
        "\na?\n: b",
        "\na?\n\nb\n",
        "\nA. b\nB. c",
        "\n= a?",
    ),
    *("\nAnswer: A", "<human>: ", "[|AI|] ", "> Q: a\n", "\na?\n---", "== a ", "<p><b>a?</b>b"),
)
_LEADS = ("# a", "Q: a\nA: b", "x = ", "Here is ", "\n\n## 1. ")
_ENDS = ("\x01!", "?\nb", "")
_OF_TEXT = ("a.md", "a.rst", "a.jsonl", "a")
"""Names under which the families of plain text read what these texts are."""
_NAMES = (*_OF_TEXT, "a.csv", "a.json")
_OF_JSON = _NAMES if LONG else ("a.json",)


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
            reading = read(question, answer, terms)
            for _, check in checks:
                check(reading)


def show() -> None:
    """Have every text hidden, repaired and shown."""
    kinds = ["mojibake", "ansi_residue", "report_residue"]
    for text in texts():
        for shown in (redacted, one_line, excerpt, lambda text: repaired_text(text, kinds)):
            shown(text)


def deliver() -> None:
    """Have every text read as a delivery: as CSV, JSON and text; in the long form by all names."""
    rules = Validator(schema("delivered_pair"))
    for number, text in enumerate(texts()):
        wrapped = orjson.dumps([{"messages": text}, text])
        names = _NAMES if LONG else (_OF_TEXT[number % len(_OF_TEXT)], "a.csv", "a.json")
        named = [(name, text.encode()) for name in names]
        for name, content in (*named, *((name, wrapped) for name in _OF_JSON)):
            entries = DeliveryEntries(name, content, plan=Plan([]), rules=rules, max_bytes=10**8)
            assert list(entries)


ROOMS: dict[str, Callable[[], None]] = {"grade": grade, "show": show, "deliver": deliver}

if __name__ == "__main__":
    ROOMS[sys.argv[1]]()
