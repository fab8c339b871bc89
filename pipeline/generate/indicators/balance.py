"""On-Balance Volume (Granville); values are TA-Lib's."""

from collections.abc import Sequence
from itertools import pairwise

import talib

from pipeline.generate.indicator import ComputedIndicator, Setting, Signal, Steps, longest
from pipeline.generate.series import Series
from pipeline.generate.text import agreed, fixed, listed, signed


def _balance(series: Series, setting: Setting) -> Steps:
    n = int(setting[0])
    line = talib.OBV(series.close, series.volume)
    start = fixed(float(line[-1 - n]), 0)
    terms = [
        volume * ((now > then) - (now < then))
        for (then, now), volume in zip(
            pairwise(series.close[-1 - n :].tolist()), series.volume[-n:].tolist(), strict=True
        )
    ]
    shown = agreed(float(line[-1]), float(start) + sum(terms), 0)
    text = (
        f"OBV of bar {series.bars - n} is {start}; signed volumes "
        f"{', '.join(signed(term, 0) for term in terms)} add up to {signed(sum(terms), 0)}; "
        f"OBV = {shown}"
    )
    return Steps(text, f"OBV = {shown}", (float(shown), sum(terms)))


def _closes_and_volumes(series: Series, settings: Sequence[Setting], earlier: int) -> str:
    n = longest(settings) + earlier
    closes = listed("close", series.close[-n - 1 :], series.bars)
    return f"{closes}. {listed('Volume', series.volume[-n:], series.bars, 0)}"


def agreement(price: float, volume: float) -> str:
    """Return what the directions of price and of a volume line say together."""
    if price > 0 and volume > 0:
        return "price and volume rise together, so buyers back the advance"
    if price < 0 and volume < 0:
        return "price and volume line fall together, so sellers back the decline"
    if price > 0:
        return "price rises but the volume line does not, a bearish divergence"
    if price < 0:
        return "price falls but the volume line does not, a bullish divergence"
    return "price is unchanged, so volume alone decides nothing"


def _balance_reading(series: Series, setting: Setting, steps: Steps) -> Sequence[str]:
    n = int(setting[0])
    price = float(series.close[-1] - series.close[-1 - n])
    change = steps.values[1]
    reading = agreement(price, change)
    return (
        (
            f"Over these {n} bars the close changed by {signed(price)} and the OBV by "
            f"{signed(change, 0)}: {reading}."
        ),
        (
            f"The level itself means nothing, only its course does. The OBV changed by "
            f"{signed(change, 0)} while the close changed by {signed(price)}; {reading}."
        ),
    )


def _signal(series: Series, setting: Setting, before: Steps, now: Steps) -> Signal:
    n = int(setting[0])
    old, new = (
        agreement(float(series.close[end] - series.close[end - n]), steps.values[1])
        for end, steps in ((-2, before), (-1, now))
    )
    path = (
        f"Over the {n} bars up to bar {series.bars} the close changed by "
        f"{signed(float(series.close[-1] - series.close[-1 - n]))} and the OBV by "
        f"{signed(now.values[1], 0)}: {new}."
    )
    if old == new:
        return Signal(f"{path} One bar earlier the picture was the same.", "divergence" in new)
    return Signal(f"{path} One bar earlier it read differently: {old}.", is_event=True)


OBV = ComputedIndicator(
    name="On-Balance Volume (OBV)",
    subcategory="Volume Indicators",
    tags=("OBV", "volume", "divergence"),
    settings=((4,), (5,), (6,), (8,)),
    span=lambda setting: f"followed over {setting[0]:.0f} bars",
    numbers=_closes_and_volumes,
    steps=_balance,
    reading=_balance_reading,
    signal=_signal,
    signal_questions=(
        "Does the {label} confirm the move of series {symbol} from bar {before} to bar {bar}?",
    ),
    moved="close",
    change_notes=(
        (
            "Only the sign of the price change counts, not its size: as long as the close stays on "
            "the same side of the previous one the OBV does not notice."
        ),
        (
            "When the close changes sides, the bar's volume changes its sign and the line moves by "
            "twice that volume."
        ),
    ),
    formulas=(
        (
            "OBV adds the bar's volume when the close is higher than the one before, subtracts it "
            "when it is lower and leaves it out when it is equal."
        ),
        (
            "On-Balance Volume is a running total: plus volume on up closes, minus volume on down "
            "closes."
        ),
    ),
    limits=(
        "The starting point is arbitrary, so levels of two data sources cannot be compared.",
        "All of a bar's volume goes to one side, even if the close moved by a cent.",
        "Volumes that exchanges report are partly wash trading, and the OBV adds them up.",
    ),
)
