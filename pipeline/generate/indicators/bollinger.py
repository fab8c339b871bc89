"""Bollinger Bands (Bollinger on Bollinger Bands, 2001), divisor n; values are TA-Lib's."""

from collections.abc import Sequence

import talib

from pipeline.generate.indicator import ComputedIndicator, Setting, Signal, Steps
from pipeline.generate.indicators.deviation import spread
from pipeline.generate.inputs import closes
from pipeline.generate.series import Series
from pipeline.generate.text import agreed, fixed

DIGITS = 4


def _bands(series: Series, setting: Setting) -> Steps:
    n, width = int(setting[0]), setting[1]
    mean, squares, deviation = spread(series, n)
    upper, middle, lower = (float(x[-1]) for x in talib.BBANDS(series.close, n, width, width))
    reach = width * float(deviation)
    shown = [
        agreed(library, by_hand, DIGITS)
        for library, by_hand in (
            (upper, float(mean) + reach),
            (middle, float(mean)),
            (lower, float(mean) - reach),
        )
    ]
    text = (
        f"mean {mean}, squared deviations from it add up to {squares}, so SD = "
        f"sqrt({squares} / {n}) = {deviation}; upper = {mean} + {width:g} * {deviation} = "
        f"{shown[0]}, lower = {mean} - {width:g} * {deviation} = {shown[2]}"
    )
    result = f"upper band = {shown[0]}, middle = {shown[1]}, lower band = {shown[2]}"
    return Steps(text, result, tuple(float(x) for x in shown))


def _bands_reading(series: Series, _setting: Setting, steps: Steps) -> Sequence[str]:
    upper, _, lower = steps.values
    close = float(series.close[-1])
    percent_b = (close - lower) / (upper - lower)
    place = f"%B = {fixed(percent_b, 3)} ((close - lower) / (upper - lower))"
    if close > upper:
        state = "above the upper band: strength, and no sell signal by itself"
    elif close < lower:
        state = "below the lower band: weakness, and no buy signal by itself"
    else:
        half = "upper" if close > (upper + lower) / 2 else "lower"
        state = f"inside the bands, in the {half} half"
    return (
        f"The close of {fixed(close)} is {state}; {place}.",
        (
            f"With the close at {fixed(close)}, {place}: price is {state}. The bandwidth of "
            f"{fixed(200 * (upper - lower) / (upper + lower))} % tells how wide the market swings."
        ),
    )


def _bands_signal(series: Series, _setting: Setting, before: Steps, now: Steps) -> Signal:
    states = []
    for close, steps in ((series.close[-2], before), (series.close[-1], now)):
        upper, _, lower = steps.values
        states.append("above" if close > upper else "below" if close < lower else "inside")
    old, new = states
    path = f"The closes are {fixed(series.close[-2])} and {fixed(series.close[-1])}: "
    if old == new == "inside":
        return Signal(path + "both are inside the bands, so nothing is signalled.", is_event=False)
    if new == "inside":
        reading = f"price was {old} the bands and closes inside again, the mean-reversion entry "
        reading += "towards the middle band"
    elif old == new:
        reading = f"both are {new} the bands. Price walks the band, a sign of a strong trend"
    else:
        reading = f"price breaks out and closes {new} the bands. After narrow bands this often "
        reading += "starts a move; after wide ones it often ends one"
    return Signal(f"{path}{reading}.", is_event=True)


BOLLINGER = ComputedIndicator(
    name="Bollinger Bands",
    subcategory="Volatility Indicators",
    tags=("Bollinger Bands", "volatility", "bands"),
    settings=((10, 1.5), (10, 2), (15, 2), (20, 2), (20, 2.5)),
    span=lambda setting: f"over {setting[0]:.0f} bars with {setting[1]:g} standard deviations",
    numbers=closes,
    steps=_bands,
    reading=_bands_reading,
    signal=_bands_signal,
    signal_questions=(
        (
            "Series {symbol} closed at {close_before} on bar {before} and at {close} on bar {bar}. "
            "Does it break out of the {label} or come back?"
        ),
        "Is there a band signal on bar {bar} of series {symbol} with the {label}?",
    ),
    comparison=(
        "the first bands leave more room upwards before a close counts as unusual",
        "the first bands are reached earlier on the way up, so they signal more often",
    ),
    compared="upper band",
    moved="close",
    change_notes=(
        (
            "The mean takes 1/{0} of the move, and the deviation grows or shrinks with the "
            "distance from the mean, so both bands shift and change their width."
        ),
        (
            "Mind that the close is part of its own bands: an outlier widens the very band it is "
            "measured against."
        ),
    ),
    formulas=(
        (
            "Middle band = mean of n closes; upper and lower band = middle +/- k * SD, where SD is "
            "the population standard deviation (divisor n) of the same closes."
        ),
        (
            "The bands lie k standard deviations around the n-bar simple average. The deviation "
            "divides by n, not by n - 1."
        ),
    ),
    limits=(
        "Touching a band is no signal by itself; in trends price walks along it.",
        (
            "Returns are not normally distributed, so closes outside two deviations are more "
            "frequent than the textbook's 5 %."
        ),
        "Width tells how much the market moves, never in which direction.",
    ),
)
