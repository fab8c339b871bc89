"""How the kept pairs were divided into train, validation and test."""

import daft
from daft import col

from pipeline.charts.page import Table
from pipeline.core.splits import SPLITS, WITHHELD
from pipeline.domain.topics_table import NO_GROUP


def splits_table(assignments: daft.DataFrame) -> Table:
    """Return pairs per group and split with their sums, and those withheld if there are any."""
    counted = assignments.groupby("group", "split").agg(col("pair_id").count().alias("pairs"))
    pairs = {(row["group"], row["split"]): row["pairs"] for row in counted.to_pylist()}
    groups = sorted({group for group, _ in pairs}, key=lambda name: (name == NO_GROUP, name))
    is_complete = WITHHELD not in {split for _, split in pairs}
    splits = SPLITS if is_complete else (*SPLITS, WITHHELD)
    rows = [(group, *(pairs.get((group, split), 0) for split in splits)) for group in groups]
    sums = {split: sum(pairs.get((group, split), 0) for group in groups) for split in splits}
    return Table(
        "Kept pairs by group and split",
        ("Group", *splits),
        rows,
        "nothing was split yet",
        ("all", *sums.values()) if rows else (),
    )
