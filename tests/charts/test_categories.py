"""The ring and its list hold every kept pair, and say how many."""

import math

import daft
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.charts.categories import category_distribution, category_table
from pipeline.charts.palette import GROUPS
from pipeline.charts.picture import drawn
from pipeline.domain.topics_table import NO_GROUP
from tests.charts.test_coverage import labels
from tests.thoroughness import LONG

NAMES = st.lists(st.none() | st.sampled_from(["A, B & C", "On-Chain", "=1+1", "Ünïcode"]))


def kept(names: list[str | None]) -> daft.DataFrame:
    """Return kept pairs of the given categories."""
    ids = [str(number) for number in range(len(names))]
    table = daft.from_pydict({"pair_id": ids, "group": [name or NO_GROUP for name in names]})
    return table.with_column("group", daft.col("group").cast(daft.DataType.string()))


@given(NAMES)
def test_counts_and_shares_add_up(names: list[str | None]) -> None:
    """Law: every pair is in one group, those of none in the last one, and shares sum to 100."""
    found = category_table(kept(names))
    assert int(found["pairs"].sum()) == len(names)
    assert dict(zip(found["group"], found["pairs"], strict=True)) == {
        name or NO_GROUP: names.count(name) for name in set(names)
    }
    assert not names or math.isclose(found["share_pct"].sum(), 100, abs_tol=0.05)
    assert NO_GROUP not in found["group"].tolist()[:-1]


@pytest.mark.parametrize("count", [1, 10, 11, 40] if LONG else [10, 11])
def test_slices_hold_every_pair_however_many_categories(count: int) -> None:
    """Law: beyond the palette the smallest share one slice, so the slices still hold all pairs."""
    names: list[str | None] = [None]
    for number in range(count):
        names += [f"category {number}"] * (number + 1)
    said = labels(drawn(category_distribution(category_table(kept(names))), "x").svg)
    assert len(said) == min(count, len(GROUPS)) + 1
    assert sum(int(text.split(": ")[1].split()[0]) for text in said) == len(names)
    assert any(text.startswith(f"{NO_GROUP}: 1 ") for text in said)
    assert any("other groups" in text for text in said) == (count > len(GROUPS))


def test_no_pairs_are_said_to_be_none() -> None:
    """Law: without kept pairs the chart says so."""
    assert "no kept pairs yet" in drawn(category_distribution(category_table(kept([]))), "x").svg
