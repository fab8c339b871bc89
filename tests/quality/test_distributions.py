"""Laws of exact distributions."""

import daft
import numpy as np
import pytest
from daft import col
from hypothesis import given
from hypothesis import strategies as st

from pipeline.quality.distributions import Counts, counts, histogram, mean, pct, percentiles
from tests.thoroughness import often

VALUES = st.lists(st.integers(0, 5000), min_size=1, max_size=60)


def counted(values: list[int]) -> Counts:
    found, rows = np.unique(values, return_counts=True)
    return Counts(found.tolist(), rows.tolist())


@given(VALUES)
def test_percentiles_are_values_that_occur(values: list[int]) -> None:
    """Every percentile is the nearest-rank one, and so one of the values."""
    found = percentiles(counted(values))
    for name, value in found.items():
        if name.startswith("p"):
            expected = np.percentile(values, int(name[1:]), method="inverted_cdf")
            assert value == expected
    assert (found["min"], found["max"]) == (min(values), max(values))


@given(VALUES, st.integers(1, 700))
def test_a_histogram_conserves_rows(values: list[int], width: int) -> None:
    """Every value is in exactly one bin, and the bins join without gaps."""
    bins = histogram(counted(values), width)
    assert sum(one["pairs"] for one in bins) == len(values)
    assert [one["from"] for one in bins[1:]] == [one["to"] for one in bins[:-1]]
    assert bins[0]["from"] == 0
    for one in bins:
        inside = [value for value in values if one["from"] <= value < one["to"]]
        assert one["pairs"] == len(inside)


def test_the_largest_possible_value_is_in_the_last_bin() -> None:
    """A score of 100 is counted in 90-100, and bins reach there without it."""
    assert [one["pairs"] for one in histogram(counted([0, 100]), 10, top=100)] == [1, *[0] * 8, 1]
    assert len(histogram(counted([3]), 10, top=100)) == 10


@given(VALUES)
def test_the_mean_is_the_mean(values: list[int]) -> None:
    """The mean of counts is the mean of the values."""
    assert mean(counted(values)) == pytest.approx(sum(values) / len(values), abs=1e-4)


@often(10)
@given(VALUES)
def test_counts_come_from_tables(values: list[int]) -> None:
    """Counting in the engine gives the values in order with their rows; nulls count nowhere."""
    table = daft.from_pydict({"chars": [*values, None]})
    assert counts(table, col("chars")) == counted(values)


def test_nothing_has_no_distribution() -> None:
    """No rows give zeros and empty lists instead of a division by zero."""
    nothing = Counts([], [])
    assert (mean(nothing), percentiles(nothing), histogram(nothing, 10)) == (0, {}, [])
    assert pct(0, 0) == 0
