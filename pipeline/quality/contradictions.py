"""Answers that say of one thing what cannot both hold."""

import re
from collections.abc import Iterator

from pipeline.core.stems import stem
from pipeline.quality.opposites import OPPOSITES, opposed
from pipeline.quality.polarity import turned_round
from pipeline.quality.reading import Reading
from pipeline.quality.stated_values import two_values

_SENTENCES = re.compile(r"(?<=[.!?;])\s+|\n+")
_CLAUSES = re.compile(r"[;,:]\s+(?:(?:so|thus|therefore|and|hence|as|since|because)\s)?")
_OPENING = re.compile(r"^[\s*\-#>•_]{0,8}(?:\d{1,2}[.)]\s+)?(?:(?:yes|no)[,.:]\s+)?", re.IGNORECASE)
_CONDITIONS = re.compile(
    r"\b(?:if|when|unless|while|whereas|although|though|otherwise|except|depend\w*|until)\b",
    re.IGNORECASE,
)
_EITHER = re.compile(r"\b(?:or|but|except)\b", re.IGNORECASE)
_STATES = re.compile(
    r"(?P<what>(?:[\w'%/.-]{1,40},?\s){0,8}?[\w'%/)-]{1,40})\s"
    r"(?:is|are|was|were|can|must|may|should|does|do)"
    r"(?P<no>\snot|not|n['\u2019]t|\snever)?\s(?:be\s)?(?P<predicate>[\w-]+)\b",
    re.IGNORECASE,
)
CONTRADICTED_CHARS = 600
"""A longer answer says "is" of one case and "is not" of another; a short one has no room."""

_VAGUE = frozenset(
    """
    it this that these those they he she there which what who one some others both each you we i
    """.split()  # noqa: SIM905 - reads as prose
)
_ARTICLES = frozenset(("a", "an", "the"))
_NO_PREDICATES = _ARTICLES | {"only", "just", "also", "often", "now", "not", "no", "be", "in", "on"}


def contradiction(reading: Reading) -> str | None:
    """Return two statements of an answer about one thing of which only one can hold.

    "Strings are mutable" and "strings are immutable", or "strings are not mutable"; a rise and a
    fall behind the same words; two numbers for what is asked; a yes that the next sentence denies.
    A sentence with a condition says nothing for sure. Answers of at most CONTRADICTED_CHARS
    characters are read; what follows a yes or no is read of all.
    """
    found = turned_round(reading.question, reading.answer)
    if found or len(reading.answer) > CONTRADICTED_CHARS:
        return found
    sentences = [_OPENING.sub("", text, count=1).strip() for text in _split(reading.answer)]
    return (
        _denied(sentences)
        or opposed(sentences, {})
        or opposed(sentences, reading.subject.meanings)
        or two_values(reading.question, sentences)
    )


def _split(answer: str) -> list[str]:
    return [text for text in _SENTENCES.split(answer) if text]


def _denied(sentences: list[str]) -> str | None:
    """Return two sentences that say opposites of one thing in the same form."""
    earlier_ones: list[tuple[str, str, bool, str]] = []
    for what, word, is_no, text in _statements(sentences):
        for other, before, was_no, earlier in earlier_ones:
            is_turned = before == word and is_no != was_no
            is_opposed = is_no == was_no and word in OPPOSITES.get(before, ())
            if (is_opposed or is_turned) and _is_same(what, other):
                return f"{earlier} / {text}"
        earlier_ones.append((what, word, is_no, text))
    return None


def _is_same(what: str, other: str) -> bool:
    """Return whether two statements speak of one thing, of which one may say a word more."""
    return f" {what}".endswith(f" {other}") or f" {other}".endswith(f" {what}")


def _statements(sentences: list[str]) -> Iterator[tuple[str, str, bool, str]]:
    """Yield what is spoken of, the word said of it, whether it is denied, and the sentence.

    A sentence without conditions is read clause by clause.
    """
    for sentence in sentences:
        if _CONDITIONS.search(sentence):
            continue
        for clause in _CLAUSES.split(sentence):
            match = _STATES.match(clause)
            if match is None or _EITHER.search(clause):
                continue
            predicate = match["predicate"].lower()
            what = " ".join(
                stem(word) for word in match["what"].lower().split() if word not in _ARTICLES
            )
            if predicate not in _NO_PREDICATES and what and what not in _VAGUE:
                yield what, predicate, match["no"] is not None, sentence
