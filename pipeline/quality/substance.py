"""How much of an answer says something that its question does not."""

from collections.abc import Collection, Iterable
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import NamedTuple

from pipeline.quality.words import STOP_WORDS, spoken_words

_STOP = ". "
_STOPS = ("! ", "? ", ".\n", "\n", " - ", " • ")
_SOURCES = frozenset(("source", "sources", "reference", "references", "citations", "bibliography"))
_HEADING_WORDS = 3
_AGREEING = frozenset(("certainly", "sure", "absolutely", "okay", "ok", "great", "here", "below"))
_OFFERING = ("i d be happy", "i would be happy", "i ll provide", "i can provide", "i will provide")
_CLOSINGS = frozenset(("conclusion", "summary", "overall", "summarize", "hope", "please"))
_CLOSING_WORDS = 3
_NEW_WORDS = 4
"""Informative words that neither the question nor an earlier sentence has: so many make a sentence
full, fewer a share of one."""

_EARLY_SENTENCES, _OWN_WORDS = 3, 3
"""The sentences that are first, of those that have so many informative words of their own."""

_STEM_CHARS = 6
_MOST_STEMS = 200_000
_EMPTY = ""


class Sentence(NamedTuple):
    """A sentence or list item, and its words in lower case."""

    text: str
    words: list[str]


def body(parts: list[Sentence]) -> list[Sentence]:
    """Return the sentences of an answer between the courtesy it opens with and its sources."""
    start = 0
    while start < len(parts) - 1 and _is_courtesy(parts[start].words):
        start += 1
    heads = (at for at in range(start + 1, len(parts)) if _opens_sources(parts[at]))
    return parts[start : next(heads, len(parts))]


def _is_courtesy(spoken: list[str]) -> bool:
    return spoken[0] in _AGREEING or " ".join(spoken[:4]).startswith(_OFFERING)


def _opens_sources(part: Sentence) -> bool:
    if _SOURCES.isdisjoint(part.words[:_HEADING_WORDS]):
        return False
    return len(part.words) <= _HEADING_WORDS or part.text.lstrip(" *-#").startswith("Source")


def sentences(text: str) -> list[Sentence]:
    """Return the sentences and list items of a text that hold at least a word."""
    for stop in _STOPS:
        text = text.replace(stop, _STOP)
    parts = text.split(_STOP)
    spoken = spoken_words(parts)
    return [Sentence(part, own) for part, own in zip(parts, spoken, strict=True) if own]


def substance(asked: Iterable[str], parts: list[Sentence]) -> float:
    """Return the mean share of content of the sentences of an answer (0-1).

    A sentence is full where _NEW_WORDS of its words are neither asked, nor filler
    (filler_words.txt), nor said in a sentence before; numbers count. Saying the question
    again in other frames earns nothing, and neither does saying it at length. asked are the
    question's words in lower case.
    """
    if not parts:
        return 0.0
    known = {_EMPTY, *map(_STEMS.__getitem__, asked)}
    full = 0.0
    for part in parts:
        fresh = set(map(_STEMS.__getitem__, part.words)) - known
        known |= fresh
        if _CLOSINGS.isdisjoint(part.words[:_CLOSING_WORDS]):
            full += min(1.0, len(fresh) / _NEW_WORDS)
    return full / len(parts)


def taken_up_early(asked: Collection[str], parts: list[Sentence]) -> float:
    """Return the share of asked words that an answer's first sentences take up (0-1), 1 for none.

    Who comes to the point speaks of all that was asked at once. Sentences and headings that
    say the question again and nothing of their own are passed over. asked are content words.
    """
    if not asked:
        return 1.0
    known = {_EMPTY, *map(_STEMS.__getitem__, asked)}
    telling = (part.words for part in parts if _says_more(part.words, known))
    spoken = {word[:_STEM_CHARS] for words in islice(telling, _EARLY_SENTENCES) for word in words}
    stems = {word[:_STEM_CHARS] for word in asked}
    return len(stems & spoken) / len(stems)


def _says_more(spoken: list[str], known: set[str]) -> bool:
    return len(set(map(_STEMS.__getitem__, spoken)) - known) >= _OWN_WORDS


class _Stems(dict[str, str]):
    """The stem of each word met, _EMPTY for those that say nothing."""

    def __missing__(self, word: str) -> str:
        stem = _EMPTY if word in empty_words() else word[:_STEM_CHARS]
        if len(self) < _MOST_STEMS:
            self[word] = stem
        return stem


@cache
def empty_words() -> frozenset[str]:
    """Return the words of filler_words.txt (`#` opens a comment) and stop words."""
    text = files("pipeline.quality").joinpath("filler_words.txt").read_text(encoding="utf-8")
    lines = (line.partition("#")[0] for line in text.splitlines())
    return frozenset(word for line in lines for word in line.split()) | STOP_WORDS


_STEMS = _Stems()
