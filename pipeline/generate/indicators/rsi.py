"""Relative Strength Index; values are TA-Lib's.

Wilder (New Concepts in Technical Trading Systems, 1978): the averages of gains and losses start
as plain means of n changes and then move by 1/n.
"""

from collections.abc import Sequence

import numpy as np
import talib

from pipeline.generate.indicator import (
    ComputedIndicator,
    Setting,
    Signal,
    Steps,
    bars,
    crossing,
)
from pipeline.generate.series import Floats, Series
from pipeline.generate.text import agreed, fixed, listed

RSI_DIGITS = 2
STATE_DIGITS = 6
AVERAGE_DIGITS = 5
OVERBOUGHT, OVERSOLD, MIDDLE = 70, 30, 50


def _wilder(changes: Floats, n: int) -> float:
    """Return Wilder's average of the changes, seeded by the mean of the first n."""
    average = float(changes[:n].mean())
    for change in changes[n:].tolist():
        average += (change - average) / n
    return average


def _rsi(series: Series, setting: Setting) -> Steps:
    n = int(setting[0])
    moves = np.round(np.diff(series.close), 2)
    gains, losses = np.maximum(moves, 0), np.maximum(-moves, 0)
    before = [fixed(_wilder(part[:-1], n), STATE_DIGITS) for part in (gains, losses)]
    last = [fixed(float(part[-1])) for part in (gains, losses)]
    now = [
        agreed(_wilder(part, n), ((n - 1) * float(was) + float(new)) / n, AVERAGE_DIGITS)
        for part, was, new in zip((gains, losses), before, last, strict=True)
    ]
    gain, loss = (float(x) for x in now)
    library = float(talib.RSI(series.close, n)[-1])
    shown = agreed(library, 100 * gain / (gain + loss), RSI_DIGITS)
    text = (
        f"gain {last[0]}, loss {last[1]}; average gain = ({n - 1} * {before[0]} + {last[0]}) / {n} "
        f"= {now[0]}; average loss = ({n - 1} * {before[1]} + {last[1]}) / {n} = {now[1]}; "
        f"RSI({n}) = 100 * {now[0]} / ({now[0]} + {now[1]}) = {shown}"
    )
    return Steps(text, f"RSI({n}) = {shown}", (float(shown),))


def _rsi_numbers(series: Series, _settings: Sequence[Setting], earlier: int) -> str:
    start = series.bars - 1 - earlier
    shown = listed("close", series.close[-2 - earlier :], series.bars)
    return f"{shown}. The previous averages, up to bar {start}, are the numbers times n - 1 below"


def _rsi_reading(_series: Series, _setting: Setting, steps: Steps) -> Sequence[str]:
    value = steps.values[0]
    if value >= OVERBOUGHT:
        state = (
            "counts as overbought: gains have far outweighed losses. In a strong trend it can stay "
            "there for long, so many wait for the fall back below 70"
        )
    elif value <= OVERSOLD:
        state = (
            "counts as oversold: losses have far outweighed gains. A rebound is more likely than "
            "before, yet buyers usually wait for the rise back above 30"
        )
    elif value > MIDDLE:
        state = "lies in the upper half of the scale: gains prevail, without an extreme"
    else:
        state = "lies in the lower half of the scale: losses prevail, without an extreme"
    return (
        f"A value of {fixed(value)} {state}.",
        f"On its scale from 0 to 100 the RSI of {fixed(value)} {state}.",
    )


RSI_EVENTS = (
    (
        OVERBOUGHT,
        "up",
        "rose above 70 and is now overbought: momentum is strong, late buying risky",
    ),
    (OVERBOUGHT, "down", "fell back below 70: the usual sell or take-profit signal"),
    (OVERSOLD, "up", "rose back above 30: the usual buy signal after an oversold phase"),
    (OVERSOLD, "down", "fell below 30 and is now oversold: pressure is strong, no buy signal yet"),
    (MIDDLE, "up", "crossed the middle line of 50 upwards: gains now outweigh losses"),
    (MIDDLE, "down", "crossed the middle line of 50 downwards: losses now outweigh gains"),
)


def _rsi_signal(_series: Series, _setting: Setting, before: Steps, now: Steps) -> Signal:
    old, new = before.values[0], now.values[0]
    path = f"From {fixed(old)} to {fixed(new)} the RSI"
    for level, side, meaning in RSI_EVENTS:
        if crossing(old, new, level, level) == side:
            return Signal(f"{path} {meaning}.", is_event=True)
    trend = "gaining" if new > old else "losing"
    return Signal(
        f"{path} crosses none of the levels 30, 50 and 70. Momentum is {trend} a little, and "
        "there is no signal.",
        is_event=False,
    )


RSI = ComputedIndicator(
    name="Relative Strength Index (RSI)",
    subcategory="Momentum Indicators",
    tags=("RSI", "momentum", "oscillator"),
    settings=((7,), (9,), (14,), (21,)),
    span=bars,
    numbers=_rsi_numbers,
    steps=_rsi,
    reading=_rsi_reading,
    signal=_rsi_signal,
    signal_questions=(
        (
            "Series {symbol} closed at {close_before} on bar {before} and at {close} on bar {bar}. "
            "Does the {label} give a signal?"
        ),
        "Does the {label} cross 30, 50 or 70 on bar {bar} of series {symbol}?",
    ),
    comparison=(
        (
            "the short span answers faster and stands nearer to the overbought side, so the latest "
            "bars were stronger than the longer record"
        ),
        (
            "the short span answers faster and stands nearer to the oversold side, so the latest "
            "bars were weaker than the longer record"
        ),
    ),
    moved="close",
    change_notes=(
        (
            "The last change enters the averages with the weight 1/{0}; a short RSI therefore "
            "swings more on the same close."
        ),
        (
            "A single close has the weight 1/{0} in Wilder's averages, yet near the middle of the "
            "scale that is enough to move the RSI by several points."
        ),
    ),
    formulas=(
        (
            "RSI = 100 * average gain / (average gain + average loss), the same as 100 - 100/(1 + "
            "RS) with RS = average gain / average loss. Both averages are Wilder's: "
            "((n - 1) * previous + current) / n."
        ),
        (
            "The RSI is the share of the gains in all movement, times 100. Average gain and "
            "average loss are smoothed by ((n - 1) * previous + current) / n."
        ),
    ),
    limits=(
        (
            "In a trend it can stay above 70 or below 30 for weeks, and selling on the level alone "
            "then loses money."
        ),
        "It knows closes only: range and volume of the bars play no part.",
        "Its smoothing has a long memory, so platforms with little history show other values.",
    ),
)
