"""Everything measured on the entries that were brought together, remembered by their two ids."""

from typing import Any

import daft
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.core.memo import Memo
from pipeline.dedup.bounds import like_length
from pipeline.dedup.clusters import components
from pipeline.dedup.encounters import Encounters
from pipeline.dedup.likeness import by_answer_alone, likeness
from pipeline.dedup.population import Ints, Population
from pipeline.dedup.rules import MERGING, Evidence, Thresholds, ruling

Flags = npt.NDArray[np.bool_]

_NOTHING = pa.scalar("", pa.large_string())
_WAYS = np.array(
    [
        f"{answer}{near}{named}"
        for answer in ("", "+answer")
        for near in ("", "+near")
        for named in ("", "+named")
    ],
    object,
)
_FOUND = ("guards", "answer_similarity", "answer_guards")


def evidence(
    met: Encounters,
    people: Population,
    questions: pa.Array,
    pairs: daft.DataFrame,
    at: Thresholds,
    memo: Memo,
) -> list[Evidence]:
    """Return what the questions and answers of the encounters have in common, in their order.

    questions holds the plain question of every entry, pairs the answers. What two texts have in
    common does not change, so it is remembered by the two ids, the better one first. Encounters
    that no rule has a word for are left out, unless a reviewer spoke of one of the two; and so are
    those of two entries that are merged into the same one anyway: a family of a thousand twins is
    compared with its best one, not with itself.
    """
    cosine = pa.array(met.cosine, mask=np.isnan(met.cosine))
    asked = _asked(met, people, at).append_column("cosine", cosine)

    def measured(some: Flags) -> pa.Table:
        rows = asked.filter(pa.array(some))
        found = memo.rows(
            "likeness",
            daft.from_arrow(rows),
            lambda unseen: likeness(unseen, people.pair_id, questions, pairs, at),
            key="two",
            **at._asdict(),
        ).to_arrow()
        found = found.take(pc.index_in(rows["two"], found["two"]))
        for name in _FOUND:
            rows = rows.append_column(name, found[name])
        return rows.filter(pa.array(_is_telling(rows, at)))

    may_merge = ~by_answer_alone(asked, at)
    first = rows_of(measured(is_first := _is_best(met, may_merge)))
    anchor = _certain_anchors(first, met, may_merge, len(people.pair_id), at)
    is_settled = (anchor[met.left] == anchor[met.right]) & (anchor[met.left] >= 0)
    rest = rows_of(measured(~is_first & ~is_settled))
    return sorted(first + rest, key=lambda seen: (seen.left, seen.right))


def _is_best(met: Encounters, some: Flags) -> Flags:
    """Return where an encounter, one of some, is that of its right entry with the best one."""
    places = np.flatnonzero(some)
    is_best = np.zeros(len(some), bool)
    is_best[places[np.unique(met.right[places], return_index=True)[1]]] = True  # sorted by left
    return is_best


def _certain_anchors(
    first: list[Evidence], met: Encounters, may_merge: Flags, size: int, at: Thresholds
) -> Ints:
    """Return for each entry the one that it is merged into whatever else is measured, or -1.

    Certain is a merge by rule into the best entry that it met, where that one met no better one
    that it might be merged into, and where no reviewer spoke of anything that the two are
    connected with.
    """
    anchor = np.full(size, -1)
    is_root = np.ones(size, bool)
    is_root[met.right[may_merge]] = False
    connected = components(size, np.stack([met.left, met.right]))
    spoken_of = np.unique(connected[met.left[met.is_named]])
    is_free = ~np.isin(connected, spoken_of)
    for seen in first:
        found = ruling(seen, at) if is_root[seen.left] and is_free[seen.left] else None
        if found is not None and found.action in MERGING:
            anchor[seen.right] = seen.left
    return anchor


def rows_of(table: pa.Table) -> list[Evidence]:
    """Return the rows of a table with the columns of Evidence, in any order."""
    columns = {name: table[name].to_pylist() for name in Evidence._fields}
    for name in ("guards", "answer_guards"):
        columns[name] = list(map(tuple, columns[name]))
    return [Evidence(*row) for row in zip(*columns.values(), strict=True)]


def _asked(met: Encounters, people: Population, at: Thresholds) -> pa.Table:
    """Return one row per encounter: its key and all that is known of it without its texts.

    The key names the two ids and how they were brought together, since that decides how closely
    they are looked at.
    """
    is_wide = np.asarray(met.cosine >= at.cosine)
    ways = _WAYS[4 * met.is_answer_near + 2 * is_wide + met.is_named]
    ends = np.stack([met.left, met.right])
    left, right = (people.pair_id.take(pa.array(side)) for side in ends)
    named = np.unique([met.left[met.is_named], met.right[met.is_named]])
    return pa.table(
        {
            "two": pc.binary_join_element_wise(left, right, pa.array(ways, left.type), _NOTHING),
            "left": met.left,
            "right": met.right,
            "question_similarity": met.question_similarity,
            "is_same_question": people.question_id[met.left] == people.question_id[met.right],
            "is_same_answer": people.answer_id[met.left] == people.answer_id[met.right],
            "is_like_length": like_length(people.answer_chars[ends], at.answer),
            "is_wide": is_wide,
            "is_answer_near": met.is_answer_near,
            "is_named": met.is_named,
            "is_near_named": np.isin(met.left, named) | np.isin(met.right, named),
        }
    )


def _is_telling(table: pa.Table, at: Thresholds) -> Flags:
    """Return where a rule may have a word to say, or a reviewer had."""
    flags: list[Any] = [
        pc.and_(
            pc.equal(pc.list_value_length(table["guards"]), 0),
            pc.greater_equal(table["question_similarity"], at.review),
        ),
        pc.is_valid(table["answer_similarity"]),
        *(table[name] for name in ("is_same_answer", "is_wide", "is_near_named")),
    ]
    return np.asarray(np.logical_or.reduce([np.asarray(flag) for flag in flags]))
