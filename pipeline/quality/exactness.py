"""How exact an answer is: formulas, levels, readings, definitions, numbers, limits, cases."""

import re
from collections.abc import Callable

import numpy as np

from pipeline.quality.marks import BIT
from pipeline.quality.measures import Floats
from pipeline.quality.spoken import Ints, Mask
from pipeline.quality.substance import Bodies

_DEFINES = re.compile(
    r"""
    \b(?:is|are)\ (?:an?|the)\b | \brefers?\ to\b | \bstands?\ for\b | \bmeans?\b(?!\ of)
    | \bmeasures?\b | \bis\ (?:defined|calculated|computed|obtained|derived)\b | \bdefined\ as\b
    | \b(?:consists?|composed)\ of\b | \bequals\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_FORMULA = re.compile(
    r"[\w)\]}%]\s?[=≈]\s?(?!(?:True|False|None)\b)[\w(\\$-]|\b(?:divided|multiplied)\ by\b"
    r"|\bdivid(?:es?|ing)\b[^.\n]{0,60}\bby\b|[∑Σ√]|\s[\u00d7÷]\s"
)
_URL = re.compile(r"\S*(?:://|www\.)\S*")
_READING = re.compile(
    r"""
    \b(?:when|if)\b[^.\n]{0,80}\b(?:above|below|crosses|exceeds|rises|falls|high|low|greater|less
        |increases|decreases)\b
    | \b(?:above|below|over|under)\s+[\d$€]
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LEVEL = re.compile(
    r"\b(?:above|below|exceeds?|(?:greater|less|higher|lower)\s+than)\s+(?:an?\s)?[-+$€]?\d"
    r"|[<>≥≤]\s?[-+$€]?\d",
    re.IGNORECASE,
)
_DEFINING_SENTENCES = 3
_ENOUGH_READINGS, _ENOUGH_SHARE = 4, 0.3
_WORTH = {
    "formulas": 0.45,
    "levels": 0.25,
    "readings": 0.1,
    "defines": 0.05,
    "numbers": 0.05,
    "limits": 0.05,
    "cases": 0.05,
}
"""What each is worth: a formula or a level can be checked, the others help."""


class Exactness:
    """What answers state exactly, each as a share of what is enough (0-1), by answer.

    One formula is enough, so is a level in numbers ("above 70"), a definition near the beginning,
    a limit, a case. Readings are conditions with a consequence ("when it crosses above 70, ..."):
    four are enough, or three in ten of a short answer's sentences. Numbers are a share of its
    sentences, so that more of the same earns nothing. A year alone is no number.
    """

    def __init__(self, bodies: Bodies) -> None:
        """Take the sentences that count."""
        self._bodies, self._spoken = bodies, bodies.pairs.spoken
        self._of_pair, self._of_sentence = bodies.sentences
        self._is_plain = bodies.pairs.is_plain[self._of_pair]

    def worth(self) -> Floats:
        """Return what is exact of each answer as one number (0-1)."""
        got = np.zeros(len(self._bodies.pairs))
        for name, worth in _WORTH.items():
            got += getattr(self, name)() * worth
        return np.minimum(1.0, got)

    def formulas(self) -> Mask:
        """Return whether each answer states a formula."""
        return self._any(
            self._says("divided") | ~self._is_plain | self._of_answers("="), _states_formula
        )

    def levels(self) -> Mask:
        """Return whether each answer states a level in numbers."""
        is_signed = ~self._is_plain | self._of_answers("<", ">")
        suspects = self._says("digit") & (self._says("level") | is_signed)
        return self._any(suspects, _LEVEL.search)

    def readings(self) -> Floats:
        """Return how far each answer states what follows from which condition."""
        is_priced = self._says("digit") | self._of_answers("$")
        wide = (self._says("when") & self._says("consequence")) | (
            self._says("position") & is_priced
        )
        suspects = np.flatnonzero(self._says("condition") & (wide | ~self._is_plain))
        found = [_READING.search(self._text(at)) is not None for at in suspects.tolist()]
        number = self._counted(suspects[np.array(found, np.bool_)])
        share = number / self._sentences() / _ENOUGH_SHARE
        return np.minimum(1.0, np.maximum(number / _ENOUGH_READINGS, share))

    def defines(self) -> Mask:
        """Return whether each answer defines something near its beginning."""
        place = self._of_sentence - self._bodies.first[self._of_pair]
        suspects = (place < _DEFINING_SENTENCES) & (self._says("defines") | ~self._is_plain)
        return self._any(suspects, _DEFINES.search)

    def numbers(self) -> Floats:
        """Return how far the sentences of each answer hold numbers behind their first word."""
        spoken = self._spoken
        words = np.flatnonzero((spoken.marks[spoken.word] & BIT["counts"]) != 0)
        sentence = spoken.word_sentence[words]
        counts = np.zeros(len(spoken.first_word), np.bool_)
        counts[sentence[words > spoken.first_word[sentence]]] = True
        number = self._counted(np.flatnonzero(counts[self._of_sentence] & self._says("digit")))
        return np.minimum(1.0, number / self._sentences() / _ENOUGH_SHARE)

    def limits(self) -> Mask:
        """Return whether each answer names a limit of what it tells."""
        return self._counted(np.flatnonzero(self._says("limits"))) > 0

    def cases(self) -> Mask:
        """Return whether each answer gives a case."""
        return self._counted(np.flatnonzero(self._says("cases"))) > 0

    def _sentences(self) -> Ints:
        number: Ints = np.maximum(1, self._bodies.number)
        return number

    def _says(self, mark: str) -> Mask:
        """Return whether each sentence of a body says a word of a mark."""
        says: Mask = (self._spoken.sentence_marks[self._of_sentence] & BIT[mark]) != 0
        return says

    def _of_answers(self, *signs: str) -> Mask:
        """Return whether each sentence is of an answer in which one of signs stands."""
        answers = self._bodies.pairs.answers
        held = [any(sign in answer for sign in signs) for answer in answers]
        return np.array(held, np.bool_)[self._of_pair]

    def _text(self, at: int) -> str:
        return self._spoken.sentence(self._of_sentence[at])

    def _counted(self, sentences: Ints) -> Ints:
        """Return how many of sentences each pair has."""
        return np.bincount(self._of_pair[sentences], minlength=len(self._bodies.pairs))

    def _any(self, suspects: Mask, states: Callable[[str], object]) -> Mask:
        """Return whether one of the suspect sentences of each pair states something."""
        found = np.zeros(len(self._bodies.pairs), np.bool_)
        places = np.flatnonzero(suspects)
        for at, pair in zip(places.tolist(), self._of_pair[places].tolist(), strict=True):
            if not found[pair] and states(self._text(at)):
                found[pair] = True
        return found


def _states_formula(text: str) -> bool:
    is_suspect = "=" in text or "divid" in text or "multiplied" in text or not text.isascii()
    if is_suspect and ("://" in text or "www." in text):
        text = _URL.sub("", text)
    return is_suspect and _FORMULA.search(text) is not None
