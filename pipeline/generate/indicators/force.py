"""Force Index (Elder, Trading for a Living, 1993); values are TA-Lib's EFI."""

from collections.abc import Sequence

import talib

from pipeline.generate.indicator import ComputedIndicator, Setting, Signal, Steps, bars
from pipeline.generate.series import Series
from pipeline.generate.text import agreed, fixed, listed

FORCE_DIGITS = 2
STATE_DIGITS = 4


def _force(series: Series, setting: Setting) -> Steps:
    n = int(setting[0])
    line = talib.EFI(series.close, series.volume, n)
    before = fixed(float(line[-2]), STATE_DIGITS)
    close, previous = fixed(float(series.close[-1])), fixed(float(series.close[-2]))
    volume = fixed(float(series.volume[-1]), 0)
    raw = fixed((float(close) - float(previous)) * float(volume))
    by_hand = float(before) + 2 / (n + 1) * (float(raw) - float(before))
    shown = agreed(float(line[-1]), by_hand, FORCE_DIGITS)
    text = (
        f"raw force = ({close} - {previous}) * {volume} = {raw}; "
        f"Force({n}) = {before} + 2/{n + 1} * ({raw} - {before}) = {shown}".replace("- -", "+ ")
    )
    return Steps(text, f"Force({n}) = {shown}", (float(shown), float(raw)))


def _force_numbers(series: Series, settings: Sequence[Setting], earlier: int) -> str:
    n = 1 + earlier
    start = series.bars - n
    states = (
        f"Force({p:.0f}) of bar {start}: "
        f"{fixed(float(talib.EFI(series.close, series.volume, int(p))[start - 1]), STATE_DIGITS)}"
        for (p,) in settings
    )
    closes = listed("close", series.close[-n - 1 :], series.bars)
    volumes = listed("volume", series.volume[-n:], series.bars, 0)
    return "; ".join((closes, volumes, *states))


def _force_reading(_series: Series, setting: Setting, steps: Steps) -> Sequence[str]:
    value, raw = steps.values
    who, side = ("bulls", "positive") if value > 0 else ("bears", "negative")
    pull = "in the same direction" if (raw > 0) == (value > 0) else "against it"
    return (
        f"The index is {side}: the {who} are in charge, and the newest bar pushes {pull}.",
        (
            f"A {side} reading over {setting[0]:.0f} bars means that the {who} had more force, "
            f"price move and volume together. The last bar alone works {pull}. Elder buys "
            "pullbacks below zero of the short index in an uptrend."
        ),
    )


def _force_signal(_series: Series, _setting: Setting, before: Steps, now: Steps) -> Signal:
    old, new = before.values[0], now.values[0]
    path = f"The index goes from {fixed(old)} to {fixed(new)}"
    if (old > 0) != (new > 0):
        who = "bulls" if new > 0 else "bears"
        return Signal(f"{path} and crosses zero: the {who} take over.", is_event=True)
    trend = "grows" if abs(new) > abs(old) else "fades"
    return Signal(f"{path} without crossing zero; the force {trend}.", is_event=False)


FORCE = ComputedIndicator(
    name="Force Index",
    subcategory="Volume Indicators",
    tags=("Force Index", "volume", "momentum"),
    settings=((2,), (8,), (13,)),
    span=bars,
    numbers=_force_numbers,
    steps=_force,
    reading=_force_reading,
    signal=_force_signal,
    signal_questions=("Does the {label} cross zero on bar {bar} of series {symbol}?",),
    comparison=(
        (
            "the short index, made for entries, is more bullish than the longer one, which shows "
            "who holds the trend"
        ),
        (
            "the short index, made for entries, is more bearish than the longer one, which shows "
            "who holds the trend"
        ),
    ),
    moved="close",
    change_notes=(
        (
            "The change of the close is multiplied by the bar's volume and then enters with "
            "2/({0} + 1), so on a busy bar a small price difference matters."
        ),
    ),
    formulas=(
        "Force Index = EMA of (close - previous close) * volume over n bars.",
        (
            "Elder multiplies the change of the close by the volume of the bar and smooths the "
            "product with an n-bar EMA."
        ),
    ),
    limits=(
        "Its unit is price times volume, so values of two markets cannot be compared.",
        "One bar of huge volume dominates the short versions.",
        "It relies on honest volume figures, which small exchanges do not always give.",
    ),
)
