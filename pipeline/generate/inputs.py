"""The inputs of a calculation, as sentences that several indicators share."""

from collections.abc import Sequence

from pipeline.generate.indicator import Setting, longest
from pipeline.generate.series import Series
from pipeline.generate.text import listed


def closes(series: Series, settings: Sequence[Setting], earlier: int) -> str:
    """Return the closes of the longest window."""
    return listed("close", series.close[-(longest(settings) + earlier) :], series.bars)


def ranges(series: Series, settings: Sequence[Setting], earlier: int) -> str:
    """Return the highs and lows of the longest window."""
    return highs_and_lows(series, longest(settings) + earlier)


def ranges_and_one_before(series: Series, settings: Sequence[Setting], earlier: int) -> str:
    """Return the highs and lows of the longest window and of the bar before it."""
    return highs_and_lows(series, longest(settings) + 1 + earlier)


def highs_and_lows(series: Series, count: int) -> str:
    """Return the last highs and lows."""
    highs = listed("high", series.high[-count:], series.bars)
    return f"{highs}. {listed('Low', series.low[-count:], series.bars)}"
