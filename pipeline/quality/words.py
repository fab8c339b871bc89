"""Words of a text, as every measure of quality counts them."""

import re
from functools import cache
from importlib.resources import files

_WORD = re.compile(r"[^\W_]+")

BEHIND_DIGITS = ":"
_WORD_BYTES = b"abcdefghijklmnopqrstuvwxyz0123456789"
ASCII_LETTERS_AND_DIGITS = frozenset(_WORD_BYTES + _WORD_BYTES.upper())
_ASCII_WORD_BYTES = bytes(byte if byte in _WORD_BYTES else ord(" ") for byte in range(256))
_MARKS = "\u2019\u2018\u201c\u201d\u2013\u2014\u2022\u2026\u00d7\u2265\u2264\u2192\u00a0"

STOP_WORDS = frozenset(
    """
    a about above after again against all also am an and any are as at be because been before
    being below between both but by can cannot could did do does doing don down during each etc
    few for from further get had has have having he her here hers him his how however i if in
    into is it its itself just may me might more most must my need no nor not now of off on once
    one only or other our out over own per re s same shall she should since so some such t than
    that the their them then there these they this those through to too under until up upon us
    use used using ve very via was we were what when where whether which while who whom whose why
    will with within without would you your
    """.split()  # noqa: SIM905 - a page of quotes reads worse
)
"""English words that tell no subject from another."""

_COUNTED = "one two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905
SPELLED_NUMBERS = {word: number for number, word in enumerate(_COUNTED, start=1)} | {
    "fourteen": 14,
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "sixty": 60,
}
"""English words for the numbers that lists, periods and limits are given in."""

LISTED_NUMBERS = {word: SPELLED_NUMBERS[word] for word in _COUNTED[1:10]}
"""Those that announce how many items a list has."""


def words(text: str) -> list[str]:
    """Return the words of text in lower case: runs of letters and digits.

    Hyphens, underscores and apostrophes part words, so that `on-chain` and `on chain` count the
    same. Text in ASCII takes a path through bytes that gives the same words at a third of the
    cost.
    """
    lowered = plain(text.lower())
    if lowered.isascii():
        return lowered.encode().translate(_ASCII_WORD_BYTES).decode().split()
    return _WORD.findall(lowered)


def plain(text: str) -> str:
    """Return text with a space for each typographic mark, which is a part of no word anyway."""
    if not text.isascii():
        for mark in _MARKS:
            text = text.replace(mark, " ")
    return text


def content_words(distinct: frozenset[str]) -> frozenset[str]:
    """Return the words that can name a subject: no stop words, no bare numbers."""
    numbers = [word for word in distinct if word < BEHIND_DIGITS and word.isdecimal()]
    others = distinct - STOP_WORDS
    return others.difference(numbers) if numbers else others


@cache
def empty_words() -> frozenset[str]:
    """Return the words of filler_words.txt (`#` opens a comment) and stop words."""
    text = files("pipeline.quality").joinpath("filler_words.txt").read_text(encoding="utf-8")
    lines = (line.partition("#")[0] for line in text.splitlines())
    return frozenset(word for line in lines for word in line.split()) | STOP_WORDS
