"""Accumulation/Distribution Line (Chaikin); values are TA-Lib's."""

from collections.abc import Sequence

import talib

from pipeline.generate.indicator import ComputedIndicator, Setting, Signal, Steps
from pipeline.generate.indicators.balance import agreement
from pipeline.generate.series import Series
from pipeline.generate.text import agreed, fixed, listed, signed

LINE_DIGITS = 2
MULTIPLIER_DIGITS = 6
STATE_DIGITS = 4


def _multiplier(series: Series) -> tuple[str, str]:
    """Return the working and the printed multiplier of the last bar."""
    high, low, close = (float(x[-1]) for x in series[2:5])
    shown = fixed(((close - low) - (high - close)) / (high - low), MULTIPLIER_DIGITS)
    working = (
        f"(({fixed(close)} - {fixed(low)}) - ({fixed(high)} - {fixed(close)})) / "
        f"({fixed(high)} - {fixed(low)}) = {shown}"
    )
    return working, shown


def _accumulation(series: Series, _setting: Setting) -> Steps:
    line = talib.AD(series.high, series.low, series.close, series.volume)
    before = fixed(float(line[-2]), STATE_DIGITS)
    working, multiplier = _multiplier(series)
    volume = fixed(float(series.volume[-1]), 0)
    by_hand = float(before) + float(multiplier) * float(volume)
    shown = agreed(float(line[-1]), by_hand, LINE_DIGITS)
    text = f"multiplier = {working}; A/D = {before} + {multiplier} * {volume} = {shown}"
    return Steps(text, f"A/D = {shown}", (float(shown), float(multiplier)))


def _accumulation_numbers(series: Series, _settings: Sequence[Setting], earlier: int) -> str:
    n = 1 + earlier
    line = talib.AD(series.high, series.low, series.close, series.volume)
    return ". ".join(
        (
            listed("high", series.high[-n:], series.bars),
            listed("Low", series.low[-n:], series.bars),
            listed("Close", series.close[-n:], series.bars),
            listed("Volume", series.volume[-n:], series.bars, 0),
            (
                f"The line stood at {fixed(float(line[-1 - n]), STATE_DIGITS)} on bar "
                f"{series.bars - n}"
            ),
        )
    )


def _accumulation_reading(series: Series, _setting: Setting, steps: Steps) -> Sequence[str]:
    multiplier = steps.values[1]
    close = fixed(float(series.close[-1]))
    half, who = ("upper", "accumulation") if multiplier > 0 else ("lower", "distribution")
    return (
        (
            f"The close of {close} lies in the {half} half of the bar, so its volume counts as "
            f"{who}. It is the line's direction against price that is read, never its level."
        ),
        (
            f"As the bar closed in the {half} half of its range, the line takes its volume as "
            f"{who}. A line that falls while price climbs warns of selling into strength."
        ),
    )


def _signal(series: Series, _setting: Setting, before: Steps, now: Steps) -> Signal:
    price = float(series.close[-1] - series.close[-2])
    change = now.values[0] - before.values[0]
    reading = agreement(price, change)
    return Signal(
        f"From bar to bar the close moves by {signed(price)} and the line by {signed(change)}: "
        f"{reading}. One bar is little evidence; the same comparison over weeks weighs more.",
        is_event="divergence" in reading,
    )


ACCUMULATION = ComputedIndicator(
    name="Accumulation/Distribution Line",
    subcategory="Volume Indicators",
    tags=("A/D line", "volume", "money flow"),
    settings=((1,),),
    span=lambda _setting: "",
    numbers=_accumulation_numbers,
    steps=_accumulation,
    reading=_accumulation_reading,
    signal=_signal,
    signal_questions=(
        "Does the {label} confirm the move of series {symbol} from bar {before} to bar {bar}?",
    ),
    moved="close in range",
    change_notes=(
        (
            "At the high of the bar the multiplier is +1, at the low -1: the close decides which "
            "share of the volume is added or taken away."
        ),
    ),
    formulas=(
        (
            "From the prices of a bar: multiplier = ((close - low) - (high - close)) / "
            "(high - low); A/D = previous A/D + multiplier * volume."
        ),
        (
            "The line adds up trading volume weighted by the place of the close in its bar: +1 at "
            "the high, 0 in the middle, -1 at the low."
        ),
    ),
    limits=(
        "Gaps are ignored: a bar far below the last one that closes on its high adds volume.",
        "The level depends on where the data begin; only slope and divergence can be read.",
        "Thin bars with a range of a few cents get extreme multipliers by chance.",
    ),
)
