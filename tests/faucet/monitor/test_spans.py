"""Spans of time: what is covered and what is not always adds up to the window."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipeline.faucet.monitor.figures import mean, p95, rate, share
from pipeline.faucet.monitor.spans import Span, between, cut, joined, total_s
from tests.faucet.team import NOON, later

WINDOW = Span(later(100), later(900))
spans = st.lists(
    st.tuples(st.integers(0, 1_000), st.integers(0, 300)).map(
        lambda told: Span(later(told[0]), later(told[0] + told[1]))
    ),
    max_size=12,
)


@given(spans)
def test_a_window_is_covered_or_not(told: list[Span]) -> None:
    """The parts that spans cover and those between them are the window, and never meet."""
    covered, free = joined(cut(told, WINDOW)), between(told, WINDOW)
    assert total_s(covered) + total_s(free) == WINDOW.seconds
    ordered = sorted([*covered, *free])
    assert all(one.end == other.start for one, other in pairwise(ordered))
    assert between(free, WINDOW) == covered


@given(spans)
def test_joined_spans_cover_the_same(told: list[Span]) -> None:
    """A moment lies in one of the spans just where it lies in their union."""
    union = joined(told)
    for second in range(0, 1_300, 37):
        moment = NOON + timedelta(seconds=second)
        inside = any(one.start <= moment < one.end for one in told)
        assert any(one.start <= moment < one.end for one in union) is inside


def test_figures_without_data_are_unknown() -> None:
    """A mean of nothing, a share of nothing and a rate in no time are unknown, with the reason."""
    assert mean([], "no tasks") == p95([], "no tasks") == (None, "no tasks")
    assert share(1, 0, "no window") == (None, "no window")
    assert rate(5, 149, 3_600) == (None, "the window is shorter than 2.5 minutes")
    assert rate(5, 3_599, 86_400) == (None, "the window is shorter than 60 minutes")
    assert rate(5, 1_800, 3_600) == (10, "")


def test_p95_is_a_value_that_was_seen() -> None:
    """At least 95 of 100 values are no larger than it: the nearest rank."""
    assert p95(list(range(1, 101)), "").value == 95
    assert p95([7], "").value == 7
    assert p95([1, 2, 3], "").value == 3
    assert mean([1, 2, 6], "").value == 3
