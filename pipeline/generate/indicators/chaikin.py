"""Chaikin Money Flow; values are TA-Lib's."""

from collections.abc import Sequence

import talib

from pipeline.generate.indicator import (
    ComputedIndicator,
    Setting,
    Signal,
    Steps,
    bars,
    longest,
)
from pipeline.generate.series import Series
from pipeline.generate.text import agreed, fixed, listed, row, signed

CMF_DIGITS = 4
CMF_NOTABLE = 0.1


def _chaikin(series: Series, setting: Setting) -> Steps:
    n = int(setting[0])
    flows = [
        float(fixed(((c - low) - (h - c)) / (h - low) * v))
        for h, low, c, v in zip(*(column[-n:].tolist() for column in series[2:]), strict=True)
    ]
    flow, volume = fixed(sum(flows)), fixed(float(series.volume[-n:].sum()), 0)
    library = float(talib.CMF(*series[2:], n)[-1])
    shown = agreed(library, float(flow) / float(volume), CMF_DIGITS)
    text = (
        f"money flow volumes {row(flows)} add up to {flow}, volume to {volume}; "
        f"CMF({n}) = {flow} / {volume} = {shown}"
    )
    return Steps(text, f"CMF({n}) = {shown}", (float(shown),))


def _bars_numbers(series: Series, settings: Sequence[Setting], earlier: int) -> str:
    n = longest(settings) + earlier
    return ". ".join(
        (
            listed("high", series.high[-n:], series.bars),
            listed("Low", series.low[-n:], series.bars),
            listed("Close", series.close[-n:], series.bars),
            listed("Volume", series.volume[-n:], series.bars, 0),
        )
    )


def _chaikin_reading(_series: Series, _setting: Setting, steps: Steps) -> Sequence[str]:
    value = steps.values[0]
    who = "buying" if value > 0 else "selling"
    size = "clear" if abs(value) > CMF_NOTABLE else "slight"
    return (
        (
            f"{signed(value, CMF_DIGITS)} stands for {size} {who} pressure: weighted by volume, "
            f"the closes lie in the {'upper' if value > 0 else 'lower'} half of their bars. Many "
            "ask for more than 0.10 before they act."
        ),
        f"The sign says {who}, the size says {size}. Between -0.10 and +0.10 most users see noise.",
    )


def _chaikin_signal(_series: Series, _setting: Setting, before: Steps, now: Steps) -> Signal:
    old, new = before.values[0], now.values[0]
    path = f"The CMF goes from {signed(old, CMF_DIGITS)} to {signed(new, CMF_DIGITS)}"
    if (old > 0) != (new > 0):
        who = "buying" if new > 0 else "selling"
        reading = (
            f"{path} and crosses zero: {who} pressure takes over. Small crossings are fragile."
        )
        return Signal(reading, is_event=True)
    trend = "grows" if abs(new) > abs(old) else "fades"
    who = "buying" if new > 0 else "selling"
    return Signal(f"{path} without crossing zero: {who} pressure {trend}.", is_event=False)


CMF = ComputedIndicator(
    name="Chaikin Money Flow (CMF)",
    subcategory="Volume Indicators",
    tags=("CMF", "volume", "money flow"),
    settings=((5,), (6,), (8,)),
    span=bars,
    numbers=_bars_numbers,
    steps=_chaikin,
    reading=_chaikin_reading,
    signal=_chaikin_signal,
    signal_questions=("Does the {label} cross zero on bar {bar} of series {symbol}?",),
    comparison=(
        "buying pressure is stronger in the latest bars than over the longer span",
        "buying pressure is weaker in the latest bars than over the longer span",
    ),
    moved="close in range",
    change_notes=(
        (
            "At the high of the bar its whole volume counts as inflow, at the low as outflow; with "
            "only {0} bars that weighs heavily."
        ),
    ),
    formulas=(
        (
            "Money flow volume = ((close - low) - (high - close)) / (high - low) * volume; CMF = "
            "sum of it over n bars / sum of volume."
        ),
        (
            "The CMF adds up volume weighted by the place of the close in its bar (+1 at the high, "
            "-1 at the low) and divides by all volume of n bars."
        ),
    ),
    limits=(
        "The usual span is 20 or 21 bars; short ones as here flip sign quickly.",
        "Gaps between bars do not enter at all.",
        "A bar that closes on its high counts in full even if the range was tiny.",
    ),
)
