"""Commodity Channel Index (Lambert, Commodities, 1980); values are TA-Lib's."""

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
    longest,
)
from pipeline.generate.series import Series
from pipeline.generate.text import agreed, fixed, listed, signed

CCI_DIGITS = 1
CCI_STATE_DIGITS = 5
CCI_LIMIT = 100
LAMBERT = 0.015


def _cci(series: Series, setting: Setting) -> Steps:
    n = int(setting[0])
    prices = series.typical[-n:]
    average = fixed(float(prices.mean()), CCI_STATE_DIGITS)
    deviation = fixed(float(np.abs(prices - float(average)).mean()), CCI_STATE_DIGITS)
    last = fixed(float(prices[-1]), 2 if round(float(prices[-1]), 2) == prices[-1] else 4)
    library = float(talib.CCI(series.high, series.low, series.close, n)[-1])
    by_hand = (float(last) - float(average)) / (LAMBERT * float(deviation))
    shown = agreed(library, by_hand, CCI_DIGITS)
    text = (
        f"typical price {last}, mean of {n} typical prices {average}, mean deviation {deviation}; "
        f"CCI({n}) = ({last} - {average}) / (0.015 * {deviation}) = {shown}"
    )
    return Steps(text, f"CCI({n}) = {shown}", (float(shown),))


def _typical_numbers(series: Series, settings: Sequence[Setting], earlier: int) -> str:
    n = longest(settings) + earlier
    bar = (
        f"bar {series.bars} has high {fixed(series.high[-1])}, low {fixed(series.low[-1])} and "
        f"close {fixed(series.close[-1])}"
    )
    return f"{bar}. {listed('Typical price', series.typical[-n:], series.bars)}"


def _cci_reading(_series: Series, _setting: Setting, steps: Steps) -> Sequence[str]:
    value = steps.values[0]
    if value > CCI_LIMIT:
        state = "above +100: price is unusually high for its span, strength to breakout traders"
    elif value < -CCI_LIMIT:
        state = "below -100: price is unusually low for its span, weakness to breakout traders"
    else:
        state = "between -100 and +100, where by Lambert's design most values fall: no signal"
    return (
        f"{signed(value, 1)} is {state}.",
        (
            f"The reading of {signed(value, 1)} is {state}. Range traders read the two extremes "
            "the other way round, as overbought and oversold."
        ),
    )


CCI_EVENTS = (
    (CCI_LIMIT, "up", "rose above +100: Lambert's long entry, a breakout of strength"),
    (CCI_LIMIT, "down", "fell back below +100: Lambert's exit from a long trade"),
    (-CCI_LIMIT, "up", "rose back above -100: the exit from a short trade"),
    (-CCI_LIMIT, "down", "fell below -100: the short entry, a breakout of weakness"),
)


def _cci_signal(_series: Series, _setting: Setting, before: Steps, now: Steps) -> Signal:
    old, new = before.values[0], now.values[0]
    path = f"From {signed(old, 1)} to {signed(new, 1)} the CCI"
    for level, side, meaning in CCI_EVENTS:
        if crossing(old, new, level, level) == side:
            return Signal(f"{path} {meaning}.", is_event=True)
    return Signal(f"{path} crosses neither +100 nor -100, so nothing is signalled.", is_event=False)


CCI = ComputedIndicator(
    name="Commodity Channel Index (CCI)",
    subcategory="Momentum Indicators",
    tags=("CCI", "momentum", "oscillator"),
    settings=((10,), (14,), (20,)),
    span=bars,
    numbers=_typical_numbers,
    steps=_cci,
    reading=_cci_reading,
    signal=_cci_signal,
    signal_questions=(
        "Does the {label} leave or enter the band of +/-100 on bar {bar} of series {symbol}?",
    ),
    comparison=(
        (
            "in units of mean deviation price stands higher within the short span than within the "
            "long one"
        ),
        (
            "in units of mean deviation price stands lower within the short span than within the "
            "long one"
        ),
    ),
    moved="close in range",
    change_notes=(
        (
            "A third of the close's change reaches the typical price, and a little of it also the "
            "mean and the deviation of the {0} bars."
        ),
    ),
    formulas=(
        (
            "CCI = (TP - mean of TP) / (0.015 * mean deviation), with the typical price TP = "
            "(high + low + close) / 3."
        ),
        (
            "The CCI measures how far the typical price (H + L + C) / 3 is from its n-bar mean, in "
            "units of 0.015 mean deviations."
        ),
    ),
    limits=(
        "The scale is open: +250 is possible and says little more than +150.",
        "The factor 0.015 is Lambert's choice, made so that most values fall within +/-100.",
        "In quiet markets the mean deviation is tiny and small moves give large readings.",
    ),
)
