"""Kept pairs as others get them: the fields of an example, its split, and no secret in a text."""

from itertools import chain
from typing import NamedTuple

import daft
import pyarrow as pa
import pyarrow.compute as pc
from daft import DataType, col

from pipeline.core.memo import Memo
from pipeline.core.ranges import between, limits_of
from pipeline.core.scratch import Scratch
from pipeline.core.splits import IN_NO_SPLIT, SPLITS
from pipeline.rag.columns import FIELDS
from pipeline.rag.preferences import preferences_of
from pipeline.secrets.masking import Copied, Mode, without_secrets

SOURCES = DataType.list(
    DataType.struct({"agent": DataType.string(), "delivery": DataType.string()})
)
_TEXTS = ("question", "answer", "context", "topic", "tags", "citations", "aliases")
_OF_PREFERENCES = ("question", "context", "chosen", "rejected")
_COUNTED = ("pair_id", "split", "category", "group", "cluster_id", "score", "sources")


class Examples(NamedTuple):
    """Every kept pair as an example, in order of pair_id, and the answers that were rejected.

    rows: FIELDS and split. preferences: as preferences_of gives them. counted: what the card is
    counted from, which memory holds. with_secrets: kept pairs with a credential in a text.
    """

    rows: Scratch
    preferences: Scratch
    counted: daft.DataFrame
    with_secrets: int


def examples_of(
    kept: daft.DataFrame, assignments: daft.DataFrame, include: str, secrets: Mode, memo: Memo
) -> Examples:
    """Return the examples, of which a range is in memory at a time.

    include: accepted, or all where pairs under review are in the splits like the others.
    secrets: what becomes of credentials in texts: mask, drop (the pair) or keep.

    Raises ValueError when a kept pair has no split or several splits, and when one under review is
    in a split that takes accepted pairs alone.
    """
    splits = assignments.select("pair_id", "split").collect()
    ids = _checked_ids(kept, splits, include)
    pieces = (
        _copied(
            between(kept, "pair_id", *limits), between(splits, "pair_id", *limits), secrets, memo
        )
        for limits in limits_of(ids)
    )
    first, first_compared = next(pieces)
    rows, preferences = Scratch(first.table.schema), Scratch(first_compared.schema)
    counted, with_secrets = [], 0
    for copied, compared in chain([(first, first_compared)], pieces):
        rows.add(copied.table)
        preferences.add(compared)
        counted.append(_counted(copied.table))
        with_secrets += copied.rows_with_secrets
    return Examples(rows, preferences, daft.from_arrow(pa.concat_tables(counted)), with_secrets)


def _checked_ids(kept: daft.DataFrame, splits: daft.DataFrame, include: str) -> pa.ChunkedArray:
    """Return the ids of kept pairs, sorted.

    Raises ValueError unless each has one split that it may be in, or a reason to be in none.
    """
    assigned = kept.select("pair_id", "verdict").join(splits, on="pair_id", how="left")
    found = assigned.sort("pair_id").to_arrow()
    before = kept.count_rows()
    if before != found.num_rows:
        raise ValueError(f"{before} kept pairs have {found.num_rows} splits")
    names = pa.array([*SPLITS, *IN_NO_SPLIT], found["split"].type)
    if lost := before - pc.is_in(found["split"], value_set=names).combine_chunks().true_count:
        raise ValueError(f"{lost} kept pairs are in none of the splits {', '.join(SPLITS)}")
    in_split = pc.is_in(found["split"], value_set=names[: len(SPLITS)])
    doubted = pc.and_(in_split, pc.not_equal(found["verdict"], "accept"))
    if include == "accepted" and (count := doubted.combine_chunks().true_count):
        raise ValueError(f"{count} pairs under review are in a split: run split again")
    return found["pair_id"]


def _copied(
    kept: daft.DataFrame, splits: daft.DataFrame, secrets: Mode, memo: Memo
) -> tuple[Copied, pa.Table]:
    """Return the examples of a range of kept pairs, and their rejected answers."""
    given = kept.with_column("sources", sources(col("origins"))).select(*FIELDS, "origins")
    rows = given.join(splits, on="pair_id").sort("pair_id").to_arrow().combine_chunks()
    examples = rows.select([*FIELDS, "split"])
    copied = without_secrets(examples, _TEXTS, secrets, memo)
    compared = preferences_of(rows.select(["pair_id", "origins"]), copied.table)
    return copied, without_secrets(compared, _OF_PREFERENCES, secrets, memo).table


def _counted(rows: pa.Table) -> pa.Table:
    """Return the columns that an export is counted by."""
    lengths = {
        "answer_chars": pc.utf8_length(rows["answer"]),
        "alias_count": pc.list_value_length(rows["aliases"]),
    }
    counted = rows.select(_COUNTED)
    for name, numbers in lengths.items():
        counted = counted.append_column(name, numbers.cast(pa.int64()))
    return counted


@daft.func.batch(return_dtype=SOURCES)
def sources(origins: daft.Series) -> pa.Array:
    """Return per pair who delivered it and in which delivery, each once, sorted."""
    rows: pa.Array = origins.to_arrow()
    flat = rows.flatten()
    agents = pc.struct_field(flat, "agent").to_pylist()
    deliveries = pc.struct_field(flat, "delivery").to_pylist()
    named = iter(zip(agents, deliveries, strict=True))
    counts = pc.fill_null(pc.list_value_length(rows), 0).to_pylist()
    return pa.array(
        [_named_once([next(named) for _ in range(count)]) for count in counts],
        type=SOURCES.to_arrow_dtype(),
    )


def _named_once(sources_of_pair: list[tuple[str, str]]) -> list[dict[str, str]]:
    """Return sources without repeats, sorted."""
    return [
        {"agent": agent, "delivery": delivery} for agent, delivery in sorted(set(sources_of_pair))
    ]
