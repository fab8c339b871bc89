"""Change of the close against an earlier one: Rate of Change and Momentum; TA-Lib's values."""

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
from pipeline.generate.series import Series
from pipeline.generate.text import agreed, fixed, listed, signed

ROC_DIGITS = 2


def _roc(series: Series, setting: Setting) -> Steps:
    n = int(setting[0])
    now, then = float(series.close[-1]), float(series.close[-1 - n])
    shown = agreed(float(talib.ROC(series.close, n)[-1]), 100 * (now / then - 1), ROC_DIGITS)
    text = (
        f"close {fixed(now)} against {fixed(then)} on bar {series.bars - n}; "
        f"ROC({n}) = 100 * ({fixed(now)} - {fixed(then)}) / {fixed(then)} = {shown} %"
    )
    return Steps(text, f"ROC({n}) = {shown} %", (float(shown),))


def _momentum(series: Series, setting: Setting) -> Steps:
    n = int(setting[0])
    now, then = float(series.close[-1]), float(series.close[-1 - n])
    shown = agreed(float(talib.MOM(series.close, n)[-1]), now - then, 2)
    text = (
        f"close {fixed(now)} against {fixed(then)} on bar {series.bars - n}; "
        f"Momentum({n}) = {fixed(now)} - {fixed(then)} = {shown}"
    )
    return Steps(text, f"Momentum({n}) = {shown}", (float(shown),))


def _then_and_now(series: Series, settings: Sequence[Setting], earlier: int) -> str:
    newest = listed("close", series.close[-1 - earlier :], series.bars)
    parts = [newest]
    for (n,) in settings:
        bar = series.bars - int(n)
        values = series.close[bar - 1 - earlier : bar]
        parts.append(listed("close", values, bar))
    return "; ".join(parts)


def _change_reading(series: Series, setting: Setting, steps: Steps) -> Sequence[str]:
    value, n = steps.values[0], int(setting[0])
    if value > 0:
        side, mood = "above", "positive, buyers have carried the price over this span"
    elif value < 0:
        side, mood = "below", "negative, sellers have carried the price over this span"
    else:
        side, mood = "at", "nil, the span ends where it began"
    return (
        (
            f"The close of {fixed(series.close[-1])} is {side} the one of {n} bars ago: momentum "
            f"is {mood}. The crossing of zero and divergences from price are what traders act on."
        ),
        (
            f"Momentum is {mood}. A value that shrinks towards zero while price goes on is the "
            "classic early sign of a tiring move."
        ),
    )


ZERO_CROSSINGS = {
    "up": "The value went from {before} to {now} and crossed zero upwards: price is now above "
    "its level of {n} bars ago, a bullish momentum signal.",
    "down": "The value went from {before} to {now} and lost its positive sign: price is no longer "
    "above its level of {n} bars ago, a bearish momentum signal.",
    "above": "Both values, {before} and {now}, are positive. Zero is not crossed; the move is "
    "{trend}.",
    "below": "Neither value, {before} or {now}, is positive. Zero is not crossed; the decline is "
    "{trend}.",
}


def _zero_signal(_series: Series, setting: Setting, before: Steps, now: Steps) -> Signal:
    old, new = before.values[0], now.values[0]
    return crossed(
        crossing(old, new, 0, 0),
        ZERO_CROSSINGS,
        before=signed(old),
        now=signed(new),
        n=int(setting[0]),
        trend="gaining speed" if abs(new) > abs(old) else "losing speed",
    )


ROC = ComputedIndicator(
    name="Rate of Change (ROC)",
    subcategory="Momentum Indicators",
    tags=("ROC", "momentum"),
    settings=((5,), (9,), (10,), (14,), (20,)),
    span=bars,
    numbers=_then_and_now,
    steps=_roc,
    reading=_change_reading,
    signal=_zero_signal,
    signal_questions=("Does the {label} cross zero on bar {bar} of series {symbol}?",),
    comparison=(
        (
            "more has been gained (or less lost) over the short span than over the long one, so "
            "the newest bars pull upwards"
        ),
        (
            "less has been gained (or more lost) over the short span than over the long one, so "
            "the newest bars add the smaller part"
        ),
    ),
    moved="close",
    change_notes=(
        (
            "The base of {0} bars ago stays as it is, so each per cent of the new close moves the "
            "ROC by about one point."
        ),
        "Two prices enter and this is one of them: nothing dampens the change over {0} bars.",
    ),
    formulas=(
        "ROC(n) = 100 * (close - close n bars ago) / close n bars ago, in per cent.",
        (
            "The Rate of Change compares today's close with the one n bars back and gives the "
            "difference in per cent of the old one."
        ),
    ),
    limits=(
        "Only two closes count. When the old one was an outlier the value jumps as it drops out.",
        (
            "There are no fixed overbought or oversold levels; they must be taken from the "
            "market's own history."
        ),
        "As a percentage it can be compared between markets, but not between spans.",
    ),
)


MOMENTUM = ComputedIndicator(
    name="Momentum Indicator",
    subcategory="Momentum Indicators",
    tags=("momentum", "oscillator"),
    settings=((5,), (10,), (12,), (20,)),
    span=bars,
    numbers=_then_and_now,
    steps=_momentum,
    reading=_change_reading,
    signal=_zero_signal,
    signal_questions=("Does the {label} cross zero on bar {bar} of series {symbol}?",),
    comparison=(
        "the short span has gained more (or lost less) than the long one in price units",
        "the short span has gained less (or lost more) than the long one in price units",
    ),
    moved="close",
    change_notes=(
        "The close of {0} bars ago is fixed, so the value moves by exactly what the close moves.",
    ),
    formulas=(
        "Momentum(n) = close - close n bars ago, in price units.",
        (
            "The indicator is a plain difference: today's close less the close n bars back. Its "
            "zero line separates higher from lower."
        ),
    ),
    limits=(
        "In price units it cannot be compared between markets; the Rate of Change can.",
        "It jumps when an unusual close leaves the far end of the span.",
        "A positive value tells that price has risen, not that it goes on rising.",
    ),
)
