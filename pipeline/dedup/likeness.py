"""What two pairs' texts have in common, computed where it was not known yet."""

from collections.abc import Iterator
from typing import Any

import daft
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from daft import col

from pipeline.dedup.guards import speaks_of_substance
from pipeline.dedup.population import Ints, one_array
from pipeline.dedup.rules import Evidence, Thresholds, ruling
from pipeline.dedup.verify import answer_likeness, answers_compared, spoken_on_questions

Floats = npt.NDArray[np.float32]
Phrases = list[list[str]]

_AT_ONCE = 1 << 15  # pairs whose texts are in memory side by side
_PHRASES = pa.large_list(pa.large_string())


def likeness(
    asked: daft.DataFrame,
    pair_ids: pa.Array,
    questions: pa.Array,
    pairs: daft.DataFrame,
    at: Thresholds,
) -> daft.DataFrame:
    """Return for each row of asked its guards, its answers' similarity and the answers' guards.

    asked has two (its key), left and right (positions in pair_ids and questions) and what is
    known without the texts. Answers cost a hundred times what questions cost, so they are
    compared only where the question or the vectors leave a decision open, and those less alike
    than the threshold are given up early. How alike they are is told all the same where a
    reviewer decides. Two entries that nothing but their answers brought together are the other
    way round: their questions matter only where the answers turn out to be alike.
    """
    table = asked.to_arrow()
    ends = np.stack([table[side].to_numpy() for side in ("left", "right")])
    flags = ("is_same_question", "is_same_answer", "is_named", "is_like_length")
    same_question, same_answer, named, like_length = (np.asarray(table[name]) for name in flags)
    by_answer = by_answer_alone(table, at)
    guards: Phrases = [[] for _ in same_question]
    for some in _in_parts(np.flatnonzero(~same_question & ~by_answer)):
        _place(guards, some, _beside(questions, ends[:, some], spoken_on_questions))
    wanted = _left_open(table, guards, at) & ~same_answer
    proposed = np.flatnonzero(wanted)
    proposed = proposed[named[proposed] | _is_proposed(table, guards, proposed, at)]
    comparable = np.flatnonzero((wanted | by_answer) & like_length)

    entries = np.unique(ends[:, np.concatenate([comparable, proposed])])
    answers = _answers(pairs, pair_ids, entries)
    within = np.searchsorted(entries, ends)
    similarity = np.where(same_answer, np.float32(100), np.float32(np.nan))
    answer_guards: Phrases = [[] for _ in guards]
    for some in _in_parts(comparable):
        compared = _beside(answers, within[:, some], answers_compared(at.answer))
        similarity[some] = compared.field("similarity").to_numpy(zero_copy_only=False)
        _place(answer_guards, some, compared.field("guards"))
    for some in _in_parts(proposed[np.isnan(similarity[proposed])]):
        similarity[some] = _beside(answers, within[:, some], answer_likeness).to_numpy()
    for some in _in_parts(np.flatnonzero(by_answer & ~np.isnan(similarity))):
        _place(guards, some, _beside(questions, ends[:, some], spoken_on_questions))
    return daft.from_arrow(
        pa.table(
            {
                "two": table["two"],
                "guards": pa.array(guards, _PHRASES),
                "answer_similarity": pa.array(similarity, mask=np.isnan(similarity)),
                "answer_guards": pa.array(answer_guards, _PHRASES),
            }
        )
    )


def _place(phrases: Phrases, places: Ints, spoken: pa.Array) -> None:
    for place, said in zip(places.tolist(), spoken.to_pylist(), strict=True):
        phrases[place] = said


def _answers(pairs: daft.DataFrame, pair_ids: pa.Array, entries: Ints) -> pa.Array:
    """Return the verbatim answers of entries, in their order."""
    wanted = {"pair_id": pair_ids.take(pa.array(entries)), "place": np.arange(len(entries))}
    found = pairs.select("pair_id", "answer").join(daft.from_arrow(pa.table(wanted)), on="pair_id")
    table = found.select("place", "answer").to_arrow()
    return one_array(table["answer"]).take(pc.sort_indices(table["place"]))


def by_answer_alone(table: pa.Table, at: Thresholds) -> npt.NDArray[np.bool_]:
    """Return where likely near answers are the only thing that two entries have in common."""
    flags = ("is_answer_near", "is_same_answer", "is_wide", "is_named")
    answer_near, same_answer, wide, named = (np.asarray(table[name]) for name in flags)
    is_near = np.asarray(table["question_similarity"]) >= at.review
    return np.asarray(answer_near & ~(same_answer | wide | named | is_near))


def _left_open(table: pa.Table, guards: Phrases, at: Thresholds) -> npt.NDArray[np.bool_]:
    """Return where the answers decide what follows."""
    is_silent = np.array([not phrases for phrases in guards], bool)
    is_wording = np.array([not any(map(speaks_of_substance, p)) for p in guards], bool)
    flags = ("question_similarity", "is_wide", "is_named")
    similarity, wide, named = (np.asarray(table[name]) for name in flags)
    nearly = is_silent & (similarity >= at.review)
    worded = is_wording & (wide | (similarity >= at.wording))
    return np.asarray((similarity >= at.fuzzy) | nearly | worded | named)


def _is_proposed(
    table: pa.Table, guards: Phrases, places: Ints, at: Thresholds
) -> npt.NDArray[np.bool_]:
    """Return which of the places a rule puts before a reviewer, its answers being unlike."""
    names = ("is_same_question", "question_similarity", "is_wide")
    columns = (table[name].take(pa.array(places)).to_pylist() for name in names)
    found = (
        ruling(_unlike(row, guards[place], at), at)
        for place, *row in zip(places.tolist(), *columns, strict=True)
    )
    return np.array([said is not None and said.action == "review" for said in found], bool)


def _unlike(row: list[Any], guards: list[str], at: Thresholds) -> Evidence:
    is_same_question, question_similarity, is_wide = row
    return Evidence(
        left=0,
        right=0,
        is_same_question=is_same_question,
        is_same_answer=False,
        question_similarity=question_similarity,
        answer_similarity=None,
        cosine=at.cosine if is_wide else None,
        guards=tuple(guards),
    )


def _beside(texts: pa.Array, ends: Ints, compare: Any) -> pa.Array:
    """Return compare(left, right) on the texts at both ends."""
    table = pa.table({"left": texts.take(ends[0]), "right": texts.take(ends[1])})
    compared = daft.from_arrow(table).select(compare(col("left"), col("right")).alias("compared"))
    return one_array(compared.to_arrow()["compared"])


def _in_parts(places: Ints) -> Iterator[Ints]:
    for start in range(0, len(places), _AT_ONCE):
        yield places[start : start + _AT_ONCE]
