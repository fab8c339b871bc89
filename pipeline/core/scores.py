"""Scores added up so that every order, and every cluster of machines, gives one sum."""

import daft
from daft import DataType, col

STEPS = 100
"""Scores are summed as whole hundredths: integers add up to the same in any order."""


def in_steps(column: str) -> daft.Expression:
    """Return a column of scores as whole hundredths."""
    return (col(column) * STEPS).round().cast(DataType.int64())
