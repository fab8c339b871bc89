"""How the kept pairs were divided into train, validation and test."""

import daft
from daft import col

from pipeline.charts.page import Table

SPLITS = ("train", "validation", "test")


def splits_table(assignments: daft.DataFrame) -> Table:
    """Return pairs per category and split, with their sum as the last row."""
    counted = assignments.groupby("category", "split").agg(col("pair_id").count().alias("pairs"))
    pairs = {(row["category"], row["split"]): row["pairs"] for row in counted.to_pylist()}
    categories = sorted({category for category, _ in pairs})
    rows = [
        (category, *(pairs.get((category, split), 0) for split in SPLITS))
        for category in categories
    ]
    sums = ("all", *(sum(row[position + 1] for row in rows) for position in range(len(SPLITS))))
    return Table(
        "Kept pairs by category and split",
        ("Category", *SPLITS),
        [*rows, sums] if rows else [],
        "nothing was split yet",
    )
