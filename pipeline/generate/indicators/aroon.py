"""Aroon: how many bars ago the extremes of a window were set; values are TA-Lib's."""

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
)
from pipeline.generate.inputs import ranges_and_one_before
from pipeline.generate.series import Series
from pipeline.generate.text import agreed, fixed

AROON_DIGITS = 2
STRONG_AROON = 70
WEAK_AROON = 30


def _aroon(series: Series, setting: Setting) -> Steps:
    n = int(setting[0])
    highs, lows = series.high[-n - 1 :][::-1], series.low[-n - 1 :][::-1]
    since_high, since_low = int(highs.argmax()), int(lows.argmin())
    down, up = (float(x[-1]) for x in talib.AROON(series.high, series.low, n))
    shown_up = agreed(up, 100 * (n - since_high) / n, AROON_DIGITS)
    shown_down = agreed(down, 100 * (n - since_low) / n, AROON_DIGITS)
    text = (
        f"the highest high {fixed(highs[since_high])} is {_ago(since_high)}, so Aroon Up = "
        f"100 * ({n} - {since_high}) / {n} = {shown_up}; the lowest low {fixed(lows[since_low])} "
        f"is {_ago(since_low)}, so Aroon Down = 100 * ({n} - {since_low}) / {n} = {shown_down}"
    )
    result = f"Aroon Up = {shown_up}, Aroon Down = {shown_down}"
    return Steps(text, result, (float(shown_up), float(shown_down)))


def _ago(count: int) -> str:
    return {0: "on this very bar", 1: "1 bar ago"}.get(count, f"{count} bars ago")


def _aroon_reading(_series: Series, _setting: Setting, steps: Steps) -> Sequence[str]:
    up, down = steps.values
    if up >= STRONG_AROON and down <= WEAK_AROON:
        state = "a young or healthy uptrend: new highs are recent, new lows are old"
    elif down >= STRONG_AROON and up <= WEAK_AROON:
        state = "a young or healthy downtrend: new lows are recent, new highs are old"
    elif up > down:
        state = "a mild edge for the bulls, no clear trend"
    elif down > up:
        state = "a mild edge for the bears, no clear trend"
    else:
        state = "balance: high and low are equally old"
    return (
        f"Up {fixed(up)} against Down {fixed(down)} is read as {state}.",
        (
            f"An Aroon Up of {fixed(up)} and an Aroon Down of {fixed(down)} describe {state}. "
            "Readings above 70 count as strong, below 30 as weak."
        ),
    )


AROON_CROSSINGS = {
    "up": "Aroon Up moved above Aroon Down: the bullish crossover. The age of the low now exceeds "
    "that of the high. It is confirmed when Up passes 70.",
    "down": "Aroon Up no longer stands above Aroon Down: the bearish turn. The latest extreme is a "
    "low, or both are equally old. It is confirmed when Down passes 70.",
    "above": "Aroon Up stays above Aroon Down on both bars, by {before} and then {now} points. No "
    "crossover: the upward bias stands.",
    "below": "Aroon Up is not above Aroon Down on either bar (gaps {before} and {now} points). No "
    "bullish crossover: the downward or neutral bias stands.",
}


def _aroon_signal(_series: Series, _setting: Setting, before: Steps, now: Steps) -> Signal:
    old, new = before.values[0] - before.values[1], now.values[0] - now.values[1]
    return crossed(
        crossing(old, new, 0, 0), AROON_CROSSINGS, before=fixed(abs(old)), now=fixed(abs(new))
    )


AROON = ComputedIndicator(
    name="Aroon Indicator",
    subcategory="Trend Indicators",
    tags=("Aroon", "trend", "oscillator"),
    settings=((10,), (14,), (20,)),
    span=bars,
    numbers=ranges_and_one_before,
    steps=_aroon,
    reading=_aroon_reading,
    signal=_aroon_signal,
    signal_questions=(
        "Did Aroon Up and Aroon Down cross on bar {bar} of series {symbol}? Take the {label}.",
        "How do bars {before} and {bar} of series {symbol} read on the {label}?",
    ),
    comparison=(
        (
            "in proportion to its span the short window's high is the fresher one, a sign of "
            "strength in the latest bars"
        ),
        (
            "in proportion to its span the short window's high is the older one, a sign of less "
            "strength in the latest bars"
        ),
    ),
    compared="Aroon Up",
    moved="high",
    change_notes=(
        (
            "Only the age of the extreme counts: a new high of the window lifts Aroon Up to 100 at "
            "once, and how far it exceeds the old one is of no consequence."
        ),
        (
            "Aroon measures time, not price. Either this bar becomes the highest one of the window "
            "and Up reads 100, or the change has no effect."
        ),
    ),
    formulas=(
        (
            "Aroon Up = 100 * (n - bars since the highest high) / n, Aroon Down likewise with the "
            "lowest low, over the last n bars and the current one."
        ),
        (
            "Aroon asks how old the extremes are. An n-bar high made today gives Up = 100, one "
            "made n bars ago gives 0; Down does the same with the low."
        ),
    ),
    limits=(
        "The lines jump when an old extreme leaves the window, without any new price.",
        "It ignores the size of moves: a trend of small steps reads like a strong one.",
        "Of two equal extremes the more recent counts here; other platforms may take the older.",
    ),
)
