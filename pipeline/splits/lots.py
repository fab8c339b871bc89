"""What the splits are drawn from: kept pairs with their groups, their lots and their texts."""

from typing import NamedTuple

import daft
import pyarrow as pa
from daft import DataType, col

from pipeline.core.memo import Memo
from pipeline.dedup.candidates.fingerprints import digests
from pipeline.dedup.guards.lexicon import Lexicon
from pipeline.splits.grouping import template_families
from pipeline.splits.meaning import meanings
from pipeline.splits.sticky import Lot

UNASSIGNED = "unassigned"
"""The stratum of pairs whose category is unknown."""

GROUPS = ("cluster", "template")


_TEXTS = ("question_plain", "answer_digest", "meaning", "frame")


class Drawing(NamedTuple):
    """The lots that are drawn, and the pairs that they are drawn for."""

    pairs: pa.Table  # by pair_id: columns of kept, answer_chars, group_id and _TEXTS
    lots: dict[str, Lot]  # pair_id -> its lot
    merged: list[Lot]  # of the pairs that a kept one stands for


def prepare_drawing(kept: daft.DataFrame, *, group_by: str, known: Lexicon, memo: Memo) -> Drawing:
    """Return the kept pairs with the group that each belongs to, and with their lots.

    group_by is one of GROUPS: what no split may divide. The key of a lot is what the question
    asks, or the template that it fills.
    """
    aliases = _aliases(kept)
    asked = kept.select("question").concat(aliases.select("question"))
    keys = meanings(asked, known, memo).collect()
    table = kept.select(
        "pair_id",
        "cluster_id",
        col("category").fill_null(UNASSIGNED),
        "score",
        "verdict",
        col("answer").length().cast(DataType.int64()).alias("answer_chars"),
        "question",
        digests(col("answer")).get("digest").alias("answer_digest"),
    )
    columns = ("pair_id", "cluster_id", "category", "score", "verdict", "answer_chars", *_TEXTS)
    joined = table.join(keys, on="question").select(*columns).sort("pair_id")
    pairs = joined.to_arrow().combine_chunks()
    groups = pairs["cluster_id"].combine_chunks()
    if group_by == "template":
        groups = template_families(groups, pairs["frame"].combine_chunks())
    pairs = pairs.append_column("group_id", groups)
    key = "frame" if group_by == "template" else "meaning"
    names = ("pair_id", "cluster_id", "group_id", key)
    rows = list(zip(*(pairs[name].to_pylist() for name in names), strict=True))
    group_of = {cluster_id: group_id for _, cluster_id, group_id, _ in rows}
    merged = aliases.join(keys, on="question").select("cluster_id", key).to_pydict()
    return Drawing(
        pairs,
        {pair_id: Lot(group_id, drawn_by) for pair_id, _, group_id, drawn_by in rows},
        [Lot(group_of[name], drawn_by) for name, drawn_by in zip(*merged.values(), strict=True)],
    )


def _aliases(kept: daft.DataFrame) -> daft.DataFrame:
    """Return the questions of pairs that were merged into kept ones, with their cluster."""
    each = kept.select("cluster_id", col("aliases").explode().alias("alias"))
    return each.where(col("alias").not_null()).select(
        "cluster_id", col("alias").get("question").alias("question")
    )
