"""Whether answers stand under the questions that they answer, by the evidence of a whole batch.

One answer need not take up a word of its question. Twenty do prefer their own questions to those
of the others, and their ends go with their own beginnings: where they do so no more than chance
has it, or find each other across the batch, answers were moved or put together from several.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.embedding.distilled import general
from pipeline.faucet.gates.likeness import words

Matrix = npt.NDArray[np.float64]
Asked = tuple[str, str, str]
"""A pair's id, its question and its answer."""

_COMMON_QUESTION_SHARE = 0.25
_SPECIFIC_WORDS = 3
_TAKEN_UP = 0.75
_SMALL_WORD_CHARS = 3

_MOST_AT_ONCE = 30
_FEWEST = 12
_FEWEST_PARTED = 16
_USUAL = 20
_PART_WORDS = 3
_TELLING_WORDS = 2
_END_SHARE = 0.4
_LEAST = 0.8
_LEAST_A_PAIR = 0.015
_LEAST_PARTED = 0.66
_OTHERS_SHARE = 0.3
_CLEAR_SHARE = 0.7
_CLEAR_TIMES = 8
_DIGITS = 6
_SENTENCE_END = re.compile(r"(?<=[.!?:;])\s+|\n+")


class Fit(NamedTuple):
    """How a batch's texts and what they should follow from find each other.

    rank is the mean share of the others that the own one is nearer than (0.5 by chance), own the
    places at which both are nearest to each other, others how many are so to another's.
    """

    rank: float
    own: frozenset[int]
    others: int
    pairs: int

    @property
    def preference(self) -> float:
        """Return rank and the share of own in all that find each other: about 0.5 by chance.

        Of 31 honest sets of twenty the lowest has 0.86; moved by one they have 0.40 to 0.75.
        """
        return self.rank + len(self.own) / max(1, len(self.own) + self.others)

    def is_of_others(self, least: float) -> bool:
        """Return whether texts go with others' rather than their own; fewer pairs prove less."""
        least -= _LEAST_A_PAIR * max(0, _USUAL - self.pairs)
        if self.others < _OTHERS_SHARE * self.pairs:
            return False
        is_clear = self.others >= max(_CLEAR_SHARE * self.pairs, _CLEAR_TIMES * len(self.own))
        return is_clear or self.preference < least


