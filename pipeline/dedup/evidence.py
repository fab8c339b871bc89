"""Everything measured on the entries that were brought together, remembered by their two ids."""

from typing import Any

import daft
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.core.memo import Memo
from pipeline.dedup.encounters import Encounters
from pipeline.dedup.likeness import likeness
from pipeline.dedup.population import Population
from pipeline.dedup.rules import Evidence, Thresholds

Flags = npt.NDArray[np.bool_]

_NOTHING = pa.scalar("", pa.large_string())
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
    that no rule has a word for are left out, unless a reviewer spoke of one of the two.
    """
    asked = _asked(met, people, at)
    found = memo.rows(
        "likeness",
        daft.from_arrow(asked),
        lambda unseen: likeness(unseen, people.pair_id, questions, pairs, at),
        key="two",
        **at._asdict(),
    ).to_arrow()
    found = found.take(pc.index_in(asked["two"], found["two"]))
    cosine = pa.array(met.cosine, mask=np.isnan(met.cosine))
    table = asked.append_column("cosine", cosine)
    for name in _FOUND:
        table = table.append_column(name, found[name])
    return rows_of(table.filter(pa.array(_is_telling(table, met))))


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
    ways = np.array(["", "+named", "+near", "+near+named"], object)[2 * is_wide + met.is_named]
    left, right = (people.pair_id.take(pa.array(side)) for side in (met.left, met.right))
    return pa.table(
        {
            "two": pc.binary_join_element_wise(left, right, pa.array(ways, left.type), _NOTHING),
            "left": met.left,
            "right": met.right,
            "question_similarity": met.question_similarity,
            "is_same_question": people.question_id[met.left] == people.question_id[met.right],
            "is_same_answer": people.answer_id[met.left] == people.answer_id[met.right],
            "is_like_length": _is_like_length(met, people, at.answer),
            "is_wide": is_wide,
            "is_named": met.is_named,
        }
    )


def _is_like_length(met: Encounters, people: Population, cutoff: float) -> Flags:
    """Return where the lengths of the answers allow a similarity of cutoff.

    Two texts of n and m characters have at most min(n, m) in common, so their ratio is at most
    200 min / (n + m).
    """
    first, second = people.answer_chars[met.left], people.answer_chars[met.right]
    return np.asarray(200 * np.minimum(first, second) >= cutoff * (first + second))


def _is_telling(table: pa.Table, met: Encounters) -> Flags:
    """Return where a rule may have a word to say, or a reviewer had."""
    named = np.unique([met.left[met.is_named], met.right[met.is_named]])
    flags: list[Any] = [
        pc.equal(pc.list_value_length(table["guards"]), 0),
        pc.is_valid(table["answer_similarity"]),
        *(table[name] for name in ("is_same_answer", "is_wide")),
        np.isin(met.left, named) | np.isin(met.right, named),
    ]
    return np.asarray(np.logical_or.reduce([np.asarray(flag) for flag in flags]))
