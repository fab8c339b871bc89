"""Answers that say of one thing what cannot both hold."""

import re
from collections.abc import Iterator, Mapping

from pipeline.quality.reading import Reading

_SENTENCES = re.compile(r"(?<=[.!?;])\s+|\n+")
_CLAUSES = re.compile(r"[.!?;,:]\s+(?:(?:so|thus|therefore|and|hence|as|since|because)\s)?|\n+")
_CONDITIONS = re.compile(
    r"\b(?:if|when|unless|while|whereas|but|although|though|otherwise|except|or|depend\w*|until)\b",
    re.IGNORECASE,
)
_STATES = re.compile(
    r"[\s*\-#>•]*(?P<what>(?:[\w'%/.-]+,?\s+){0,8}?[\w'%/)-]+)\s+(?:is|are|was|were)\s+"
    r"(?P<no>not\s+|never\s+)?(?P<predicate>[\w-]+)\b",
    re.IGNORECASE,
)
CONTRADICTED_CHARS = 600
"""A longer answer says "is" of one case and "is not" of another; a short one has no room."""

_OPPOSED = (
    "mutable immutable",
    "valid void",
    "valid invalid",
    "legal illegal",
    "bounded unbounded",
    "possible impossible",
    "required optional",
    "synchronous asynchronous",
    "safe unsafe",
    "allowed forbidden",
    "allowed prohibited",
    "leading lagging",
    "free chargeable",
)
_VAGUE = frozenset(
    """
    it this that these those they he she there which what who one some others both each
    """.split()  # noqa: SIM905 - reads as prose
)
_ARTICLES = frozenset(("a", "an", "the", "only", "just", "also", "often", "now", "not", "no"))


def _opposites() -> Mapping[str, frozenset[str]]:
    pairs = [tuple(pair.split()) for pair in _OPPOSED]
    return {
        one: frozenset(other for pair in pairs if one in pair for other in pair if other != one)
        for pair in pairs
        for one in pair
    }


_OPPOSITES = _opposites()


def contradiction(reading: Reading) -> str | None:
    """Return two statements of an answer about one thing of which only one can hold.

    "Strings are mutable" and "strings are immutable", or "strings are not mutable". What is spoken
    of must end on the same words, and a sentence with a condition says nothing for sure. Answers of
    at most CONTRADICTED_CHARS characters are read.
    """
    if len(reading.answer) > CONTRADICTED_CHARS:
        return None
    earlier_ones: list[tuple[str, str, bool, str]] = []
    for what, word, is_no, text in _statements(reading.answer):
        for other, before, was_no, earlier in earlier_ones:
            is_turned = before == word and is_no != was_no
            is_opposed = is_no == was_no and word in _OPPOSITES.get(before, ())
            if (is_opposed or is_turned) and _is_same(what, other):
                return f"{earlier} / {text}"
        earlier_ones.append((what, word, is_no, text))
    return None


def _is_same(what: str, other: str) -> bool:
    """Return whether two statements speak of one thing, of which one may say a word more."""
    return f" {what}".endswith(f" {other}") or f" {other}".endswith(f" {what}")


def _statements(answer: str) -> Iterator[tuple[str, str, bool, str]]:
    """Yield what is spoken of, the word said of it, whether it is denied, and the sentence.

    An answer without conditions is read clause by clause.
    """
    is_plain = not _CONDITIONS.search(answer)
    for sentence in (_CLAUSES if is_plain else _SENTENCES).split(answer):
        match = _STATES.match(sentence)
        if match is None or match["predicate"].lower() in _ARTICLES or _CONDITIONS.search(sentence):
            continue
        what = " ".join(match["what"].lower().split())
        if what not in _VAGUE:
            yield what, match["predicate"].lower(), match["no"] is not None, sentence.strip()
