"""The pairs that take part, as integers: ranked, and grouped by what they share."""

from typing import NamedTuple

import daft
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]


class Population(NamedTuple):
    """One entry per pair that takes part, best first: entry 0 wins every cluster it is in."""

    pair_id: pa.Array
    score: pa.Array
    question_id: Ints  # equal where question_plain is equal
    key_id: Ints  # equal where question_key is equal; ordered as the keys are
    answer_id: Ints  # equal where answer_digest is equal
    answer_chars: Ints  # of the plain answer
    keys: pa.Array  # question_key by key_id


def population(fingerprints: daft.DataFrame, scores: daft.DataFrame, out: pa.Array) -> Population:
    """Return the pairs whose pair_id is not in out, ranked by score, answer length and pair_id.

    The higher score comes first, then the longer answer, then the smaller pair_id, so that the
    order is total and owes nothing to the order of the rows.
    """
    light = fingerprints.exclude("bands")
    ranked = light.join(scores.select("pair_id", "score"), on="pair_id")
    table = ranked.to_arrow().combine_chunks()
    table = table.filter(pc.invert(pc.is_in(table["pair_id"], out)))
    table = table.sort_by(
        [("score", "descending"), ("answer_plain_chars", "descending"), ("pair_id", "ascending")]
    )
    columns = {name: _one(table[name]) for name in table.column_names}
    key_id, keys = _ids(columns["question_key"])
    return Population(
        pair_id=columns["pair_id"],
        score=columns["score"],
        question_id=_ids(columns["question_plain"])[0],
        key_id=key_id,
        answer_id=_ids(columns["answer_digest"])[0],
        answer_chars=columns["answer_plain_chars"].to_numpy(),
        keys=keys,
    )


def representatives(people: Population, apart: dict[int, set[int]]) -> Ints:
    """Return for each entry the best entry with the same question and answer, often itself.

    An entry that a reviewer keeps apart from one with the same texts represents itself.
    """
    same = _group_labels(people.question_id, people.answer_id)
    for entry, others in apart.items():
        if any(same[other] == same[entry] and other < entry for other in others):
            same[entry] = len(same) + entry
    _, first, inverse = np.unique(same, return_index=True, return_inverse=True)
    return first[inverse].astype(np.int64)


def _group_labels(first: Ints, second: Ints) -> Ints:
    width = int(second.max(initial=0)) + 1
    return np.asarray(np.unique(first * width + second, return_inverse=True)[1], np.int64)


def _ids(values: pa.Array) -> tuple[Ints, pa.Array]:
    distinct = pc.unique(values)
    distinct = distinct.take(pc.sort_indices(distinct))
    places: pa.Array = pc.index_in(values, distinct)
    return np.asarray(places.to_numpy(zero_copy_only=False), np.int64), distinct


def _one(column: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
