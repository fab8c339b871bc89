"""Vortex Indicator (Botes and Siepman, Stocks & Commodities, 2010); values are TA-Lib's."""

from collections.abc import Sequence

import talib

from pipeline.generate.indicator import (
    ComputedIndicator,
    Setting,
    Signal,
    Steps,
    bars,
    crossed,
    crossing,
    longest,
)
from pipeline.generate.inputs import ranges_and_one_before
from pipeline.generate.series import Series
from pipeline.generate.text import agreed, fixed, listed

DIGITS = 4
CLOSE_VORTEX = 0.1
VORTEX_CROSSINGS = {
    "up": "+VI crossed above -VI ({before} to {now} in their difference): the start of an upward "
    "vortex, taken as a buy signal, by careful users only above the bar's high.",
    "down": "+VI fell below -VI ({before} to {now} in their difference): the start of a downward "
    "vortex, taken as a sell signal, by careful users only below the bar's low.",
    "above": "+VI leads -VI on both bars (by {before}, then {now}). Nothing is crossed, the "
    "uptrend reading is unchanged.",
    "below": "-VI leads +VI on both bars (difference {before}, then {now}). Nothing is crossed, "
    "the downtrend reading is unchanged.",
}


def _vortex(series: Series, setting: Setting) -> Steps:
    n = int(setting[0])
    high, low, close = series.high[-n - 1 :], series.low[-n - 1 :], series.close[-n - 1 :]
    rising = fixed(sum(abs(high[i] - low[i - 1]) for i in range(1, n + 1)))
    falling = fixed(sum(abs(low[i] - high[i - 1]) for i in range(1, n + 1)))
    spans = (max(high[i], close[i - 1]) - min(low[i], close[i - 1]) for i in range(1, n + 1))
    ranges = fixed(sum(spans))
    plus, minus = (float(x[-1]) for x in talib.VORTEX(series.high, series.low, series.close, n))
    up = agreed(plus, float(rising) / float(ranges), DIGITS)
    down = agreed(minus, float(falling) / float(ranges), DIGITS)
    text = (
        f"the upward movements add up to {rising}, the downward ones to {falling}, "
        f"the true ranges to {ranges}; +VI = {rising} / {ranges} = {up} and "
        f"-VI = {falling} / {ranges} = {down}"
    )
    return Steps(text, f"+VI = {up}, -VI = {down}", (float(up), float(down)))


def _vortex_numbers(series: Series, settings: Sequence[Setting], earlier: int) -> str:
    n = longest(settings) + 1 + earlier
    closes = listed("Close", series.close[-n:-1], series.bars - 1)
    return f"{ranges_and_one_before(series, settings, earlier)}. {closes}"


def _vortex_reading(_series: Series, _setting: Setting, steps: Steps) -> Sequence[str]:
    up, down = steps.values
    line, way = ("+VI", "upward") if up > down else ("-VI", "downward")
    firm = "narrowly" if abs(up - down) < CLOSE_VORTEX else "clearly"
    gap = fixed(abs(up - down), DIGITS)
    return (
        (
            f"{line} leads {firm} and {way} movement dominates; the lines are {gap} apart. The "
            "trend is taken to last until they cross."
        ),
        (
            f"The {way} movement is ahead, {firm}, with a gap of {gap} between the lines. Wide "
            "gaps go with established trends, narrow ones with ranges."
        ),
    )


def _vortex_signal(_series: Series, _setting: Setting, before: Steps, now: Steps) -> Signal:
    old, new = before.values[0] - before.values[1], now.values[0] - now.values[1]
    return crossed(
        crossing(old, new, 0, 0),
        VORTEX_CROSSINGS,
        before=fixed(old, DIGITS),
        now=fixed(new, DIGITS),
    )


VORTEX = ComputedIndicator(
    name="Vortex Indicator",
    subcategory="Trend Indicators",
    tags=("Vortex", "trend", "VI"),
    settings=((7,), (10,), (14,)),
    span=bars,
    numbers=_vortex_numbers,
    steps=_vortex,
    reading=_vortex_reading,
    signal=_vortex_signal,
    signal_questions=("Do +VI and -VI of series {symbol} cross on bar {bar}? Use the {label}.",),
    comparison=(
        "upward movement has had the larger share recently than over the longer span",
        "upward movement has had a smaller share recently than over the longer span",
    ),
    compared="+VI",
    moved="high",
    change_notes=(
        (
            "As a rule a higher high adds to the upward movement and to the true range of the bar "
            "alike, so +VI gains less than its numerator and -VI loses because of the larger "
            "divisor."
        ),
    ),
    formulas=(
        (
            "+VI = sum of |high - previous low| / sum of true ranges; -VI = sum of |low - previous "
            "high| / sum of true ranges, each over the prices of n bars."
        ),
        (
            "The Vortex relates price movement from yesterday's low to today's high (+VI), and "
            "from yesterday's high to today's low (-VI), to the true range of n bars."
        ),
    ),
    limits=(
        "Short spans cross often; 14 bars and more are usual for daily data.",
        "It has no upper or lower bound that would tell of an overbought market.",
        "One very wide bar dominates all three sums while it is in the window.",
    ),
)
