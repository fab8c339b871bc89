"""What the rules make of planted pairs: recall by kind of edit, and false merges."""

from collections import defaultdict
from random import Random
from statistics import fmean
from typing import Any

import daft
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.core.ids import content_digest
from pipeline.core.memo import Memo
from pipeline.dedup.likeness import likeness
from pipeline.dedup.near_answers import is_near, shared_bands
from pipeline.dedup.plants import duplicates, traps
from pipeline.dedup.population import Ints
from pipeline.dedup.rules import MERGING, Evidence, Thresholds, ruling
from pipeline.dedup.signatures import MinHash, fingerprints, matrix
from pipeline.dedup.verify import similarities


def planted(
    pairs: daft.DataFrame, ids: pa.Array, *, count: int, shape: MinHash, at: Thresholds, memo: Memo
) -> dict[str, float]:
    """Return recall by kind of planted duplicate, and what became of the planted traps.

    ids are all pair_ids in ascending order. For `count` of them one duplicate and one trap are
    made and judged as any two pairs are, but for the vectors, which planted texts do not have, and
    for the limit of a bucket's size. Nothing of it gets into any output. Recall counts what is
    merged and what is put before a reviewer.
    """
    chosen = pa.table({"pair_id": _sample(ids, count, shape.seed)})
    judged = memo.rows(
        "planted",
        daft.from_arrow(chosen),
        lambda unseen: _judged(pairs, unseen, shape, at),
        **shape._asdict(),
        **at._asdict(),
    ).to_pydict()
    found: dict[str, list[str]] = defaultdict(list)
    for sort in ("duplicate", "trap"):
        for kind, outcome in zip(judged[sort], judged[f"{sort}_outcome"], strict=True):
            found[kind].append(outcome)
    recall = {kind: _share(found[kind], MERGING | {"review"}) for kind in duplicates()}
    made = [outcome for kind in duplicates() for outcome in found[kind]]
    caught = [outcome for kind in traps() for outcome in found[kind]]
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
    pairs: daft.DataFrame, chosen: daft.DataFrame, shape: MinHash, at: Thresholds
) -> daft.DataFrame:
    rows = pairs.select("pair_id", "question", "answer").join(chosen, on="pair_id").to_pydict()
    makers = (list(duplicates().items()), list(traps().items()))
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
    outcomes = _outcomes(texts, shape, at)
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


def _outcomes(texts: list[tuple[str, str]], shape: MinHash, at: Thresholds) -> list[str]:
    """Return what is done with each two texts that stand side by side."""
    ids = pa.array([f"{number:09d}" for number in range(len(texts))], pa.large_string())
    columns = {"pair_id": ids}
    for place, name in enumerate(("question", "answer")):
        columns[name] = pa.array([text[place] for text in texts], pa.large_string())
    made = daft.from_arrow(pa.table(columns))
    printed = fingerprints(made, shape).to_arrow().combine_chunks().sort_by("pair_id")
    ends = np.arange(len(texts), dtype=np.int64).reshape(-1, 2).T
    asked = _asked(printed, ends)
    found = likeness(
        daft.from_arrow(asked), ids, printed["question_plain"].combine_chunks(), made, at
    ).to_arrow()
    rows = [
        {**ours, **theirs}
        for ours, theirs in zip(asked.to_pylist(), found.to_pylist(), strict=True)
    ]
    met = _meet(printed, asked, ends)
    return [
        _outcome(row, at) if meet else "missed"
        for row, meet in zip(rows, met.tolist(), strict=True)
    ]


def _asked(printed: pa.Table, ends: Ints) -> pa.Table:
    keys = printed["question_key"].combine_chunks()
    plain, digests = (printed[name] for name in ("question_plain", "answer_digest"))
    return pa.table(
        {
            "two": pa.array([f"{left}" for left in ends[0]], pa.large_string()),
            "left": ends[0],
            "right": ends[1],
            "question_similarity": similarities(keys, ends, cutoff=0),
            "is_same_question": pc.equal(plain.take(ends[0]), plain.take(ends[1])),
            "is_same_answer": pc.equal(digests.take(ends[0]), digests.take(ends[1])),
            "is_like_length": np.ones(ends.shape[1], bool),
            "is_wide": np.zeros(ends.shape[1], bool),
            "is_named": np.zeros(ends.shape[1], bool),
            "is_answer_near": is_near(_shared(printed["answer_bands"], ends)),
        }
    )


def _meet(printed: pa.Table, asked: pa.Table, ends: Ints) -> Any:
    """Return which two texts are brought together: by a band, by one question or one answer."""
    ways = ("is_same_question", "is_same_answer", "is_answer_near")
    met = [np.asarray(asked[name]) for name in ways]
    return np.logical_or.reduce([*met, _shared(printed["bands"], ends) > 0])


def _shared(column: pa.ChunkedArray, ends: Ints) -> Ints:
    return shared_bands(matrix(column.combine_chunks()), ends)


def _outcome(row: dict[str, Any], at: Thresholds) -> str:
    seen = Evidence(
        row["left"],
        row["right"],
        row["is_same_question"],
        row["is_same_answer"],
        row["question_similarity"],
        row["answer_similarity"],
        None,
        tuple(row["guards"]),
        tuple(row["answer_guards"]),
    )
    found = ruling(seen, at)
    return "kept" if found is None or found.action == "keep" else found.action
