"""Proof that splits do not leak: an exhaustive search for twins across them.

Deduplication finds twins by signatures, which may miss some. This search trusts no signature: two
questions that no guard tells apart have one meaning (meaning.py), so all that have one are
compared with one another, and nothing that could be a twin is left out. A property test holds it
to the comparison of every two pairs.
"""

from collections.abc import Iterator
from itertools import combinations, product
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import fuzz, process

from pipeline.dedup.guards.lexicon import Lexicon
from pipeline.dedup.guards.question_guards import question_guards, question_words
from pipeline.dedup.text import sorted_key

_AT_ONCE = 512

Asking = dict[str, list[str]]
"""The words of a question -> the pair_ids that ask it."""


class Leak(NamedTuple):
    """Two pairs of two splits that say the same."""

    pair_ids: tuple[str, str]  # sorted
    kind: str  # same_question | same_answer
    question_similarity: float | None  # token-sort, 0-100


class LeakSearch(NamedTuple):
    """The leaks, and how many questions of two splits were compared for it."""

    leaks: list[Leak]
    comparisons: int


def find_leaks(
    texts: pa.Table, *, threshold: float, apart: frozenset[tuple[str, str]], known: Lexicon
) -> LeakSearch:
    """Return the twins across splits among texts.

    texts has pair_id, split, question_plain (its words in order), meaning and answer_digest.
    Twins are two pairs whose questions are at least threshold (0-100) alike in token-sort
    similarity and that no guard tells apart, unless a reviewer keeps them apart (two pair_ids,
    sorted), and two with the same answer.
    """
    leaks: dict[tuple[str, str], Leak] = {}
    comparisons = 0
    for by_split in _shared_meanings(texts):
        for ours, theirs in combinations(by_split, 2):
            comparisons += len(ours) * len(theirs)
            near = _near(ours, theirs, threshold, known)
            leaks |= {leak.pair_ids: leak for leak in near if leak.pair_ids not in apart}
    leaks |= {leak.pair_ids: leak for leak in _same_answers(texts)}
    return LeakSearch([leaks[ids] for ids in sorted(leaks)], comparisons)


def _shared_meanings(texts: pa.Table) -> Iterator[list[Asking]]:
    """Yield for each meaning that lies in several splits who asks what, split by split."""
    some = _in_several_splits(texts, "meaning")
    columns = some.select(["meaning", "split", "question_plain", "pair_id"]).to_pydict()
    meanings: dict[str, dict[str, Asking]] = {}
    for meaning, split, plain, pair_id in zip(*columns.values(), strict=True):
        asking = meanings.setdefault(meaning, {}).setdefault(split, {})
        asking.setdefault(plain, []).append(pair_id)
    for by_split in meanings.values():
        yield list(by_split.values())


def _near(ours: Asking, theirs: Asking, threshold: float, known: Lexicon) -> Iterator[Leak]:
    sides = list(ours), list(theirs)
    keys = [[sorted_key(plain.split(" ")) for plain in side] for side in sides]
    for start in range(0, len(ours), _AT_ONCE):
        ratios = process.cdist(
            keys[0][start : start + _AT_ONCE], keys[1], scorer=fuzz.ratio, dtype=np.float32
        )
        for row, column in np.argwhere(ratios >= threshold).tolist():
            one, other = sides[0][start + row], sides[1][column]
            if not question_guards(question_words(one, known), question_words(other, known)):
                for two in product(ours[one], theirs[other]):
                    first, second = sorted(two)
                    similarity = round(float(ratios[row, column]), 4)
                    yield Leak((first, second), "same_question", similarity)


def _same_answers(texts: pa.Table) -> Iterator[Leak]:
    """Yield each pair with the first one of another split that has the same answer."""
    first: dict[tuple[str, str], str] = {}
    some = _in_several_splits(texts, "answer_digest").sort_by("pair_id")
    columns = some.select(["answer_digest", "split", "pair_id"]).to_pydict()
    splits = sorted(set(columns["split"]))
    for digest, split, pair_id in zip(*columns.values(), strict=True):
        for other in splits:
            if other != split and (digest, other) in first:
                yield Leak((first[digest, other], pair_id), "same_answer", None)
        first.setdefault((digest, split), pair_id)


def _in_several_splits(texts: pa.Table, name: str) -> pa.Table:
    """Return the rows whose value in the named column stands in several splits."""
    spread = texts.group_by(name).aggregate([("split", "count_distinct")])
    several = spread.filter(pc.greater(spread["split_count_distinct"], 1))[name]
    return texts.filter(pc.is_in(texts[name], several.combine_chunks()))
