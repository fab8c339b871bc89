import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.generate.series import BARS, Draws, invented
from tests.thoroughness import often

keys = st.integers(0, 2**32)


@often(30)
@given(keys, st.integers(0, 50))
def test_bars_are_possible_and_exact(seed: int, number: int) -> None:
    """Highs and lows enclose open and close, prices are whole cents and so is (H + L + C) / 3."""
    series = invented(seed, number)
    assert series.bars == BARS
    bodies = np.stack([series.open, series.close])
    assert (series.high > bodies.max(axis=0)).all()
    assert (series.low < bodies.min(axis=0)).all()
    assert (series.low > 0).all()
    for column in (*series[1:5], series.typical):
        assert np.array_equal(column, np.round(column, 2))
    assert (series.volume > 0).all()
    assert np.array_equal(series.volume, np.floor(series.volume))


@often(20)
@given(keys)
def test_a_series_is_a_function_of_its_key(seed: int) -> None:
    """The same key gives the same series twice; another number gives another one."""
    one, same, other = invented(seed, 1), invented(seed, 1), invented(seed, 2)
    assert all(np.array_equal(a, b) for a, b in zip(one[1:], same[1:], strict=True))
    assert not np.array_equal(one.close, other.close)


def test_draws_are_the_same_on_every_platform() -> None:
    """The raw stream of a key is fixed: these numbers may never change."""
    draws = Draws(1, 2)
    assert [draws.below(1000) for _ in range(5)] == [15, 675, 219, 210, 21]
    assert invented(1, 2).symbol == "K33"


@given(keys, st.integers(1, BARS))
def test_a_moved_price_leaves_the_series_alone(seed: int, bar: int) -> None:
    """Another close changes a copy, only on the last bar, and never the original."""
    series = invented(seed).until(bar)
    before = series.close.copy()
    moved = series.moved("close", 1.25)
    assert np.array_equal(series.close, before)
    assert np.array_equal(moved.close[:-1], before[:-1])
    assert moved.close[-1] == 1.25
    assert moved.high is series.high
