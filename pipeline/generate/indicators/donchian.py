"""Donchian Channels, the current bar included; values are TA-Lib's."""

from collections.abc import Sequence

import talib

from pipeline.generate.indicator import ComputedIndicator, Setting, Signal, Steps, bars
from pipeline.generate.inputs import ranges
from pipeline.generate.series import Series
from pipeline.generate.text import agreed, fixed

UPPER_THIRD, LOWER_THIRD = 2 / 3, 1 / 3


def _donchian(series: Series, setting: Setting) -> Steps:
    n = int(setting[0])
    high, low = fixed(float(series.high[-n:].max())), fixed(float(series.low[-n:].min()))
    lines = (float(x[-1]) for x in talib.DONCHIAN(series.high, series.low, n))
    by_hand = (float(high), (float(high) + float(low)) / 2, float(low))
    upper, middle, lower = (
        agreed(value, hand, digits)
        for value, hand, digits in zip(lines, by_hand, (2, 3, 2), strict=True)
    )
    text = (
        f"the highest of {n} highs is the upper line {upper}, the lowest of {n} lows the lower "
        f"line {lower}; middle = ({upper} + {lower}) / 2 = {middle}"
    )
    result = f"upper line = {upper}, middle = {middle}, lower line = {lower}"
    return Steps(text, result, (float(upper), float(middle), float(lower)))


def _donchian_reading(series: Series, _setting: Setting, steps: Steps) -> Sequence[str]:
    upper, _, lower = steps.values
    close, high, low = (float(x[-1]) for x in (series.close, series.high, series.low))
    place = (close - lower) / (upper - lower)
    if high == upper:
        state = "this bar itself set the upper line: a new high of the span, a long signal"
    elif low == lower:
        state = "this bar itself set the lower line: a new low of the span, a short signal"
    elif place > UPPER_THIRD:
        state = "price is near the top, a breakout upwards is close"
    elif place < LOWER_THIRD:
        state = "price is near the bottom, a breakout downwards is close"
    else:
        state = "price is in the middle of the range, nothing to do for a breakout trader"
    return (
        f"The close of {fixed(close)} stands at {fixed(100 * place, 1)} % of the channel; {state}.",
        (
            f"With the close at {fixed(close)}, {state}. The channel is {fixed(upper - lower)} "
            "wide, which also measures how far price swings."
        ),
    )


def _donchian_signal(series: Series, _setting: Setting, before: Steps, now: Steps) -> Signal:
    upper, _, lower = before.values
    high, low = float(series.high[-1]), float(series.low[-1])
    lines = f"bar {series.bars - 1}'s lines are {fixed(upper)} and {fixed(lower)}"
    if high > upper and low < lower:
        reading = "The bar exceeds both lines: an outside bar, which a breakout system leaves alone"
    elif high > upper:
        reading = f"The new high of {fixed(high)} exceeds the upper line of the bar before: the "
        reading += "long entry of Donchian's and the Turtles' rules"
    elif low < lower:
        reading = f"The new low of {fixed(low)} undercuts the lower line of the bar before: the "
        reading += "short entry, or the exit of a long trade"
    else:
        moved = "the channel only changes because an old bar drops out"
        same = "the channel stays as it is"
        reading = f"High {fixed(high)} and low {fixed(low)} stay within the old lines; "
        reading += same if before.values == now.values else moved
        return Signal(f"{reading} ({lines}). No signal.", is_event=False)
    return Signal(f"{reading} ({lines}).", is_event=True)


# The upper line of the longer span is never the lower one, so both orders read the same.
OLDER_HIGH = (
    "the longer span has seen a higher high, so a breakout of the short channel would still be "
    "inside the long one"
)
DONCHIAN = ComputedIndicator(
    name="Donchian Channels",
    subcategory="Volatility Indicators",
    tags=("Donchian Channels", "breakout", "channel"),
    settings=((10,), (12,), (15,), (20,)),
    span=bars,
    numbers=ranges,
    steps=_donchian,
    reading=_donchian_reading,
    signal=_donchian_signal,
    signal_questions=(
        "Is bar {bar} of series {symbol} a breakout by the {label}?",
        "Does series {symbol} exceed the {label} of bar {before} on bar {bar}?",
    ),
    comparison=(OLDER_HIGH, OLDER_HIGH),
    compared="upper line",
    moved="high",
    change_notes=(
        (
            "A high moves the upper line only when it is the highest of the {0} bars, and then by "
            "the full difference."
        ),
        (
            "The lower line does not care about highs; the upper one follows a new extreme at once "
            "and stays there for up to {0} bars."
        ),
    ),
    formulas=(
        (
            "Upper line = highest high of n bars, lower line = lowest low of n bars, middle = "
            "their mean; here the current bar belongs to the n."
        ),
        (
            "A Donchian channel is simply the range of the last n bars, the current one included: "
            "its highest high, its lowest low, and the middle between them."
        ),
    ),
    limits=(
        (
            "A breakout must be measured against the channel of the bar before: including today, "
            "price can touch the line but never exceed it."
        ),
        "Most breakouts fail; such systems live on a few long trends.",
        "One wick sets a line for the whole span.",
    ),
)
