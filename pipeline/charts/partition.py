"""How the kept pairs were divided into train, validation and test."""

import daft
from daft import col

from pipeline.charts.page import Table
from pipeline.core.splits import SPLITS, WITHHELD


def splits_table(assignments: daft.DataFrame) -> Table:
    """Return pairs per category and split with their sums, and those withheld if there are any."""
    counted = assignments.groupby("category", "split").agg(col("pair_id").count().alias("pairs"))
    pairs = {(row["category"], row["split"]): row["pairs"] for row in counted.to_pylist()}
    categories = sorted({category for category, _ in pairs})
    is_complete = WITHHELD not in {split for _, split in pairs}
    splits = SPLITS if is_complete else (*SPLITS, WITHHELD)
    rows = [
        (category, *(pairs.get((category, split), 0) for split in splits))
        for category in categories
    ]
    sums = {
        split: sum(pairs.get((category, split), 0) for category in categories) for split in splits
    }
    return Table(
        "Kept pairs by category and split",
        ("Category", *splits),
        rows,
        "nothing was split yet",
        ("all", *sums.values()) if rows else (),
    )
