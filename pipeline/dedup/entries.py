"""The pairs that take part, as integers: ranked, and grouped by what they share."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_SCORE_STEP = 5.0
_BEST_FIRST = [
    ("is_doubted", "ascending"),
    ("step", "descending"),
    ("is_torn", "ascending"),
    ("is_repaired", "ascending"),
    ("score", "descending"),
    ("chars", "descending"),
    ("pair_id", "ascending"),
]


class Worth(NamedTuple):
    """What makes one of two pairs the better one, beside the rows of fingerprints."""

    score: pa.Array  # 0-100
    is_doubted: Flags  # not accepted so far
    is_repaired: Flags  # delivered with residue that was taken off


class Entries(NamedTuple):
    """One entry per pair that takes part, best first: entry 0 wins every cluster it is in."""

    pair_id: pa.Array
    text_key: pa.Array  # the pair and its texts as they are compared; what is remembered goes by it
    score: pa.Array
    row: Ints  # where the entry stands in the table of fingerprints
    question_id: Ints  # equal where question_plain is equal
    key_id: Ints  # equal where question_key is equal; ordered as the keys are
    answer_id: Ints  # equal where answer_digest is equal
    answer_chars: Ints  # of the plain answer
    keys: pa.Array  # question_key by key_id


def rank_entries(fingerprints: pa.Table, worth: Worth, left_out: pa.Array) -> Entries:
    """Return the pairs whose pair_id is not in left_out, the better ones first.

    Accepted pairs come before doubted ones, then those of a higher score. Scores within the same
    _SCORE_STEP tell nothing of two texts that nearly agree: among those a question with whole
    quotes and brackets comes first, and a text that was clean as delivered, then the exact score,
    the longer answer and the smaller pair_id, so that the order is total and owes nothing to the
    order of the rows.
    """
    step = np.floor(np.asarray(worth.score, np.float64) / _SCORE_STEP)
    table = pa.table(
        {
            "pair_id": fingerprints["pair_id"],
            "text_key": fingerprints["text_key"],
            "score": worth.score,
            "step": step,
            "is_doubted": worth.is_doubted.astype(np.int8),
            "is_torn": fingerprints["is_torn"].cast(pa.int8()),
            "is_repaired": worth.is_repaired.astype(np.int8),
            "chars": fingerprints["answer_plain_chars"],
            "row": np.arange(len(fingerprints), dtype=np.int64),
        }
    )
    table = table.filter(pc.invert(pc.is_in(table["pair_id"], left_out))).sort_by(_BEST_FIRST)
    rows = one_array(table["row"])
    key_id, keys = _ids(one_array(fingerprints["question_key"]).take(rows))
    return Entries(
        pair_id=one_array(table["pair_id"]),
        text_key=one_array(table["text_key"]),
        score=one_array(table["score"]),
        row=rows.to_numpy(),
        question_id=_ids(one_array(fingerprints["question_plain"]).take(rows))[0],
        key_id=key_id,
        answer_id=_ids(one_array(fingerprints["answer_digest"]).take(rows))[0],
        answer_chars=one_array(table["chars"]).to_numpy(),
        keys=keys,
    )


def representatives(entries: Entries, objections: dict[int, set[int]]) -> Ints:
    """Return for each entry the best entry with the same question and answer, often itself.

    An entry that a reviewer keeps apart from one with the same texts represents itself;
    objections holds for each such entry the others.
    """
    same = _group_labels(entries.question_id, entries.answer_id)
    for entry, others in objections.items():
        if any(same[other] == same[entry] and other < entry for other in others):
            same[entry] = len(same) + entry
    _, first, inverse = np.unique(same, return_index=True, return_inverse=True)
    return first[inverse].astype(np.int64)


def one_array(column: pa.ChunkedArray) -> pa.Array:
    """Return a column of a table in one piece."""
    if column.num_chunks == 1:
        return column.chunk(0)
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def positions(wanted: pa.Array, among: pa.ChunkedArray) -> Ints:
    """Return where each of the wanted values, none of which is missing, stands."""
    indices = pc.index_in(wanted, among)
    return np.asarray(indices.to_numpy(zero_copy_only=False), np.int64)


def _group_labels(first: Ints, second: Ints) -> Ints:
    width = int(second.max(initial=0)) + 1
    return np.asarray(np.unique(first * width + second, return_inverse=True)[1], np.int64)


def _ids(values: pa.Array) -> tuple[Ints, pa.Array]:
    distinct = pc.unique(values)
    distinct = distinct.take(pc.sort_indices(distinct))
    indices: pa.Array = pc.index_in(values, distinct)
    return np.asarray(indices.to_numpy(zero_copy_only=False), np.int64), distinct
