"""The histogram holds every kept answer once, and its marks are exact."""

from collections import Counter

import daft
import pandas as pd
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from pipeline.charts.lengths import UNSCORED, answer_length_distribution, answer_lengths
from pipeline.charts.picture import drawn
from tests.charts.test_coverage import labels

VERDICTS = ("accept", "review", "reject", UNSCORED)
ANSWERS = st.lists(
    st.tuples(st.integers(0, 40_000) | st.integers(2_900, 3_100), st.sampled_from(VERDICTS)),
    max_size=60,
)


def judged(answers: list[tuple[int, str]]) -> daft.DataFrame:
    """Return kept pairs with the given answer lengths and verdicts."""
    columns = {
        "pair_id": pa.array([str(number) for number in range(len(answers))], pa.large_string()),
        "answer_chars": pa.array([chars for chars, _ in answers], pa.int32()),
        "verdict": pa.array([verdict for _, verdict in answers], pa.large_string()),
    }
    return daft.from_arrow(pa.table(columns))


@given(ANSWERS)
def test_every_answer_is_in_exactly_one_bar(answers: list[tuple[int, str]]) -> None:
    """Law: a bar counts the answers from its start to before its end, the open one all others."""
    bars = answer_lengths(judged(answers)).bars
    assert int(bars["pairs"].sum()) == len(answers)
    for start, end, verdict, pairs in bars.itertuples(index=False):
        inside = [
            chars
            for chars, given_verdict in answers
            if given_verdict == verdict and start <= chars and (pd.isna(end) or chars < end)
        ]
        assert len(inside) == pairs


@given(ANSWERS.filter(bool))
def test_marks_are_lengths_that_answers_have(answers: list[tuple[int, str]]) -> None:
    """Law: at least half of the answers are as long as the median or shorter; likewise the ends."""
    found = answer_lengths(judged(answers))
    lengths = sorted(chars for chars, _ in answers)
    for value, share in ((found.p5, 0.05), (found.median, 0.5), (found.p95, 0.95)):
        assert value in lengths
        assert sum(chars <= value for chars in lengths) >= share * len(lengths)
        assert sum(chars < value for chars in lengths) < share * len(lengths) or value == lengths[0]


@given(ANSWERS, st.randoms())
def test_row_order_is_irrelevant(answers: list[tuple[int, str]], chance) -> None:  # noqa: ANN001
    """Law: the histogram does not depend on the order of rows."""
    mixed = chance.sample(answers, len(answers))
    first, second = answer_lengths(judged(answers)), answer_lengths(judged(mixed))
    assert first.bars.equals(second.bars)
    assert first[1:] == second[1:]


def test_giants_share_the_open_bar() -> None:
    """Law: a few giants widen nothing; they stand in one bar without an end."""
    answers = [(1000 + number, "accept") for number in range(1000)] + [(90_000, "review")] * 2
    found = answer_lengths(judged(answers))
    assert found.bars["to_chars"].isna().sum() == 1
    assert found.bars.iloc[-1]["pairs"] == 2
    assert found.bars["from_chars"].max() < 4000


def test_the_chart_says_what_the_table_says() -> None:
    """Law: every bar of the picture carries its span, verdict and number."""
    answers = [(1000, "accept"), (1000, "reject"), (1500, "accept"), (1990, "accept")]
    found = answer_lengths(judged(answers))
    drawn_bars = Counter(
        said
        for said in labels(drawn(answer_length_distribution(found), "x").svg)
        if "pairs" in said
    )
    assert sum(int(said.split()[-2]) for said in drawn_bars.elements()) == len(answers)
    assert len(list(drawn_bars.elements())) == len(found.bars)


def test_no_answers_are_said_to_be_none() -> None:
    """Law: without kept pairs the chart says so."""
    found = answer_lengths(judged([]))
    assert (found.p5, found.median, found.p95) == (0, 0, 0)
    assert "no kept answers yet" in drawn(answer_length_distribution(found), "x").svg
