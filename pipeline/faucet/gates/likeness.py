"""Whether two answers say the same in other words, whatever was done to make them look different.

Measured on words, not on characters: what is padded, reordered, or has every other word replaced
keeps the order of its other words, or their number, or runs of them. The bounds stand above what
honest answers about one subject have in common: of 1,200 real ones, the likest to another of its
subject shared 0.55 of the words in order, 0.30 of the runs of four, 0.72 of the words in any order.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection
from functools import cached_property

from rapidfuzz.distance import LCSseq

_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*")
_RESULT = re.compile(r"= ?([-+]?\d+(?:[.,]\d+)*)")
_LOOK_ALIKE = str.maketrans("аеорсухіѕјԁһκονρτυχ", "aeopcyxisjdhkovptux")
"""Cyrillic and Greek letters that read as Latin ones."""

_RUN = 4
_IN_ORDER = 0.6
_IN_ANY_ORDER = 0.8
_IN_RUNS = 0.5
_IN_COMMON = 0.4
_SHORT_WORDS = 40
_SHORT_EXTRA = 0.3
_FEW_WORDS = 6
_LIKE_LENGTH = 1.6
_NEW_NUMBERS = 4
_RESTATED = 2
_NUMBER_SHARE = 0.08
_NEW_RESULTS = 0.75


class Wording:
    """What an answer says, as it is compared with others."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = words(text)
        self.hashes = [hash(word) for word in self.words]

    @cached_property
    def runs(self) -> frozenset[int]:
        """Return the runs of four words, as hashes; of a shorter text the whole."""
        found = self.hashes
        last = max(1, len(found) - _RUN + 1)
        return frozenset(hash(tuple(found[at : at + _RUN])) for at in range(last))

    @cached_property
    def distinct(self) -> frozenset[str]:
        """Return its words, each once."""
        return frozenset(self.words)

    @cached_property
    def counts(self) -> Counter[str]:
        """Return how often each word stands in it."""
        return Counter(self.words)

    @cached_property
    def numbers(self) -> Counter[str]:
        """Return its numbers, and how often each is stated."""
        return Counter(word for word in self.words if word[0].isdigit())

    @cached_property
    def results(self) -> frozenset[str]:
        """Return the numbers that it comes to: each one that follows an equals sign."""
        return frozenset(_RESULT.findall(self.text))

    def is_like(self, other: "Wording") -> bool:
        """Return whether both say the same, but for words replaced, moved, left out or added."""
        fewer, more = sorted((len(self.words), len(other.words)))
        if fewer < _FEW_WORDS:
            return self.words == other.words
        least = _IN_COMMON * min(len(self.distinct), len(other.distinct))
        if len(self.distinct & other.distinct) < least:
            return False  # most are told apart here, at little cost
        extra = _SHORT_EXTRA * max(0.0, 1 - fewer / _SHORT_WORDS)
        shared_runs = len(self.runs & other.runs) / min(len(self.runs), len(other.runs))
        if shared_runs >= min(0.9, _IN_RUNS + extra):
            return True
        if more > _LIKE_LENGTH * fewer:
            return False
        in_order = LCSseq.similarity(self.hashes, other.hashes) / fewer
        return in_order >= _IN_ORDER + extra or self._bag(other) >= min(0.95, _IN_ANY_ORDER + extra)

    def says_the_same(self, other: "Wording") -> bool:
        """Return whether it is like another answer and works no other numbers than that one."""
        return not self.calculates_anew(other.numbers, other.results) and self.is_like(other)

    def calculates_anew(self, seen: Collection[str], results: frozenset[str] = frozenset()) -> bool:
        """Return whether it is a worked example of its own: it works with numbers not seen yet.

        A worked example states its inputs, uses them, and comes back to its result, and is full
        of them. A few numbers put beside an answer that was given before are none. Two examples on
        days that follow each other share most inputs: then nearly all that it comes to is new.
        """
        new = {number: times for number, times in self.numbers.items() if number not in seen}
        is_used = sum(times > 1 for times in new.values()) >= _RESTATED
        is_much = sum(self.numbers.values()) >= _NUMBER_SHARE * len(self.words)
        own = len(self.results - results)
        comes_to_others = bool(results) and own >= max(1, _NEW_RESULTS * len(self.results))
        least = 1 if comes_to_others else len(self.numbers) / 2
        return is_used and is_much and len(new) >= max(_NEW_NUMBERS, least)

    def _bag(self, other: "Wording") -> float:
        shared = sum((self.counts & other.counts).values())
        return 2 * shared / (len(self.words) + len(other.words))


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text in one spelling: no marks, invisible or look-alike letters."""
    if not text.isascii():
        spelled = unicodedata.normalize("NFKD", text).casefold()
        text = "".join(
            letter for letter in spelled if unicodedata.category(letter) not in ("Mn", "Cf")
        ).translate(_LOOK_ALIKE)
    return tuple(_WORD.findall(text.casefold()))
