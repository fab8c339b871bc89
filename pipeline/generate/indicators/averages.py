"""Moving averages of the close: simple, exponential and weighted; formulas as in TA-Lib."""

from collections.abc import Sequence

import talib

from pipeline.generate.indicator import (
    ComputedIndicator,
    Setting,
    Steps,
    bars,
)
from pipeline.generate.indicators.price_and_average import (
    COMPARISON,
    DIGITS,
    SIGNAL_QUESTIONS,
    reading,
    signal,
)
from pipeline.generate.inputs import closes
from pipeline.generate.series import Series
from pipeline.generate.text import agreed, fixed, listed

STATE_DIGITS = 6


def _simple(series: Series, setting: Setting) -> Steps:
    n = int(setting[0])
    total = fixed(float(series.close[-n:].sum()))
    shown = agreed(float(talib.SMA(series.close, n)[-1]), float(total) / n, DIGITS)
    text = f"the last {n} closes add up to {total}, so SMA({n}) = {total} / {n} = {shown}"
    return Steps(text, f"SMA({n}) = {shown}", (float(shown),))


def _weighted(series: Series, setting: Setting) -> Steps:
    n = int(setting[0])
    weights = n * (n + 1) // 2
    total = sum(w * float(c) for w, c in enumerate(series.close[-n:], start=1))
    shown_total = fixed(total)
    shown = agreed(float(talib.WMA(series.close, n)[-1]), float(shown_total) / weights, DIGITS)
    text = (
        f"with weight 1 on the oldest and {n} on the newest of {n} closes the weighted sum is "
        f"{shown_total}; the weights add up to {weights}, so "
        f"WMA({n}) = {shown_total} / {weights} = {shown}"
    )
    return Steps(text, f"WMA({n}) = {shown}", (float(shown),))


def _exponential(series: Series, setting: Setting) -> Steps:
    n = int(setting[0])
    line = talib.EMA(series.close, n)
    previous, close = fixed(float(line[-2]), STATE_DIGITS), fixed(float(series.close[-1]))
    by_hand = float(previous) + 2 / (n + 1) * (float(close) - float(previous))
    shown = agreed(float(line[-1]), by_hand, DIGITS)
    text = f"EMA({n}) = {previous} + 2/{n + 1} * ({close} - {previous}) = {shown}"
    return Steps(text, f"EMA({n}) = {shown}", (float(shown),))


def _exponential_numbers(series: Series, settings: Sequence[Setting], earlier: int) -> str:
    shown = listed("close", series.close[-1 - earlier :], series.bars)
    start = series.bars - 1 - earlier
    states = (
        f"EMA({n:.0f}) of bar {start}: "
        f"{fixed(float(talib.EMA(series.close, int(n))[start - 1]), STATE_DIGITS)}"
        for (n,) in settings
    )
    return "; ".join((shown, *states))


SMA = ComputedIndicator(
    name="Simple Moving Average (SMA)",
    subcategory="Trend Indicators",
    tags=("SMA", "moving average", "trend"),
    settings=((5,), (8,), (10,), (15,), (20,)),
    span=bars,
    numbers=closes,
    steps=_simple,
    reading=reading,
    signal=signal,
    signal_questions=SIGNAL_QUESTIONS,
    comparison=COMPARISON,
    moved="close",
    change_notes=(
        "Each of the {0} closes weighs 1/{0}, so only that share of the move reaches the average.",
        "The average takes over 1/{0} of any change of a single close; longer spans damp more.",
    ),
    formulas=(
        (
            "A simple moving average is the plain mean of the last n closes: "
            "SMA(n) = (C1 + C2 + ... + Cn) / n."
        ),
        (
            "SMA(n) adds the n most recent closing prices and divides by n. Every close has the "
            "same weight, and the oldest one drops out when a new bar closes."
        ),
    ),
    limits=(
        (
            "The average lags by about half its span, and in a sideways market price crosses it "
            "back and forth without meaning much."
        ),
        (
            "A jump can come from an old close that leaves the window, not from anything that "
            "happened today."
        ),
        (
            "It says where price has been; it does not say how strong the move is or how long it "
            "will last."
        ),
    ),
)
EMA = ComputedIndicator(
    name="Exponential Moving Average (EMA)",
    subcategory="Trend Indicators",
    tags=("EMA", "moving average", "trend"),
    settings=((8,), (10,), (12,), (20,), (26,)),
    span=bars,
    numbers=_exponential_numbers,
    steps=_exponential,
    reading=reading,
    signal=signal,
    signal_questions=SIGNAL_QUESTIONS,
    comparison=COMPARISON,
    moved="close",
    change_notes=(
        (
            "The newest close enters with the factor 2/({0} + 1), the largest weight of all bars; "
            "from the next bar on its influence decays."
        ),
        (
            "Exactly the share 2/({0} + 1) of the change arrives at once, which is why an EMA "
            "answers faster than a simple average of the same span."
        ),
    ),
    formulas=(
        (
            "The EMA moves a fixed share of the way to the newest close: "
            "EMA = previous EMA + 2/(n + 1) * (close - previous EMA)."
        ),
        (
            "Only two numbers are needed, yesterday's EMA and today's close. With the smoothing "
            "factor 2/(n + 1) the step is EMA = previous EMA + factor * (close - previous EMA)."
        ),
    ),
    limits=(
        (
            "The value depends on where the calculation began; here the first EMA is the simple "
            "average of the first n closes, and other platforms may differ in the first bars."
        ),
        (
            "Quick response has its price: a single spike in the close bends the line at once, and "
            "in ranges that means more false crossings than with an SMA."
        ),
        "It follows price with a delay and cannot anticipate a turn.",
    ),
)
WMA = ComputedIndicator(
    name="Weighted Moving Average (WMA)",
    subcategory="Trend Indicators",
    tags=("WMA", "moving average", "trend"),
    settings=((5,), (8,), (10,), (15,)),
    span=bars,
    numbers=closes,
    steps=_weighted,
    reading=reading,
    signal=signal,
    signal_questions=SIGNAL_QUESTIONS,
    comparison=COMPARISON,
    moved="close",
    change_notes=(
        (
            "The newest close has the weight {0} of the whole sum of weights, the same as "
            "2/({0} + 1), so a late move counts most."
        ),
        "No other close of the window matters as much as this one: its share is 2/({0} + 1).",
    ),
    formulas=(
        (
            "A weighted moving average counts recent closes more: the oldest of n closes has "
            "weight 1, the newest n, and the sum is divided by n(n + 1)/2."
        ),
        "WMA(n) = (1*C1 + 2*C2 + ... + n*Cn) / (n(n + 1)/2), where Cn is the newest close.",
    ),
    limits=(
        (
            "The weights fall in a straight line, which is a convention and not something fitted "
            "to the market."
        ),
        (
            "It turns sooner than an SMA of the same span, and by the same token it is fooled more "
            "often by a single odd close."
        ),
        "Closes older than the window count for nothing, however large the move was.",
    ),
)
