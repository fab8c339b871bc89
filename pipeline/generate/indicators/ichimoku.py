"""Tenkan-sen and Kijun-sen of the Ichimoku system: midpoints of high-low ranges.

Hosoda's definitions as given in StockCharts ChartSchool, "Ichimoku Cloud": the lines are
(highest high + lowest low) / 2 over 9 and 26 bars, which is TA-Lib's MIDPRICE.
"""

from collections.abc import Callable, Sequence

import talib

from pipeline.generate.indicator import (
    ComputedIndicator,
    Setting,
    Signal,
    Steps,
    bars,
    crossed,
    crossing,
)
from pipeline.generate.inputs import ranges
from pipeline.generate.series import Series
from pipeline.generate.text import agreed, fixed

DIGITS = 4
CROSSINGS = {
    "up": "The close went from {before} (line at {level_before}) to {now} (line at {level}), from "
    "below the {line} to above it: a bullish crossing, {weight}.",
    "down": "The close went from {before} (line at {level_before}) to {now} (line at {level}), "
    "from above the {line} to below it: a bearish crossing, {weight}.",
    "above": "The closes of {before} and {now} both stand above the {line} ({level_before}, then "
    "{level}). There is no new signal; the line is {slope}.",
    "below": "The closes of {before} and {now} both stand below the {line} ({level_before}, then "
    "{level}). There is no new signal; the line is {slope}.",
}


SIGNAL_QUESTIONS = (
    (
        "Series {symbol} closed at {close_before} on bar {before} and at {close} on bar {bar}. "
        "On which side of the {label} is it, and did that change?"
    ),
    "Did price cross the {label} on bar {bar} of series {symbol}?",
)


COMPARISON = (
    (
        "the middle of the shorter range is the higher one, as it is when recent trading happens "
        "in the upper part of the longer range"
    ),
    (
        "the middle of the shorter range is the lower one, as it is when recent trading happens in "
        "the lower part of the longer range"
    ),
)


MIDPOINT_NOTES = (
    (
        "A new extreme moves the line by half of what it adds to the {0}-bar range; a price inside "
        "the range moves nothing."
    ),
    (
        "Only the two extremes of the {0} bars count, and each counts half. That is why the line "
        "is flat for long stretches and then jumps."
    ),
)


def midpoint(series: Series, n: int, name: str) -> tuple[str, str]:
    """Return the working and the printed value of the midpoint of n bars."""
    high, low = series.extremes(n)
    library = float(talib.MIDPRICE(series.high, series.low, n)[-1])
    shown = agreed(library, (high + low) / 2, DIGITS)
    return f"{name} = ({fixed(high)} + {fixed(low)}) / 2 = {shown}", shown


def _line(name: str) -> Callable[[Series, Setting], Steps]:
    def steps(series: Series, setting: Setting) -> Steps:
        n = int(setting[0])
        working, shown = midpoint(series, n, f"{name}({n})")
        text = f"among the last {n} bars the highest high and the lowest low give {working}"
        return Steps(text, f"{name}({n}) = {shown}", (float(shown),))

    return steps


def line_signal(line: str, weight: str) -> Callable[[Series, Setting, Steps, Steps], Signal]:
    """Return the function that tells whether the close crossed a line of that name."""

    def signal(series: Series, _setting: Setting, before: Steps, now: Steps) -> Signal:
        old, new = before.values[0], now.values[0]
        last, previous = float(series.close[-1]), float(series.close[-2])
        slope = "flat" if new == old else ("rising" if new > old else "falling")
        return crossed(
            crossing(previous, last, old, new),
            CROSSINGS,
            before=fixed(previous),
            now=fixed(last),
            level_before=fixed(old, DIGITS),
            level=fixed(new, DIGITS),
            line=line,
            weight=weight,
            slope=slope,
        )

    return signal


def _tenkan_reading(series: Series, _setting: Setting, steps: Steps) -> Sequence[str]:
    close, line = float(series.close[-1]), steps.values[0]
    side, word = ("above", "buyers hold") if close > line else ("below", "sellers hold")
    return (
        (
            f"The close of {fixed(close)} is {side} the Tenkan-sen, so {word} the short-term "
            "initiative. The line is the cloud system's trigger: its crossing of the Kijun-sen is "
            "the signal that counts."
        ),
        (
            f"Tenkan-sen is the fast line. With the close {side} it at {fixed(close)}, {word} the "
            "upper hand over the last bars; a flat Tenkan-sen would mean a short range."
        ),
    )


def _kijun_reading(series: Series, _setting: Setting, steps: Steps) -> Sequence[str]:
    close, line = float(series.close[-1]), steps.values[0]
    gap_pct = fixed(abs(100 * (close / line - 1)))
    side, use = ("above", "support") if close > line else ("below", "resistance")
    return (
        (
            f"The close of {fixed(close)} lies {gap_pct} % {side} the Kijun-sen, which then serves "
            f"as {use}. Many set their stop just beyond this line."
        ),
        (
            f"Kijun-sen is the balance of the medium-term range. Price is {gap_pct} % {side} it; "
            f"the larger that distance, the stronger the pull back to the line, which acts as "
            f"{use}."
        ),
    )


TENKAN = ComputedIndicator(
    name="Ichimoku Cloud (Tenkan-sen)",
    subcategory="Trend Indicators",
    tags=("Ichimoku", "Tenkan-sen", "trend"),
    settings=((7,), (9,), (12,), (18,)),
    span=bars,
    numbers=ranges,
    steps=_line("Tenkan-sen"),
    reading=_tenkan_reading,
    signal=line_signal("Tenkan-sen", "the earliest and least reliable one of the cloud system"),
    signal_questions=SIGNAL_QUESTIONS,
    comparison=COMPARISON,
    moved="high",
    change_notes=MIDPOINT_NOTES,
    formulas=(
        (
            "Tenkan-sen (conversion line) = (highest high + lowest low) / 2 of the last n bars, "
            "by default 9."
        ),
        (
            "The conversion line is not an average of closes: it is the midpoint of the high-low "
            "range of the last n bars, n being 9 in Hosoda's original."
        ),
    ),
    limits=(
        "On its own the line is a weak signal: it is meant to be read with Kijun-sen and cloud.",
        "One spike stays in the line for the whole span and drops out abruptly.",
        "The period of 9 comes from a market with six trading days a week; crypto trades on seven.",
    ),
)


KIJUN = ComputedIndicator(
    name="Ichimoku Cloud (Kijun-sen)",
    subcategory="Trend Indicators",
    tags=("Ichimoku", "Kijun-sen", "trend"),
    settings=((17,), (20,), (22,), (26,)),
    span=bars,
    numbers=ranges,
    steps=_line("Kijun-sen"),
    reading=_kijun_reading,
    signal=line_signal("Kijun-sen", "of medium weight and stronger beyond the cloud"),
    signal_questions=SIGNAL_QUESTIONS,
    comparison=COMPARISON,
    moved="low",
    change_notes=MIDPOINT_NOTES,
    formulas=(
        (
            "Kijun-sen (base line) = (highest high + lowest low) / 2 of the last n bars, "
            "by default 26."
        ),
        (
            "The base line marks the middle of the range that price covered in the last n bars; "
            "26 is the standard."
        ),
    ),
    limits=(
        "It is flat in a range and then says nothing about direction.",
        "An old extreme that leaves the window moves the line although nothing happened today.",
        "As a stop level it is wide: after a fast move it lies far from price.",
    ),
)
