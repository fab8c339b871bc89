"""Senkou Span A and B, the edges of the Ichimoku cloud.

Hosoda's definitions as given in StockCharts ChartSchool, "Ichimoku Cloud": Span A is the mean of
Tenkan-sen and Kijun-sen, Span B the midpoint of 52 bars; both are plotted 26 bars ahead.
"""

from collections.abc import Sequence

import talib

from pipeline.generate.indicator import (
    ComputedIndicator,
    Setting,
    Steps,
    bars,
)
from pipeline.generate.indicators.ichimoku import (
    COMPARISON,
    MIDPOINT_NOTES,
    SIGNAL_QUESTIONS,
    line_signal,
    midpoint,
)
from pipeline.generate.series import Series
from pipeline.generate.text import agreed, fixed, listed, row

DIGITS = 4
BLOCKS = 4
AHEAD_BARS = 26


def _span_a(series: Series, setting: Setting) -> Steps:
    quick, base = (int(x) for x in setting)
    first, tenkan = midpoint(series, quick, f"Tenkan-sen({quick})")
    second, kijun = midpoint(series, base, f"Kijun-sen({base})")
    library = sum(float(talib.MIDPRICE(series.high, series.low, n)[-1]) for n in (quick, base)) / 2
    shown = agreed(library, (float(tenkan) + float(kijun)) / 2, DIGITS)
    text = (
        f"{first}; {second}; Senkou Span A = ({tenkan} + {kijun}) / 2 = {shown}, plotted at bar "
        f"{series.bars + AHEAD_BARS}"
    )
    return Steps(text, f"Senkou Span A = {shown}", (float(shown), float(tenkan), float(kijun)))


def _span_a_numbers(series: Series, settings: Sequence[Setting], earlier: int) -> str:
    lines = []
    for bar in range(series.bars - earlier, series.bars + 1):
        for n in sorted({int(n) for setting in settings for n in setting}):
            high, low = series.until(bar).extremes(n)
            lines.append(
                f"the {n} bars up to bar {bar} have the highest high {fixed(high)} and the lowest "
                f"low {fixed(low)}"
            )
    return "; ".join(lines)


def _span_b(series: Series, setting: Setting) -> Steps:
    n = int(setting[0])
    highs = [float(part.max()) for part in series.high[-n:].reshape(BLOCKS, -1)]
    lows = [float(part.min()) for part in series.low[-n:].reshape(BLOCKS, -1)]
    working, shown = midpoint(series, n, f"Senkou Span B({n})")
    text = (
        f"in {BLOCKS} blocks of {n // BLOCKS} bars the highest highs are {row(highs)} and the "
        f"lowest lows {row(lows)}; {working}, plotted at bar {series.bars + AHEAD_BARS}"
    )
    return Steps(text, f"Senkou Span B({n}) = {shown}", (float(shown),))


def _span_b_numbers(series: Series, _settings: Sequence[Setting], earlier: int) -> str:
    return listed("close", series.close[-1 - earlier :], series.bars)


def _span_a_reading(_series: Series, _setting: Setting, steps: Steps) -> Sequence[str]:
    _, tenkan, kijun = steps.values
    side, bias = (
        ("above", "an upward") if tenkan > kijun else ("not above", "a downward or neutral")
    )
    return (
        (
            f"Tenkan-sen is {side} Kijun-sen, {bias} bias. Span A is the faster edge of the "
            "cloud; drawn ahead, it shows where support or resistance will lie."
        ),
        (
            f"The value becomes one edge of the future cloud. As Tenkan-sen is {side} Kijun-sen, "
            f"the sign is {bias} bias; the cloud is bullish where Span A lies above Span B."
        ),
    )


def _span_b_reading(series: Series, _setting: Setting, steps: Steps) -> Sequence[str]:
    close, line = float(series.close[-1]), steps.values[0]
    side, use = ("above", "a floor") if close > line else ("below", "a lid")
    return (
        (
            f"Today's close of {fixed(close)} is {side} this level, so the slow edge of the future "
            f"cloud is {use}. Flat stretches of Span B tend to attract price."
        ),
        (
            f"Span B is the slowest line of the system. With price {side} it, the long range's "
            f"middle acts as {use} 26 bars ahead; a thick cloud there is hard to cross."
        ),
    )


SPAN_A = ComputedIndicator(
    name="Ichimoku Cloud (Senkou Span A)",
    subcategory="Trend Indicators",
    tags=("Ichimoku", "Senkou Span A", "cloud"),
    settings=((7, 22), (9, 26), (10, 30)),
    span=lambda setting: f"with periods {setting[0]:.0f} and {setting[1]:.0f}",
    numbers=_span_a_numbers,
    steps=_span_a,
    reading=_span_a_reading,
    signal=line_signal("new Span A value", "which counts once price also clears today's cloud"),
    signal_questions=SIGNAL_QUESTIONS,
    comparison=(
        "the shorter pair of ranges is centred higher, a sign of strength in the latest bars",
        "the shorter pair of ranges is centred lower, a sign of weakness in the latest bars",
    ),
    moved="high",
    change_notes=(
        (
            "A new high of both ranges enters Tenkan-sen and Kijun-sen by half each, so the span "
            "follows by half of it; a high of the short range alone moves it by a quarter."
        ),
        (
            "Periods {0} and {1} both look at extremes only: below the highest high of the range "
            "the bar's high has no effect."
        ),
    ),
    formulas=(
        (
            "Senkou Span A = (Tenkan-sen + Kijun-sen) / 2, plotted 26 bars ahead. Both lines are "
            "midpoints of a high-low range."
        ),
        (
            "The first edge of the cloud is the mean of conversion and base line, shifted 26 bars "
            "into the future: Span A = (Tenkan-sen + Kijun-sen) / 2."
        ),
    ),
    limits=(
        "Plotting ahead is no forecast: every number in it is known today.",
        "The edge that price meets today was computed 26 bars ago; do not mix the two.",
        "With both lines flat the edge is flat, and crossings of it mean little.",
    ),
)


SPAN_B = ComputedIndicator(
    name="Ichimoku Cloud (Senkou Span B)",
    subcategory="Trend Indicators",
    tags=("Ichimoku", "Senkou Span B", "cloud"),
    settings=((40,), (44,), (52,)),
    span=bars,
    numbers=_span_b_numbers,
    steps=_span_b,
    reading=_span_b_reading,
    signal=line_signal("new Span B value", "the slowest and weightiest line of the cloud system"),
    signal_questions=SIGNAL_QUESTIONS,
    comparison=COMPARISON,
    moved="low",
    change_notes=MIDPOINT_NOTES,
    formulas=(
        (
            "Senkou Span B = (highest high + lowest low) / 2 of the last n bars, by default 52, "
            "plotted 26 bars ahead."
        ),
        (
            "The slow edge of the cloud is the midpoint of a long range, 52 bars in the standard "
            "setting, drawn 26 bars into the future."
        ),
    ),
    limits=(
        "It reacts very late: a trend can be over before the span turns.",
        "A single wick of weeks ago fixes the level; check whether that extreme was real trading.",
        "The distance of 26 bars is a habit of the chart, not a prediction.",
    ),
)
