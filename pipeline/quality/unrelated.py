"""Answers, and parts of them, that share neither a word nor the sense of their question."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.core.stems import stem
from pipeline.core.text import excerpt
from pipeline.embedding.distilled import general
from pipeline.quality.measures import FEWEST_APART
from pipeline.quality.reading import Reading
from pipeline.quality.words import empty_words


class _Bounds(NamedTuple):
    """From when on words are apart: how many, how near to others, how much nearer to each other.

    inside and around are numbers of distinct content words, alike is the mean cosine of a word
    inside and one around at most, gain by how much that of two words inside is more at least.
    """

    inside: int
    around: int
    alike: float
    gain: float


_WHOLE = _Bounds(FEWEST_APART, 2, 0.03, 0.0)
_PART = _Bounds(FEWEST_APART, 5, 0.01, 0.03)
"""A third of answers to another subject's question are found, and none of 120 whole ones."""

_SCALE = 1024
_SHOWN_CHARS = 150


def unrelated(reading: Reading) -> str | None:
    """Return what an answer says of another subject than its question: all of it, or a part.

    What is unrelated shares no word with the question and with what stands around it, its words
    are no nearer to those than words picked by chance, and are nearer to each other. Where the
    words of the subject are listed, it says none. An answer in another language is other_language.

    Where no words of the subject are listed, nothing is: one in ten good answers of 220 characters
    says neither its subject nor a word near to it.
    """
    if not reading.subject.is_listed:
        return None
    for part in reading.parts_apart:
        inside, around = map(subject_words_of, reading.words_in(part))
        bounds = _WHOLE if part.is_whole else _PART
        if len(inside) < bounds.inside or len(around) < bounds.around:
            continue
        if not set(map(stem, inside)).isdisjoint(map(stem, around)):
            continue
        if not reading.subject.words.isdisjoint(inside):
            continue
        if _is_apart(inside, around, bounds) and not reading.is_foreign:
            return excerpt(reading.shown(part), _SHOWN_CHARS)
    return None


def _is_apart(inside: Sequence[str], around: Sequence[str], bounds: _Bounds) -> bool:
    """Return whether words are far from those around them, and nearer to each other."""
    own, others = _whole(inside), _whole(around)
    total, squared = own.sum(axis=0), _SCALE * _SCALE
    between = int(total @ others.sum(axis=0)) / (len(inside) * len(around) * squared)
    within = int(total @ total - (own * own).sum()) / (len(inside) * (len(inside) - 1) * squared)
    return between <= bounds.alike and within - between >= bounds.gain


def _whole(words: Iterable[str]) -> npt.NDArray[np.int64]:
    """Return the unit vectors of words in whole numbers, so that sums are the same everywhere."""
    return np.rint(general().word_vectors(list(words)) * _SCALE).astype(np.int64)


def subject_words_of(words: Iterable[str]) -> list[str]:
    """Return the distinct words that can name a subject, in order."""
    return [
        word for word in dict.fromkeys(words) if not word.isdecimal() and word not in empty_words()
    ]
