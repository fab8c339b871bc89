"""Keltner Channels in their usual modern form.

StockCharts ChartSchool, "Keltner Channels": EMA of the close plus and minus a multiple of the
ATR, both from TA-Lib; TA-Lib's own KC centres on typical prices instead.
"""

from collections.abc import Sequence

import talib

from pipeline.generate.indicator import ComputedIndicator, Setting, Signal, Steps
from pipeline.generate.series import Series
from pipeline.generate.text import agreed, fixed, listed

DIGITS = 4
LINE_DIGITS = 5
STATE_DIGITS = 6


def _keltner(series: Series, setting: Setting) -> Steps:
    n, m, width = int(setting[0]), int(setting[1]), setting[2]
    middles = talib.EMA(series.close, n)
    ranges = talib.ATR(series.high, series.low, series.close, m)
    ema, atr = (fixed(float(line[-2]), STATE_DIGITS) for line in (middles, ranges))
    high, low = float(series.high[-1]), float(series.low[-1])
    close, previous = fixed(float(series.close[-1])), float(series.close[-2])
    span = fixed(max(high, previous) - min(low, previous))
    middle = float(ema) + 2 / (n + 1) * (float(close) - float(ema))
    reach = ((m - 1) * float(atr) + float(span)) / m
    shown_middle = agreed(float(middles[-1]), middle, LINE_DIGITS)
    shown_reach = agreed(float(ranges[-1]), reach, LINE_DIGITS)
    upper = agreed(
        float(middles[-1] + width * ranges[-1]),
        float(shown_middle) + width * float(shown_reach),
        DIGITS,
    )
    lower = agreed(
        float(middles[-1] - width * ranges[-1]),
        float(shown_middle) - width * float(shown_reach),
        DIGITS,
    )
    text = (
        f"middle = {ema} + 2/{n + 1} * ({close} - {ema}) = {shown_middle}; true range = {span}; "
        f"ATR({m}) = ({m - 1} * {atr} + {span}) / {m} = {shown_reach}; "
        f"upper = {shown_middle} + {width:g} * {shown_reach} = {upper}; "
        f"lower = {shown_middle} - {width:g} * {shown_reach} = {lower}"
    )
    result = f"upper line = {upper}, middle = {shown_middle}, lower line = {lower}"
    return Steps(text, result, (float(upper), float(shown_middle), float(lower)))


def _bars_numbers(series: Series, _settings: Sequence[Setting], earlier: int) -> str:
    n = 1 + earlier
    return ". ".join(
        (
            listed("high", series.high[-n:], series.bars),
            listed("Low", series.low[-n:], series.bars),
            listed("Close", series.close[-n - 1 :], series.bars),
        )
    )


def _keltner_reading(series: Series, _setting: Setting, steps: Steps) -> Sequence[str]:
    upper, middle, lower = steps.values
    close = float(series.close[-1])
    if close > upper:
        state = "above the upper line, an upside breakout that trend traders buy"
    elif close < lower:
        state = "below the lower line, a downside breakout that trend traders sell"
    else:
        half = "upper" if close > middle else "lower"
        state = f"inside the channel, in its {half} half, where no breakout is given"
    return (
        (
            f"The close of {fixed(close)} is {state}. The channel is "
            f"{fixed(100 * (upper - lower) / middle)} % of its middle wide."
        ),
        (
            f"Price at {fixed(close)} is {state}. A channel slope in the same direction makes the "
            "reading firmer."
        ),
    )


def _side(close: float, upper: float, lower: float) -> str:
    return "above" if close > upper else "below" if close < lower else "inside"


def _keltner_signal(series: Series, _setting: Setting, before: Steps, now: Steps) -> Signal:
    old, new = (
        _side(float(close), steps.values[0], steps.values[2])
        for close, steps in ((series.close[-2], before), (series.close[-1], now))
    )
    path = f"The closes are {fixed(series.close[-2])} and {fixed(series.close[-1])}: "
    if old == new == "inside":
        reading, is_event = "both lie inside the channel, so there is no breakout", False
    elif new == "inside":
        reading, is_event = (
            f"price was {old} the channel and is inside again, the thrust is over",
            True,
        )
    elif old == new:
        reading, is_event = f"both lie {new} the channel, the earlier breakout continues", True
    else:
        reading, is_event = f"price leaves the channel and closes {new} it, a breakout signal", True
    return Signal(f"{path}{reading}.", is_event)


KELTNER = ComputedIndicator(
    name="Keltner Channels",
    subcategory="Volatility Indicators",
    tags=("Keltner Channels", "volatility", "channel"),
    settings=((10, 10, 1.5), (20, 10, 1.5), (20, 10, 2), (20, 20, 2)),
    span=lambda x: f"with EMA {x[0]:.0f}, ATR {x[1]:.0f} and factor {x[2]:g}",
    numbers=_bars_numbers,
    steps=_keltner,
    reading=_keltner_reading,
    signal=_keltner_signal,
    signal_questions=(
        "Does series {symbol} break out of the {label} on bar {bar}?",
        (
            "Series {symbol} closed at {close_before} on bar {before} and at {close} on bar {bar}. "
            "What does the {label} make of it?"
        ),
    ),
    comparison=(
        (
            "the first channel demands a higher price before it calls a breakout upwards, so it "
            "signals later and less often"
        ),
        (
            "the first channel calls a breakout upwards at a lower price, sooner and with more "
            "false alarms"
        ),
    ),
    compared="upper line",
    moved="close in range",
    change_notes=(
        (
            "The middle line takes 2/({0} + 1) of the change. The true range does not know the "
            "close of its own bar, so the width stays as it is."
        ),
        (
            "The close bends only the middle line, by the share 2/({0} + 1), and both outer lines "
            "shift with it."
        ),
    ),
    formulas=(
        "Middle line = EMA of the close; upper and lower line = middle +/- factor * ATR.",
        (
            "Keltner Channels put a band of some ATR around an exponential average: EMA +/- factor "
            "* ATR. The ATR is smoothed by ((n - 1) * previous + true range) / n."
        ),
    ),
    limits=(
        "Versions differ: Keltner's own used the 10-day mean of typical prices and of ranges.",
        "In a range breakouts fail often; the channel does not know a range from a trend.",
        "Both terms are smoothed, so after a jump the lines arrive late.",
    ),
)
