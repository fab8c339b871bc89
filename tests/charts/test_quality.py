"""Quality per group is what the scores say, whatever the order of rows."""

import math

import daft
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.charts.lengths import UNSCORED
from pipeline.charts.picture import drawn
from pipeline.charts.quality import quality_by_category
from pipeline.charts.quality_panels import quality_metrics_by_category
from pipeline.domain.topics_table import NO_GROUP
from tests.charts.test_coverage import labels

ROWS = st.lists(
    st.tuples(
        st.sampled_from(["B", "A", NO_GROUP]),
        st.none() | st.floats(0, 100, width=32),
        st.floats(0, 1, width=32),
    ),
    max_size=40,
)


def judged(rows: list[tuple[str, float | None, float]]) -> daft.DataFrame:
    """Return kept pairs of the given categories, scores and part."""
    table = daft.from_pydict(
        {
            "pair_id": [str(number) for number in range(len(rows))],
            "group": [category for category, _, _ in rows],
            "score": [score for _, score, _ in rows],
            "verdict": [UNSCORED if score is None else "accept" for _, score, _ in rows],
            "part_length": [part for _, _, part in rows],
        }
    )
    floats = {
        name: daft.col(name).cast(daft.DataType.float32()) for name in ("score", "part_length")
    }
    texts = {name: daft.col(name).cast(daft.DataType.string()) for name in ("group", "verdict")}
    return table.with_columns({**floats, **texts})


@given(ROWS)
def test_means_are_those_of_the_scored_pairs(
    rows: list[tuple[str, float | None, float]],
) -> None:
    """Law: means, counts and verdicts per group equal those computed row by row."""
    found = quality_by_category(judged(rows))
    assert found.figures["group"].tolist() == sorted({category for category, _, _ in rows})
    for row in found.figures.itertuples(index=False):
        own = [(score, part) for category, score, part in rows if category == row.group]
        scores = [score for score, _ in own if score is not None]
        assert row.pairs == len(own) == row.accept + row.unscored
        assert row.unscored == len(own) - len(scores)
        assert math.isclose(row.part_length, sum(p for _, p in own) / len(own), abs_tol=1e-3)
        if not scores:
            assert math.isnan(row.mean_score)
            continue
        assert math.isclose(row.mean_score, sum(scores) / len(scores), abs_tol=1e-3)
        assert math.floor(min(scores)) <= row.p10_score <= row.p90_score
        assert row.p90_score <= math.floor(max(scores))


@given(ROWS, st.randoms())
def test_row_order_is_irrelevant(rows: list[tuple[str, float | None, float]], chance) -> None:  # noqa: ANN001
    """Law: the figures are the same to the last digit in any order of rows."""
    first = quality_by_category(judged(rows))
    second = quality_by_category(judged(chance.sample(rows, len(rows))))
    assert first.figures.equals(second.figures)
    assert first.mean_score == second.mean_score


def test_the_chart_says_what_the_table_says() -> None:
    """Law: a mark per group, verdict and part, each with its figure."""
    found = quality_by_category(judged([("A", 80.0, 0.5), ("A", 90.0, 0.7), ("B", None, 0.2)]))
    said = labels(drawn(quality_metrics_by_category(found), "x").svg)
    assert "A: mean score 85.0, eight of ten between 80 and 90" in said
    assert "A, accept: 2 of 2 pairs, 100 %" in said
    assert "B, unscored: 1 of 1 pairs, 100 %" in said
    assert "A, length: 0.60" in said
    assert found.mean_score == pytest.approx(85)


def test_no_pairs_are_said_to_be_none() -> None:
    """Law: without kept pairs the chart says so."""
    found = quality_by_category(judged([]))
    assert found.mean_score == 0
    assert "no kept pairs yet" in drawn(quality_metrics_by_category(found), "x").svg
