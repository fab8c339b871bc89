"""Every indicator of the plan is on the heatmap, with the coverage that it has."""

import math
from itertools import pairwise
from xml.etree import ElementTree as ET

import daft
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.charts.coverage import (
    band,
    coverage_heatmap,
    coverage_table,
    covered_pct,
    figure,
)
from pipeline.charts.label import plain
from pipeline.charts.palette import BANDS, NO_TARGET, NOTHING
from pipeline.charts.picture import drawn
from pipeline.domain.nouns import nouns_of
from tests.charts.made_up import ATTACKS, plan
from tests.thoroughness import LONG


def kept(*indicators: str | None) -> daft.DataFrame:
    """Return kept pairs of the given indicators."""
    ids = [f"{number:032x}" for number in range(len(indicators))]
    columns = {
        "pair_id": pa.array(ids, pa.large_string()),
        "indicator": pa.array(indicators, pa.large_string()),
    }
    return daft.from_arrow(pa.table(columns))


def labels(svg: str) -> list[str]:
    """Return what the marks of a chart say, in drawing order."""
    marks = ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}path")
    return [mark.attrib["aria-label"] for mark in marks if "aria-label" in mark.attrib]


def test_counts_are_those_of_the_kept_pairs() -> None:
    """Law: kept pairs are counted per indicator in the plan's order; unknown ones nowhere."""
    names = plan(("RSI", "B"), ("SMA", "A"), ("EMA", "B"))
    found = coverage_table(kept("EMA", "RSI", "EMA", None, "other"), names)
    assert found["indicator"].tolist() == ["RSI", "SMA", "EMA"]
    assert found["kept_pairs"].tolist() == [1, 0, 2]
    assert found["coverage_pct"].tolist() == [10.0, 0.0, 20.0]
    assert covered_pct(found) == 10.0


def test_surplus_fills_no_gap_elsewhere() -> None:
    """Law: what one indicator has beyond its target does not count for another."""
    found = coverage_table(kept(*["RSI"] * 30), plan(("RSI", "A"), ("SMA", "A")))
    assert found["coverage_pct"].tolist() == [300.0, 0.0]
    assert covered_pct(found) == 50.0


def test_no_target_is_not_a_share() -> None:
    """Law: an indicator without a target has no coverage, and is drawn as what it is."""
    names = plan(("RSI", "A"), ("SMA", "A"), target=0)
    names.loc[1, "target_pairs"] = ""
    found = coverage_table(kept("RSI"), names)
    assert found["coverage_pct"].isna().all()
    assert covered_pct(found) == 0.0
    assert figure(1, 0, math.nan) == "1, no target"
    assert NO_TARGET.label in drawn(coverage_heatmap(found, nouns_of({})), "x").svg


@given(st.integers(0, 500), st.integers(1, 300))
def test_bands_rise_with_coverage(pairs: int, target: int) -> None:
    """Law: nothing has a band of its own, and the full band starts exactly at the target."""
    step = band(pairs, 100 * pairs / target)
    assert (step == NOTHING) == (pairs == 0)
    assert (step == BANDS[-1]) == (pairs >= target)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2)."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_labels_can_be_read_on_every_step() -> None:
    """Law: names have at least the contrast of 4.5 that WCAG asks for on their cell."""
    for step in (NOTHING, NO_TARGET, *BANDS):
        assert contrast(step.fill, step.ink) >= 4.5, step


def test_lightness_falls_from_step_to_step() -> None:
    """Law: steps differ in lightness, so that no colour vision is needed to order them."""
    steps = [contrast("#000000", step.fill) for step in (NOTHING, *BANDS)]
    assert steps == sorted(steps, reverse=True)
    assert all(high / low > 1.15 for high, low in pairwise(steps))


@pytest.mark.parametrize("count", [1, 4, 227] if LONG else [1, 227])
def test_every_indicator_is_on_the_heatmap(count: int, plan: pd.DataFrame) -> None:
    """Law: the picture names every indicator of the plan once, in full, with its category."""
    some = plan.head(count)
    said = labels(drawn(coverage_heatmap(coverage_table(kept(), some), nouns_of({})), "x").svg)
    expected = [
        f"{indicator} ({category}): 0/{target}, 0 %"
        for indicator, category, target in zip(
            some["name"], some["category"], some["target"], strict=True
        )
    ]
    assert sorted(said) == sorted(expected)


def test_hostile_names_stay_text() -> None:
    """Law: whatever a name holds, the SVG parses, and the name is in it as text alone."""
    names = plan(*((attack, attack) for attack in ATTACKS))
    svg = drawn(coverage_heatmap(coverage_table(kept(), names), nouns_of({})), "x").svg
    root = ET.fromstring(svg)
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {"svg", "g", "path", "rect", "text", "tspan", "line", "defs"}
    assert not [a for element in root.iter() for a in element.attrib if a.startswith("on")]
    assert [said.partition(" (")[0] for said in labels(svg)] == [
        plain(attack).partition(" (")[0] for attack in ATTACKS
    ]


def test_an_empty_plan_is_said_to_be_empty() -> None:
    """Law: a plan without indicators gives a chart that says so."""
    svg = drawn(coverage_heatmap(coverage_table(kept("RSI"), plan()), nouns_of({})), "x").svg
    assert "the master plan names no entries" in svg
