"""Money Flow Index (Quong and Soudack, 1989); values are TA-Lib's."""

from collections.abc import Sequence
from itertools import pairwise

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
from pipeline.generate.text import agreed, fixed, listed, price

MFI_DIGITS = 2
OVERBOUGHT, OVERSOLD = 80, 20


def _flow_index(series: Series, setting: Setting) -> Steps:
    n = int(setting[0])
    prices = [float(price(p)) for p in series.typical[-n - 1 :].tolist()]
    plus = minus = 0.0
    for (then, now), volume in zip(pairwise(prices), series.volume[-n:].tolist(), strict=True):
        plus += now * volume if now > then else 0
        minus += now * volume if now < then else 0
    up, down = fixed(plus), fixed(minus)
    library = float(talib.MFI(*series[2:], n)[-1])
    shown = agreed(library, 100 * float(up) / (float(up) + float(down)), MFI_DIGITS)
    text = (
        f"with {price(prices[-1])} as the last typical price, positive money flow is {up} and "
        f"negative {down}; MFI({n}) = 100 * {up} / ({up} + {down}) = {shown}"
    )
    return Steps(text, f"MFI({n}) = {shown}", (float(shown),))


def _flow_numbers(series: Series, settings: Sequence[Setting], earlier: int) -> str:
    n = longest(settings) + earlier
    prices = listed("typical price", series.typical[-n - 1 :], series.bars)
    return f"{prices}. {listed('Volume', series.volume[-n:], series.bars, 0)}"


def _flow_reading(_series: Series, _setting: Setting, steps: Steps) -> Sequence[str]:
    value = steps.values[0]
    if value > OVERBOUGHT:
        state = "above 80, overbought: nearly all money flowed on rising bars"
    elif value < OVERSOLD:
        state = "below 20, oversold: nearly all money flowed on falling bars"
    else:
        side = "rising" if value > (OVERBOUGHT + OVERSOLD) / 2 else "falling"
        state = f"between the extremes, with more money on {side} bars"
    return (
        f"{fixed(value)} is {state}.",
        (
            f"The index of {fixed(value)} is {state}. It is read like an RSI that knows volume, "
            "and its divergences from price count more than its levels."
        ),
    )


EVENTS = (
    (OVERBOUGHT, "up", "rises above 80 into the overbought zone: strong inflow, late for buying"),
    (OVERBOUGHT, "down", "falls back below 80: money leaves, a common sell signal"),
    (OVERSOLD, "up", "rises back above 20: money returns, a common buy signal"),
    (OVERSOLD, "down", "falls below 20 into the oversold zone: strong outflow, no entry yet"),
    (50, "up", "crosses the middle of 50 upwards: more money on rising than on falling bars"),
    (50, "down", "crosses the middle of 50 downwards: more money on falling than on rising bars"),
)


def _flow_signal(_series: Series, _setting: Setting, before: Steps, now: Steps) -> Signal:
    old, new = before.values[0], now.values[0]
    path = f"From {fixed(old)} to {fixed(new)} the index"
    for level, side, meaning in EVENTS:
        if crossing(old, new, level, level) == side:
            return Signal(f"{path} {meaning}.", is_event=True)
    return Signal(f"{path} crosses none of 20, 50 and 80, so there is no signal.", is_event=False)


MFI = ComputedIndicator(
    name="Money Flow Index (MFI)",
    subcategory="Volume Indicators",
    tags=("MFI", "volume", "oscillator"),
    settings=((7,), (10,), (14,)),
    span=bars,
    numbers=_flow_numbers,
    steps=_flow_index,
    reading=_flow_reading,
    signal=_flow_signal,
    signal_questions=("Does the {label} cross 20, 50 or 80 on bar {bar} of series {symbol}?",),
    comparison=(
        "a larger share of recent money flowed on rising bars than over the longer span",
        "a smaller share of recent money flowed on rising bars than over the longer span",
    ),
    moved="close in range",
    change_notes=(
        (
            "As long as the typical price stays on the same side of the one before, only the size "
            "of this bar's flow changes; on the other side the flow of the bar changes its sign."
        ),
    ),
    formulas=(
        (
            "Money flow = typical price * volume, positive when the typical price (H + L + C) / 3 "
            "rises and negative when it falls; MFI = 100 * positive / (positive + negative)."
        ),
        (
            "The MFI is the share of n bars' money flow (typical price times volume) that came on "
            "bars with a rising typical price, times 100."
        ),
    ),
    limits=(
        "A bar's whole flow goes to one side, even when the typical price moved by a cent.",
        "Volume spikes, such as liquidations, decide the reading for n bars.",
        "In a trend it can stay beyond 80 or 20, just as the RSI does.",
    ),
)