def misplaced(pairs: Sequence[Asked]) -> dict[str, str]:
    """Return by its id why a pair's answer is not its question's: other_question or patched.

    pairs in the order of their delivery. Each by itself is other_question where it takes up nothing
    of what its question asks and another answer does. Batches of up to 30 are judged as a whole
    from 12 pairs of some words on, and then all of a batch are what it is, but for those that
    beyond doubt are nearest to their own.
    """
    found = dict.fromkeys(_astray(pairs), "other_question")
    parts = math.ceil(len(pairs) / _MOST_AT_ONCE)
    for part in range(parts):
        batch = pairs[part * len(pairs) // parts : (part + 1) * len(pairs) // parts]
        found |= {key: reason for key, reason in _of_batch(batch).items() if key not in found}
    return found


def _of_batch(batch: Sequence[Asked]) -> dict[str, str]:
    worded = [one for one in batch if len(words(one[2])) > _PART_WORDS]
    if len(worded) < _FEWEST:
        return {}
    whole = fit([one[1] for one in worded], [one[2] for one in worded])
    if whole.is_of_others(_LEAST):
        return _struck(worded, whole, "other_question")
    for cut in (_ends, _every_other):
        parts = _telling(list(_cut(worded, cut)))
        if len(parts) < _FEWEST_PARTED:
            continue
        found = fit([f"{one[1]} {begun}" for one, begun, _ in parts], [rest for *_, rest in parts])
        if found.is_of_others(_LEAST_PARTED):
            return _struck([one for one, *_ in parts], found, "patched")
    return {}


def _struck(batch: Sequence[Asked], found: Fit, reason: str) -> dict[str, str]:
    return {one[0]: reason for place, one in enumerate(batch) if place not in found.own}


def fit(asked: Sequence[str], answered: Sequence[str]) -> Fit:
    """Return how texts find what they follow from: by words that few others have, and by sense."""
    near = _centred(_by_words(asked, answered)) + _centred(_by_sense(asked, answered))
    near = np.round(near, _DIGITS)  # so that no sum's last bit decides
    own = near.diagonal()
    is_mutual = (near >= near.max(axis=1, keepdims=True)) & (near >= near.max(axis=0))
    is_better = is_mutual & (near > own[:, None]) & (near > own[None, :])
    ranks = [_rank(line, place) for m in (near, near.T) for place, line in enumerate(m)]
    return Fit(
        float(np.mean(ranks)),
        frozenset(np.flatnonzero(is_mutual.diagonal()).tolist()),
        int(is_better.any(axis=1).sum()),
        len(near),
    )


def _rank(line: Matrix, place: int) -> float:
    """Return the share of the others that are lower than the one at a place, equals by half."""
    lower, equal = (line < line[place]).sum(), (line == line[place]).sum() - 1
    return float((lower + equal / 2) / (len(line) - 1))


def _centred(near: Matrix) -> Matrix:
    """Return likeness in which no row and no column is nearer to all others, of like spread."""
    spread = near.std() or 1.0
    rows, columns = near.mean(axis=1, keepdims=True), near.mean(axis=0, keepdims=True)
    centred: Matrix = (near - rows - columns + near.mean()) / spread
    return centred


def _by_words(asked: Sequence[str], answered: Sequence[str]) -> Matrix:
    stems = [[_content(text) for text in texts] for texts in (asked, answered)]
    spread = Counter(word for pair in zip(*stems, strict=True) for word in frozenset().union(*pair))
    place = {word: at for at, word in enumerate(sorted(spread))}
    weight = np.array([math.log((len(asked) + 1) / spread[word]) for word in place])
    questions, answers = (_unit(_has(texts, place) * weight) for texts in stems)
    return answers @ questions.T


def _has(texts: Sequence[frozenset[str]], place: dict[str, int]) -> Matrix:
    found = np.zeros((len(texts), len(place)))
    for line, text in zip(found, texts, strict=True):
        line[[place[word] for word in text]] = 1
    return found


def _by_sense(asked: Sequence[str], answered: Sequence[str]) -> Matrix:
    encoder = general()
    questions = encoder.encode(asked, "question").astype(np.float64)
    answers = encoder.encode(answered, "document").astype(np.float64)
    return _unit(answers - answers.mean(axis=0)) @ _unit(questions - questions.mean(axis=0)).T


def _unit(rows: Matrix) -> Matrix:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Matrix = rows / np.where(lengths == 0, 1, lengths)
    return unit


def _cut(
    batch: Iterable[Asked], cut: Callable[[list[str]], tuple[str, str]]
) -> Iterator[tuple[Asked, str, str]]:
    """Yield the pairs whose answers have two parts of some words, with both."""
    for one in batch:
        sentences = [part for part in _SENTENCE_END.split(one[2]) if part.strip()]
        first, rest = cut(sentences)
        if min(len(words(first)), len(words(rest))) >= _PART_WORDS:
            yield one, first, rest


def _telling(parts: list[tuple[Asked, str, str]]) -> list[tuple[Asked, str, str]]:
    """Return the parts whose rest has words that few others have: one form for all tells none."""
    rests = [_content(rest) for *_, rest in parts]
    spread = Counter(word for rest in rests for word in rest)
    most = max(2, _COMMON_QUESTION_SHARE * len(parts))
    return [
        part
        for part, rest in zip(parts, rests, strict=True)
        if sum(spread[word] <= most for word in rest) >= _TELLING_WORDS
    ]


def _every_other(sentences: list[str]) -> tuple[str, str]:
    return " ".join(sentences[::2]), " ".join(sentences[1::2])


def _ends(sentences: list[str]) -> tuple[str, str]:
    """Return how an answer begins and how it ends, without the fifth between them."""
    found = " ".join(sentences).split()
    side = round(_END_SHARE * len(found))
    return " ".join(found[:side]), " ".join(found[len(found) - side :])


def _astray(pairs: Sequence[Asked]) -> set[str]:
    """Return the pairs whose question is answered by another answer of the task, and not by theirs.

    Asked are the words that few of the task's questions have. An answer takes none of them up
    where another one takes up most.
    """
    asked = [_content(question) for _, question, _ in pairs]
    answered = [_content(answer) for *_, answer in pairs]
    spread = Counter(word for found in asked for word in found)
    most = max(2, _COMMON_QUESTION_SHARE * len(pairs))
    holders: dict[str, list[int]] = defaultdict(list)
    for place, found in enumerate(answered):
        for word in found:
            holders[word].append(place)
    astray = set()
    for (key, *_), words_asked, found in zip(pairs, asked, answered, strict=True):
        specific = [word for word in words_asked if spread[word] <= most]
        if len(specific) < _SPECIFIC_WORDS or not found.isdisjoint(specific):
            continue
        taken_up = Counter(place for word in specific for place in holders[word])
        if max(taken_up.values(), default=0) >= max(_SPECIFIC_WORDS, _TAKEN_UP * len(specific)):
            astray.add(key)
    return astray


def _content(text: str) -> frozenset[str]:
    """Return the longer words of a text and its numbers, by their first five letters."""
    return frozenset(
        word[:5] for word in set(words(text)) if word[0].isdigit() or len(word) > _SMALL_WORD_CHARS
    )
