"""What the splits are drawn from: kept pairs with their groups, their lots and their texts."""

from typing import NamedTuple

import daft
import pyarrow as pa
from daft import DataType, col

from pipeline.core import former_ids
from pipeline.core.memo import Memo
from pipeline.core.splits import held_out_as
from pipeline.dedup.candidates.fingerprints import digests
from pipeline.dedup.guards.lexicon import Lexicon
from pipeline.splits.grouping import template_families
from pipeline.splits.meaning import meanings
from pipeline.splits.sticky import Lot

UNASSIGNED = "unassigned"
"""What the category of a pair is called where it is unknown."""

GROUPS = ("cluster", "template")


_OF_PAIR = (
    "pair_id", "cluster_id", "category", "group", "score", "verdict", "delivered_split",
    "answer_chars",
)  # fmt: skip
_TEXTS = ("question_plain", "answer_digest", "meaning", "frame")


class Drawing(NamedTuple):
    """The lots that are drawn, and the pairs that they are drawn for."""

    pairs: pa.Table  # by pair_id: columns of kept, answer_chars, group_id, drawn_by and _TEXTS
    lots: dict[str, Lot]  # pair_id -> its lot
    merged: list[Lot]  # of the pairs that a kept one stands for
    held_out: dict[str, str]  # pair_id -> the split that its delivery holds it out for


def prepare_drawing(kept: daft.DataFrame, *, group_by: str, known: Lexicon, memo: Memo) -> Drawing:
    """Return the kept pairs with the group that each belongs to, and with their lots.

    group_by is one of GROUPS: what no split may divide. The key of a lot is what the question
    asks, or the template that it fills. drawn_by is what a group is drawn by: its id, as it would
    be without contexts, so that a pair that gains one draws as it did before.
    """
    aliases = _aliases(kept)
    asked = kept.select("question").concat(aliases.select("question"))
    keys = meanings(asked, known, memo).collect()
    table = kept.select(
        "pair_id",
        "cluster_id",
        col("category").fill_null(UNASSIGNED),
        "group",
        "score",
        "verdict",
        "delivered_split",
        col("answer").length().cast(DataType.int64()).alias("answer_chars"),
        "question",
        digests(col("answer")).get("digest").alias("answer_digest"),
    )
    columns = (*_OF_PAIR, *_TEXTS)
    joined = table.join(keys, on="question").select(*columns).sort("pair_id")
    pairs = joined.to_arrow().combine_chunks()
    groups = pairs["cluster_id"].combine_chunks()
    if group_by == "template":
        groups = template_families(groups, pairs["frame"].combine_chunks())
    pairs = pairs.append_column("group_id", groups)
    pairs = pairs.append_column("drawn_by", _drawn_by(pairs, former_ids.of_before(kept)))
    key = "frame" if group_by == "template" else "meaning"
    names = ("pair_id", "cluster_id", "group_id", key)
    rows = list(zip(*(pairs[name].to_pylist() for name in names), strict=True))
    group_of = {cluster_id: group_id for _, cluster_id, group_id, _ in rows}
    merged = aliases.join(keys, on="question").select("cluster_id", key).to_pydict()
    return Drawing(
        pairs,
        {pair_id: Lot(group_id, drawn_by) for pair_id, _, group_id, drawn_by in rows},
        [Lot(group_of[name], drawn_by) for name, drawn_by in zip(*merged.values(), strict=True)],
        _held_out(pairs),
    )


def _held_out(pairs: pa.Table) -> dict[str, str]:
    both = zip(pairs["pair_id"].to_pylist(), pairs["delivered_split"].to_pylist(), strict=True)
    return {pair_id: split for pair_id, name in both if (split := held_out_as(name)) is not None}


def _drawn_by(pairs: pa.Table, before: dict[str, str]) -> pa.Array:
    """Return per pair the least of its group's id and its members' ids, as they were before."""
    least: dict[str, str] = {}
    ids, groups = pairs["pair_id"].to_pylist(), pairs["group_id"].to_pylist()
    for pair_id, group_id in zip(ids, groups, strict=True):
        known = least.setdefault(group_id, before.get(group_id, group_id))
        least[group_id] = min(known, before.get(pair_id, known))
    return pa.array([least[group_id] for group_id in groups], pa.large_string())


def _aliases(kept: daft.DataFrame) -> daft.DataFrame:
    """Return the questions of pairs that were merged into kept ones, with their cluster."""
    each = kept.select("cluster_id", col("aliases").explode().alias("alias"))
    return each.where(col("alias").not_null()).select(
        "cluster_id", col("alias").get("question").alias("question")
    )
