"""What the rules make of planted pairs: recall by kind of edit, and false merges."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from random import Random
from statistics import fmean
from typing import Any

import daft
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.core.ids import content_digest
from pipeline.core.memo import Memo
from pipeline.dedup.candidates.fingerprints import MinHash, fingerprints, matrix
from pipeline.dedup.candidates.near_answers import is_near, shared_bands
from pipeline.dedup.comparison.measuring import measure
from pipeline.dedup.entries import Flags, Ints
from pipeline.dedup.guards.lexicon import Lexicon
from pipeline.dedup.likeness.token_sort import key_similarities
from pipeline.dedup.planted.plants import duplicates, traps
from pipeline.dedup.rules import MERGING, Evidence, Thresholds, rule_on

Floats = npt.NDArray[np.float32]
Encode = Callable[[Sequence[str], Sequence[str]], tuple[Floats, Floats]]
"""Gives two vectors for each question and its answer, of the question and of both, unit rows."""


def judge_planted(
    pairs: daft.DataFrame,
    ids: pa.Array,
    *,
    count: int,
    shape: MinHash,
    thresholds: Thresholds,
    known_words: Lexicon,
    encode: Encode,
    space: str,
    memo: Memo,
) -> dict[str, float]:
    """Return recall by kind of planted duplicate, and what became of the planted traps.

    ids are all pair_ids in ascending order. For `count` of them one duplicate and one trap are
    made and judged as any two pairs are, but for the limit of a bucket's size. encode gives the
    unit vectors of questions and documents, in the space that is named. Nothing of it gets into
    any output. Recall counts what is merged and what is put before a reviewer.
    """
    chosen = pa.table({"pair_id": _sample(ids, count, shape.seed)})
    judged = memo.rows(
        "planted",
        daft.from_arrow(chosen),
        lambda unseen: _judged(pairs, unseen, shape, thresholds, known_words, encode),
        lexicon=known_words.digest,
        space=space,
        **shape._asdict(),
        **thresholds._asdict(),
    ).to_pydict()
    outcomes: dict[str, list[str]] = defaultdict(list)
    for sort in ("duplicate", "trap"):
        for kind, outcome in zip(judged[sort], judged[f"{sort}_outcome"], strict=True):
            outcomes[kind].append(outcome)
    recall = {
        kind: _share(outcomes[kind], MERGING | {"review"}) for kind in duplicates(known_words)
    }
    made = [outcome for kind in duplicates(known_words) for outcome in outcomes[kind]]
    caught = [outcome for kind in traps(known_words) for outcome in outcomes[kind]]
    return {
        "planted_pairs": len(made),
        **{f"planted_recall_{kind}": share for kind, share in recall.items()},
        "planted_merged_by_rule": _share(made, MERGING),
        "planted_traps": len(caught),
        "planted_traps_proposed": caught.count("review"),
        "planted_false_merges": sum(outcome in MERGING for outcome in caught),
    }


def _share(outcomes: list[str], wanted: frozenset[str]) -> float:
    return round(fmean(outcome in wanted for outcome in outcomes), 4) if outcomes else 0.0


def _sample(ids: pa.Array, count: int, seed: int) -> pa.Array:
    """Return count ids from a drawn one on: hashes as they are, they need no other dice.

    More pairs change few of the sample, so that what was judged once stays judged.
    """
    start = pc.sum(pc.less(ids, content_digest(str(seed).encode()))).as_py() or 0
    places = (start + np.arange(min(count, len(ids)))) % max(1, len(ids))
    return ids.take(pa.array(places))


def _judged(
    pairs: daft.DataFrame,
    chosen: daft.DataFrame,
    shape: MinHash,
    thresholds: Thresholds,
    known_words: Lexicon,
    encode: Encode,
) -> daft.DataFrame:
    rows = pairs.select("pair_id", "question", "answer").join(chosen, on="pair_id").to_pydict()
    makers = (list(duplicates(known_words).items()), list(traps(known_words).items()))
    texts: list[tuple[str, str]] = []
    kinds: tuple[list[str], list[str]] = ([], [])
    for pair_id, question, answer in zip(
        rows["pair_id"], rows["question"], rows["answer"], strict=True
    ):
        random = Random(f"{shape.seed} {pair_id}")  # noqa: S311 - drawn to be repeated
        pair = (question, answer)
        kind, duplicate = makers[0][random.randrange(len(makers[0]))]
        texts += [pair, duplicate(pair, random)]
        kinds[0].append(kind)
        kind, trap = makers[1][random.randrange(len(makers[1]))]
        texts += trap(pair, random)
        kinds[1].append(kind)
    outcomes = _outcomes(texts, shape, thresholds, known_words, encode)
    columns = {
        "pair_id": rows["pair_id"],
        "duplicate": kinds[0],
        "duplicate_outcome": outcomes[0::2],
        "trap": kinds[1],
        "trap_outcome": outcomes[1::2],
    }
    return daft.from_arrow(
        pa.table({name: pa.array(values, pa.large_string()) for name, values in columns.items()})
    )


def _outcomes(
    texts: list[tuple[str, str]],
    shape: MinHash,
    thresholds: Thresholds,
    known_words: Lexicon,
    encode: Encode,
) -> list[str]:
    """Return what is done with each two texts that stand side by side."""
    ids = pa.array([f"{number:09d}" for number in range(len(texts))], pa.large_string())
    columns = {"pair_id": ids}
    for place, name in enumerate(("question", "answer")):
        columns[name] = pa.array([text[place] for text in texts], pa.large_string())
    made = daft.from_arrow(pa.table(columns))
    table = fingerprints(made, shape).to_arrow().combine_chunks().sort_by("pair_id")
    ends = np.arange(len(texts), dtype=np.int64).reshape(-1, 2).T
    vectors = encode(*map(list, zip(*texts, strict=True))) if texts else ()
    edges = _edges(table, ends, _cosines(vectors, ends), thresholds)
    questions = table["question_plain"].combine_chunks()
    table_of_edges = daft.from_arrow(edges)
    measured = measure(table_of_edges, ids, questions, made, thresholds, known_words).to_arrow()
    rows = [
        {**ours, **theirs}
        for ours, theirs in zip(edges.to_pylist(), measured.to_pylist(), strict=True)
    ]
    return [
        _outcome(row, thresholds) if is_candidate else "missed"
        for row, is_candidate in zip(rows, _are_candidates(table, edges, ends), strict=True)
    ]


def _cosines(vectors: Sequence[Floats], ends: Ints) -> pa.Array:
    """Return the mean of the cosines of the vectors at both ends, of questions and documents."""
    by_role = (
        np.einsum("ij,ij->i", rows[ends[0]].astype(np.float64), rows[ends[1]]) for rows in vectors
    )
    return pa.array((sum(by_role, np.zeros(ends.shape[1])) / 2).round(6))


def _edges(table: pa.Table, ends: Ints, cosine: pa.Array, thresholds: Thresholds) -> pa.Table:
    """Return the edges between the texts at both ends, as measure takes them."""
    keys = table["question_key"].combine_chunks()
    plain, digests = (table[name] for name in ("question_plain", "answer_digest"))
    return pa.table(
        {
            "edge_key": pa.array([f"{left}" for left in ends[0]], pa.large_string()),
            "left": ends[0],
            "right": ends[1],
            "question_similarity": key_similarities(keys, ends, cutoff=0),
            "is_same_question": pc.equal(plain.take(ends[0]), plain.take(ends[1])),
            "is_same_answer": pc.equal(digests.take(ends[0]), digests.take(ends[1])),
            "is_like_length": np.ones(ends.shape[1], bool),
            "cosine": cosine,
            "is_vector_near": pc.greater_equal(cosine, thresholds.cosine),
            "is_reviewed": np.zeros(ends.shape[1], bool),
            "is_answer_near": is_near(_shared(table["answer_bands"], ends)),
        }
    )


def _are_candidates(table: pa.Table, edges: pa.Table, ends: Ints) -> Flags:
    """Return which two texts come together: by a band, a vector, one question or one answer."""
    names = ("is_same_question", "is_same_answer", "is_answer_near", "is_vector_near")
    ways = [np.asarray(edges[name]) for name in names]
    return np.asarray(np.logical_or.reduce([*ways, _shared(table["bands"], ends) > 0]))


def _shared(column: pa.ChunkedArray, ends: Ints) -> Ints:
    return shared_bands(matrix(column.combine_chunks()), ends)


def _outcome(row: dict[str, Any], thresholds: Thresholds) -> str:
    evidence = Evidence(
        row["left"],
        row["right"],
        is_same_question=row["is_same_question"],
        is_same_answer=row["is_same_answer"],
        question_similarity=row["question_similarity"],
        answer_similarity=row["answer_similarity"],
        cosine=row["cosine"] if row["is_vector_near"] else None,
        guards=tuple(row["guards"]),
        answer_guards=tuple(row["answer_guards"]),
    )
    ruling = rule_on(evidence, thresholds)
    return "kept" if ruling is None or ruling.action == "keep" else ruling.action
