"""What the texts at the two ends of edges have in common, computed where it was not known yet."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import daft
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from daft import col

from pipeline.core.text_file import TextFile
from pipeline.dedup.answers import stored_answers
from pipeline.dedup.comparison.text_pairs import (
    answer_similarity,
    compare_answers,
    guards_on_questions,
)
from pipeline.dedup.entries import Flags, Ints, one_array
from pipeline.dedup.guards.lexicon import Lexicon
from pipeline.dedup.guards.phrases import speaks_of_substance
from pipeline.dedup.rules import Evidence, Thresholds, rule_on

Floats = npt.NDArray[np.float32]
Phrases = list[list[str]]

MEASURED = ("guards", "answer_similarity", "answer_guards")
"""The columns that measure adds to an edge."""

_AT_ONCE = 1 << 15  # pairs whose texts are in memory side by side
_PHRASES = pa.large_list(pa.large_string())


class KnownOfEdges(NamedTuple):
    """What is known of each edge before its texts are read: columns of the table of edges."""

    question_similarity: Floats
    is_same_question: Flags
    is_same_answer: Flags
    is_like_length: Flags  # of the answers
    is_vector_near: Flags
    is_answer_near: Flags
    is_reviewed: Flags

    def by_answer_alone(self, thresholds: Thresholds) -> Flags:
        """Return where likely near answers are the only thing that two entries have in common."""
        is_near = self.question_similarity >= thresholds.review
        other_ways = self.is_same_answer | self.is_vector_near | self.is_reviewed | is_near
        return np.asarray(self.is_answer_near & ~other_ways)


def known_of(edges: pa.Table) -> KnownOfEdges:
    """Return the columns of a table of edges that say what is known of them."""
    return KnownOfEdges(*(np.asarray(edges[name]) for name in KnownOfEdges._fields))


def measure(
    edges: daft.DataFrame,
    pair_ids: pa.Array,
    questions: pa.Array,
    pairs: daft.DataFrame,
    thresholds: Thresholds,
    known_words: Lexicon,
) -> daft.DataFrame:
    """Return for each of edges its guards, its answers' similarity and the answers' guards.

    edges has edge_key, left and right (positions in pair_ids and questions) and the fields of
    KnownOfEdges. Answers cost a hundred times what questions cost, so they are compared only
    where the question or the vectors leave a decision open, and those less alike than the
    threshold are given up early. How alike they are is measured all the same where a reviewer
    decides. Two entries that nothing but their answers brought together are the other way round:
    their questions matter only where the answers turn out to be alike.
    """
    table = edges.to_arrow()
    ends = np.stack([table[side].to_numpy() for side in ("left", "right")])
    known = known_of(table)
    by_answer = known.by_answer_alone(thresholds)
    guards: Phrases = [[] for _ in known.is_same_question]
    for some in _in_parts(np.flatnonzero(~known.is_same_question & ~by_answer)):
        _place(guards, some, _compared(questions, ends[:, some], guards_on_questions(known_words)))
    is_open = _left_open(known, guards, thresholds) & ~known.is_same_answer
    proposed = np.flatnonzero(is_open)
    proposed = proposed[
        known.is_reviewed[proposed] | _is_proposed(known, guards, proposed, thresholds)
    ]
    comparable = np.flatnonzero((is_open | by_answer) & known.is_like_length)

    entries = np.unique(ends[:, np.concatenate([comparable, proposed])])
    answers, places = _answers(pairs, pair_ids, entries)
    within = places[ends]
    similarity = np.where(known.is_same_answer, np.float32(100), np.float32(np.nan))
    answer_guards: Phrases = [[] for _ in guards]
    compare = compare_answers(thresholds.answer, known_words)
    for some in _in_parts(comparable):
        compared = _compared(answers, within[:, some], compare)
        similarity[some] = compared.field("similarity").to_numpy(zero_copy_only=False)
        _place(answer_guards, some, compared.field("guards"))
    for some in _in_parts(proposed[np.isnan(similarity[proposed])]):
        similarity[some] = _compared(answers, within[:, some], answer_similarity).to_numpy()
    for some in _in_parts(np.flatnonzero(by_answer & ~np.isnan(similarity))):
        _place(guards, some, _compared(questions, ends[:, some], guards_on_questions(known_words)))
    return daft.from_arrow(
        pa.table(
            {
                "edge_key": table["edge_key"],
                "guards": pa.array(guards, _PHRASES),
                "answer_similarity": pa.array(similarity, mask=np.isnan(similarity)),
                "answer_guards": pa.array(answer_guards, _PHRASES),
            }
        )
    )


def _place(phrases: Phrases, places: Ints, column: pa.Array) -> None:
    for place, spoken in zip(places.tolist(), column.to_pylist(), strict=True):
        phrases[place] = spoken


def _answers(pairs: daft.DataFrame, pair_ids: pa.Array, entries: Ints) -> tuple[TextFile, Ints]:
    """Return the verbatim answers of entries, and by pair_ids where each of them stands."""
    ids = pair_ids.take(pa.array(entries))
    order = pc.sort_indices(ids)
    places = np.zeros(len(pair_ids), np.int64)
    places[entries[order.to_numpy()]] = np.arange(len(entries))
    return stored_answers(pairs, ids.take(order)), places


def _left_open(known: KnownOfEdges, guards: Phrases, thresholds: Thresholds) -> Flags:
    """Return where the answers decide what follows."""
    is_silent = np.array([not phrases for phrases in guards], bool)
    is_wording = np.array([not any(map(speaks_of_substance, p)) for p in guards], bool)
    similarity = known.question_similarity
    nearly = is_silent & (similarity >= thresholds.review)
    worded = is_wording & (known.is_vector_near | (similarity >= thresholds.wording))
    is_near = similarity >= thresholds.fuzzy
    return np.asarray(is_near | nearly | worded | known.is_reviewed)


def _is_proposed(
    known: KnownOfEdges, guards: Phrases, places: Ints, thresholds: Thresholds
) -> Flags:
    """Return which of the places a rule puts before a reviewer, its answers being unlike."""
    columns = (known.is_same_question, known.question_similarity, known.is_vector_near)
    rulings = (
        rule_on(_with_unlike_answers(row, guards[place], thresholds), thresholds)
        for place, *row in zip(
            places.tolist(), *(column[places].tolist() for column in columns), strict=True
        )
    )
    return np.array([r is not None and r.action == "review" for r in rulings], bool)


def _with_unlike_answers(row: list[Any], guards: list[str], thresholds: Thresholds) -> Evidence:
    is_same_question, question_similarity, is_vector_near = row
    return Evidence(
        left=0,
        right=0,
        is_same_question=is_same_question,
        is_same_answer=False,
        question_similarity=question_similarity,
        answer_similarity=None,
        cosine=thresholds.cosine if is_vector_near else None,
        guards=tuple(guards),
    )


def _compared(texts: pa.Array | TextFile, ends: Ints, compare: Any) -> pa.Array:
    """Return compare(left, right) on the texts at both ends."""
    table = pa.table({"left": texts.take(ends[0]), "right": texts.take(ends[1])})
    compared = daft.from_arrow(table).select(compare(col("left"), col("right")).alias("compared"))
    return one_array(compared.to_arrow()["compared"])


def _in_parts(places: Ints) -> Iterator[Ints]:
    for start in range(0, len(places), _AT_ONCE):
        yield places[start : start + _AT_ONCE]
