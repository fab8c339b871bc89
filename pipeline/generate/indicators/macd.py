"""MACD: two exponential averages and the average of their difference; as TA-Lib seeds it.

Appel's definition: MACD line = EMA(fast) - EMA(slow), signal = EMA of the MACD line. TA-Lib
starts both averages on the same bar, so the fast one is seeded later than a plain EMA would be.
"""

from collections.abc import Sequence
from typing import NamedTuple

import talib

from pipeline.generate.indicator import ComputedIndicator, Setting, Signal, Steps, crossed, crossing
from pipeline.generate.series import Series
from pipeline.generate.text import agreed, fixed, listed

DIGITS = 4
STATE_DIGITS = 6

CROSSINGS = {
    "up": "The MACD line moved from below its signal line to above it and the histogram turned "
    "positive ({before} to {now}): the bullish crossover. {zero}",
    "down": "The MACD line moved from above its signal line to below it and the histogram turned "
    "negative ({before} to {now}): the bearish crossover. {zero}",
    "above": "The MACD line stays above its signal line on both bars (histogram {before}, then "
    "{now}). There is no crossover; the histogram is {trend}. {zero}",
    "below": "The MACD line stays below its signal line on both bars (histogram {before}, then "
    "{now}). There is no crossover; the histogram is {trend}. {zero}",
}


class MacdAverages(NamedTuple):
    """The three recursive averages at one bar, as printed."""

    fast: str
    slow: str
    signal: str


def _state(series: Series, setting: Setting, bar: int) -> MacdAverages:
    fast, slow, smooth = (int(x) for x in setting)
    known = series.close[:bar]
    quick = float(talib.EMA(known[slow - fast :], fast)[-1])
    lazy = float(talib.EMA(known, slow)[-1])
    line = float(talib.MACD(known, fast, slow, smooth)[1][-1])
    return MacdAverages(*(fixed(x, STATE_DIGITS) for x in (quick, lazy, line)))


def _steps(series: Series, setting: Setting) -> Steps:
    fast, slow, smooth = (int(x) for x in setting)
    close = fixed(float(series.close[-1]))
    old, new = (_state(series, setting, bar) for bar in (series.bars - 1, series.bars))
    line, average, histogram = (float(x[-1]) for x in talib.MACD(series.close, fast, slow, smooth))
    quick = float(old.fast) + 2 / (fast + 1) * (float(close) - float(old.fast))
    lazy = float(old.slow) + 2 / (slow + 1) * (float(close) - float(old.slow))
    agreed(line, quick - lazy, DIGITS)
    macd = agreed(line, float(new.fast) - float(new.slow), DIGITS)
    by_hand = float(old.signal) + 2 / (smooth + 1) * (quick - lazy - float(old.signal))
    mean = agreed(average, by_hand, DIGITS)
    bar = agreed(histogram, float(macd) - float(mean), DIGITS)
    text = (
        f"EMA({fast}) = {old.fast} + 2/{fast + 1} * ({close} - {old.fast}) = {new.fast}; "
        f"EMA({slow}) = {old.slow} + 2/{slow + 1} * ({close} - {old.slow}) = {new.slow}; "
        f"MACD = {macd}; signal = {old.signal} + 2/{smooth + 1} * (MACD - {old.signal}) = {mean}; "
        f"histogram = {bar}"
    )
    result = f"MACD = {macd}, signal = {mean}, histogram = {bar}"
    return Steps(text, result, (float(macd), float(mean), float(bar)))


def _numbers(series: Series, _settings: Sequence[Setting], earlier: int) -> str:
    start = series.bars - 1 - earlier
    return (
        f"{listed('close', series.close[-1 - earlier :], series.bars)}; the averages of bar "
        f"{start} are the first numbers in the formulas below"
    )


def _zero(macd: float) -> str:
    if macd > 0:
        return "Above zero the fast average leads the slow one, so it speaks within an uptrend."
    return "Below zero the fast average trails the slow one, so it speaks within a downtrend."


def _reading(_series: Series, _setting: Setting, steps: Steps) -> Sequence[str]:
    macd, mean, bar = steps.values
    side, gain = ("above", "gaining") if bar > 0 else ("below", "losing")
    return [
        f"The MACD line of {fixed(macd, DIGITS)} is {side} its signal line, momentum is {gain}. "
        + _zero(macd),
        f"A histogram of {fixed(bar, DIGITS)} means that the MACD line runs {side} its own "
        f"average of {fixed(mean, DIGITS)}; traders call that momentum {gain} ground. "
        + _zero(macd),
    ]


def _signal(_series: Series, _setting: Setting, before: Steps, now: Steps) -> Signal:
    old, new = before.values[2], now.values[2]
    return crossed(
        crossing(old, new, 0, 0),
        CROSSINGS,
        before=fixed(old, DIGITS),
        now=fixed(new, DIGITS),
        trend="widening, momentum grows" if abs(new) > abs(old) else "narrowing, momentum fades",
        zero=_zero(now.values[0]),
    )


def _span(setting: Setting) -> str:
    return f"with periods {'/'.join(f'{x:.0f}' for x in setting)}"


MACD = ComputedIndicator(
    name="Moving Average Convergence Divergence (MACD)",
    subcategory="Trend Indicators",
    tags=("MACD", "momentum", "trend"),
    settings=((5, 15, 5), (8, 17, 9), (12, 26, 9)),
    span=_span,
    numbers=_numbers,
    steps=_steps,
    reading=_reading,
    signal=_signal,
    signal_questions=(
        "Did the MACD line of series {symbol} cross its signal line on bar {bar}? Use the {label}.",
        "What does the histogram of the {label} say on bars {before} and {bar} of series {symbol}?",
    ),
    comparison=(
        (
            "the pair of averages that lies above measures the stronger upward spread at this bar. "
            "Different settings are on different scales, so compare signs and crossings, not sizes"
        ),
        (
            "at this bar the second pair of averages shows the stronger upward spread. "
            "Different settings are on different scales, so compare signs and crossings, not sizes"
        ),
    ),
    compared="MACD line",
    moved="close",
    change_notes=(
        (
            "The change enters the fast average with 2/({0} + 1) and the slow one with 2/({1} + "
            "1); the difference of the two shares is what the MACD line takes on."
        ),
        (
            "Because the signal line takes up only 2/({2} + 1) of the MACD's change, most of the "
            "move shows in the histogram first."
        ),
    ),
    formulas=(
        (
            "MACD line = fast EMA - slow EMA; signal line = EMA of the MACD line; histogram = MACD "
            "line - signal line."
        ),
        (
            "The MACD is the distance of two exponential averages of the close. A third one "
            "smooths that distance (signal), and the histogram is what is left between them."
        ),
    ),
    limits=(
        "It is in price units: a reading cannot be compared between markets.",
        "Built from averages, it lags, and in a range it crosses again and again.",
        "Crossovers near the zero line are the weakest ones.",
    ),
)
