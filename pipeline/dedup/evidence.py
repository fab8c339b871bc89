"""Everything measured on the entries that were brought together."""

from typing import Any, NamedTuple

import daft
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from daft import col

from pipeline.dedup.decisions import Decision
from pipeline.dedup.encounters import Encounters
from pipeline.dedup.guards import speaks_of_substance
from pipeline.dedup.population import Ints, Population
from pipeline.dedup.rules import Evidence, Thresholds
from pipeline.dedup.verify import (
    answer_keys,
    beside,
    similar,
    spoken_on_answers,
    spoken_on_questions,
)

Flags = npt.NDArray[np.bool_]
Two = tuple[int, int]


class Texts(NamedTuple):
    """The texts of the entries that are compared, each with its `entry`."""

    questions: daft.DataFrame  # entry, question_plain
    answers: daft.DataFrame  # entry, answer


def texts_of(
    fingerprints: daft.DataFrame, pairs: daft.DataFrame, people: Population, entries: Ints
) -> Texts:
    """Return the plain questions and the verbatim answers of some entries."""
    rows = pa.array(entries, pa.int64())
    named = daft.from_arrow(pa.table({"pair_id": people.pair_id.take(rows), "entry": rows}))
    asked = fingerprints.select("pair_id", "question_plain").join(named, on="pair_id")
    answered = pairs.select("pair_id", "answer").join(named, on="pair_id")
    return Texts(
        asked.select("entry", "question_plain").collect(),
        answered.select("entry", "answer").collect(),
    )


def evidence(met: Encounters, people: Population, texts: Texts, at: Thresholds) -> list[Evidence]:
    """Return what the questions and answers of all encounters have in common, in their order.

    Answers cost a hundred times what questions cost, so they are compared only where the question
    or the vectors leave a decision open, and answers less alike than the threshold are given up
    early: their similarity stays unknown.
    """
    is_same_question = people.question_id[met.left] == people.question_id[met.right]
    is_same_answer = people.answer_id[met.left] == people.answer_id[met.right]
    guards = _guards(_pairs(met, ~is_same_question), texts)
    wanted = _left_open(met, guards, at) & _may_be_alike(met, people, at.answer) & ~is_same_answer
    alike, answer_guards = _answers(_pairs(met, wanted), texts, at.answer)
    columns = (is_same_question, is_same_answer, met.question_similarity, met.cosine)
    found = []
    for two, *measured in zip(_twos(met), *(column.tolist() for column in columns), strict=True):
        same_question, same_answer, question_similarity, cosine = measured
        found.append(
            Evidence(
                left=two[0],
                right=two[1],
                is_same_question=same_question,
                is_same_answer=same_answer,
                question_similarity=question_similarity,
                answer_similarity=100.0 if same_answer else alike.get(two),
                cosine=None if np.isnan(cosine) else cosine,
                guards=guards.get(two, ()),
                answer_guards=answer_guards.get(two, ()),
            )
        )
    return found


def with_answers(decisions: list[Decision], texts: Texts) -> list[Decision]:
    """Return decisions with the exact similarity of the answers where it was given up early.

    Only what a reviewer decides or has decided needs the figure; elsewhere it is enough to know
    that it lies below the threshold.
    """
    asked = (d.seen for d in decisions if d.is_reviewers or d.ruling.action == "review")
    unknown = [seen for seen in asked if seen and seen.answer_similarity is None]
    ends = np.array([seen[:2] for seen in unknown], np.int64).reshape(-1, 2).T
    pairs = daft.from_arrow(pa.table({"left": ends[0], "right": ends[1]}))
    known = _by_two(similar(pairs, _answer_keys(ends, texts), cutoff=0), "similarity")
    return [
        d._replace(seen=d.seen._replace(answer_similarity=known[d.seen[:2]]))
        if d.seen and d.seen[:2] in known
        else d
        for d in decisions
    ]


def _guards(pairs: daft.DataFrame, texts: Texts) -> dict[Two, tuple[str, ...]]:
    spoken = spoken_on_questions(col("left_value"), col("right_value"))
    asked = beside(pairs, texts.questions).select("left", "right", spoken.alias("guards"))
    return {two: tuple(phrases) for two, phrases in _by_two(asked, "guards").items()}


def _left_open(met: Encounters, guards: dict[Two, tuple[str, ...]], at: Thresholds) -> Flags:
    """Return where the answers decide what follows."""
    spoken = [guards.get(two, ()) for two in _twos(met)]
    is_silent = np.array([not phrases for phrases in spoken], bool)
    is_wording = np.array([not any(map(speaks_of_substance, p)) for p in spoken], bool)
    near = met.question_similarity >= at.fuzzy
    nearly = is_silent & (met.question_similarity >= at.review)
    wide = is_wording & (met.cosine >= at.cosine)
    return np.asarray(near | nearly | wide | met.is_named)


def _may_be_alike(met: Encounters, people: Population, cutoff: float) -> Flags:
    """Return where the lengths of the answers allow a similarity of cutoff.

    Two texts of n and m characters have at most min(n, m) in common, so their ratio is at most
    200 min / (n + m).
    """
    first, second = people.answer_chars[met.left], people.answer_chars[met.right]
    total = np.maximum(first + second, 1)
    return np.asarray(200 * np.minimum(first, second) >= cutoff * total)


def _answers(
    pairs: daft.DataFrame, texts: Texts, cutoff: float
) -> tuple[dict[Two, float], dict[Two, tuple[str, ...]]]:
    """Return the similarity of answers at or above cutoff, and what the guards say of those."""
    table = pairs.to_arrow()
    ends = np.stack([table["left"].to_numpy(), table["right"].to_numpy()])
    alike = similar(pairs, _answer_keys(ends, texts), cutoff=cutoff).collect()
    spoken = spoken_on_answers(1 - cutoff / 100)(col("left_value"), col("right_value"))
    guarded = beside(alike.select("left", "right"), texts.answers)
    guarded = guarded.select("left", "right", spoken.alias("guards"))
    guards = {two: tuple(phrases) for two, phrases in _by_two(guarded, "guards").items()}
    return _by_two(alike, "similarity"), guards


def _answer_keys(ends: Ints, texts: Texts) -> daft.DataFrame:
    wanted = daft.from_arrow(pa.table({"entry": np.unique(ends)}))
    keyed = texts.answers.join(wanted, on="entry")
    return keyed.select("entry", answer_keys(col("answer")).alias("answer_key")).collect()


def _pairs(met: Encounters, chosen: Flags) -> daft.DataFrame:
    return daft.from_arrow(pa.table({"left": met.left[chosen], "right": met.right[chosen]}))


def _twos(met: Encounters) -> list[Two]:
    return list(zip(met.left.tolist(), met.right.tolist(), strict=True))


def _by_two(measured: daft.DataFrame, column: str) -> dict[Two, Any]:
    table = measured.select("left", "right", column).to_arrow()
    twos = zip(table["left"].to_pylist(), table["right"].to_pylist(), strict=True)
    return dict(zip(twos, table[column].to_pylist(), strict=True))
