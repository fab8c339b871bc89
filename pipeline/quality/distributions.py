"""Exact distributions from counts of values: what a report says of a column."""

from itertools import accumulate
from typing import NamedTuple

import daft
from daft import Expression, col

_DIGITS = 4
_PERCENTILES = (1, 5, 25, 50, 75, 95, 99)


class Counts(NamedTuple):
    """How many rows of a table have which value, by ascending value."""

    values: list[float]
    rows: list[int]


def counts(table: daft.DataFrame, value: Expression) -> Counts:
    """Return the counts of value over the rows of table, nulls left out."""
    counted = (
        table.select(value.alias("value"))
        .where(col("value").not_null())
        .groupby("value")
        .agg(col("value").count().alias("rows"))
        .to_pydict()
    )
    found = sorted(zip(counted["value"], counted["rows"], strict=True))
    return Counts([one for one, _ in found], [rows for _, rows in found])


def pct(part: float, whole: float) -> float:
    """Return part as a percentage of whole, 0 where there is nothing."""
    return round(100 * part / whole, _DIGITS) if whole else 0.0


def mean(counted: Counts) -> float:
    """Return the mean value, 0 where there is nothing."""
    total = sum(counted.rows)
    weighted = sum(value * rows for value, rows in zip(*counted, strict=True))
    return round(weighted / total, _DIGITS) if total else 0.0


def percentiles(counted: Counts) -> dict[str, float]:
    """Return min, max and the nearest-rank percentiles, none where there is nothing."""
    reached = list(accumulate(counted.rows))
    if not reached:
        return {}
    found = {"min": counted.values[0], "max": counted.values[-1]}
    for percent in _PERCENTILES:
        rank = percent / 100 * reached[-1]
        at = next(index for index, rows in enumerate(reached) if rows >= rank)
        found[f"p{percent:02d}"] = counted.values[at]
    return {name: round(value, _DIGITS) for name, value in found.items()}


def histogram(counted: Counts, width: int, top: int | None = None) -> list[dict[str, int]]:
    """Return bins [from, to) of one width from 0 to the largest value, empty ones too.

    top is the largest value that there can be: bins reach up to it whatever the values, and it
    is counted in the last of them.
    """
    largest = int(counted.values[-1]) if counted.values else -1
    bins = [0] * (largest // width + 1 if top is None else -(-top // width))
    for value, rows in zip(*counted, strict=True):
        bins[min(int(value) // width, len(bins) - 1)] += rows
    return [
        {"from": at * width, "to": (at + 1) * width, "pairs": rows} for at, rows in enumerate(bins)
    ]
