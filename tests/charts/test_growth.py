"""Growth counts every accepted pair once, dated or not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.charts.growth import (
    UNDATED,
    database_growth_over_time,
    growth_table,
    undated_pairs,
)
from pipeline.charts.palette import GROUPS
from pipeline.charts.picture import drawn
from tests.charts.made_up import accounting, delivery
from tests.charts.test_coverage import labels

DELIVERIES = st.lists(
    st.builds(
        delivery,
        st.sampled_from(["droid", "zai", "gemini"]),
        st.integers(0, 50),
        st.none() | st.dates().map(lambda day: day.isoformat()) | st.just("soon"),
    )
)


@given(DELIVERIES, st.randoms())
def test_every_accepted_pair_is_counted_once(deliveries, chance) -> None:  # noqa: ANN001
    """Law: pairs add up, running totals rise by date, the undated stand last, order is free."""
    table = growth_table(accounting(*deliveries))
    assert int(table["pairs"].sum()) == sum(entry["accepted"] for entry in deliveries)
    dated = table[table["date"] != UNDATED]
    assert table["date"].tolist()[len(dated) :] == [UNDATED] * (len(table) - len(dated))
    assert dated["date"].tolist() == sorted(dated["date"])
    for _, rows in dated.groupby("agent"):
        assert rows["total_pairs"].tolist() == rows["pairs"].cumsum().tolist()
    mixed = growth_table(accounting(*chance.sample(deliveries, len(deliveries))))
    assert mixed.equals(table)


def test_dates_that_are_none_are_undated() -> None:
    """Law: no date is guessed; what is no date counts as undated, a time of day is ignored."""
    books = accounting(
        delivery("a", 1, "2025-02-30"),
        delivery("a", 2, None),
        delivery("a", 4, "2025-02-03T23:59:59-11:00"),
    )
    table = growth_table(books)
    assert table[["date", "pairs"]].to_numpy().tolist() == [["2025-02-03", 4], [UNDATED, 3]]
    assert undated_pairs(table) == 3


def test_the_chart_says_what_the_table_says() -> None:
    """Law: dated and undated pairs of every agent are on the picture, and their sum above all."""
    books = accounting(
        delivery("droid", 3, "2025-01-02"),
        delivery("droid", 5, "2025-02-02"),
        delivery("zai", 7, None),
    )
    svg = drawn(database_growth_over_time(growth_table(books)), "x").svg
    assert {"droid: 8 dated pairs", "zai: 7 undated pairs"} <= set(labels(svg))
    assert "15 accepted pairs, dated from 2025-01-02 to 2025-02-02" in svg
    assert "deliveries with 7 of them name no date" in svg
    assert ">2025-02-02<" in svg


def test_without_undated_pairs_nothing_stands_beside_the_steps() -> None:
    """Law: the undated step is drawn when there is one, and only then."""
    books = accounting(delivery("droid", 3, "2025-01-02"))
    assert "undated" not in drawn(database_growth_over_time(growth_table(books)), "x").svg


@pytest.mark.parametrize("dates", [["2025-01-02"], [None], ["0001-01-01", "9999-12-31"]])
def test_few_and_far_dates_are_drawn(dates: list[str | None]) -> None:
    """Law: one day, no day and the ends of the calendar all give a chart."""
    books = accounting(*(delivery("droid", 3, date) for date in dates))
    said = labels(drawn(database_growth_over_time(growth_table(books)), "x").svg)
    assert any(text.startswith(f"droid: {3 * len(dates)} ") for text in said)


def test_many_agents_share_the_last_colour() -> None:
    """Law: beyond the palette the smallest agents are drawn together, and none is left out."""
    books = accounting(*(delivery(f"agent{n}", n + 1, "2025-01-02") for n in range(30)))
    said = labels(drawn(database_growth_over_time(growth_table(books)), "x").svg)
    steps = [text for text in said if text.endswith("dated pairs")]
    assert len(steps) == len(GROUPS)
    assert sum(int(text.split(": ")[1].split()[0]) for text in steps) == sum(range(31))


def test_nothing_accepted_is_said_to_be_nothing() -> None:
    """Law: without accepted pairs the chart says so."""
    chart = database_growth_over_time(growth_table(accounting(delivery("droid", 0, None))))
    assert "no accepted pairs yet" in drawn(chart, "x").svg
