"""Parabolic SAR; values are TA-Lib's.

TA-Lib returns the SAR without extreme point and acceleration factor; `_trail` recovers them by
Wilder's rules (New Concepts in Technical Trading Systems, 1978), seeded as TA-Lib does.
"""

from collections.abc import Sequence
from typing import NamedTuple

import talib

from pipeline.generate.indicator import (
    ComputedIndicator,
    Setting,
    Signal,
    Steps,
)
from pipeline.generate.series import Series
from pipeline.generate.text import UnprintableError, agreed, fixed, listed

DIGITS = 4
STATE_DIGITS = 6


class SarStop(NamedTuple):
    """What the SAR of a bar is computed from, and what comes out."""

    start: float
    acceleration: float
    extreme: float
    is_long: bool
    raw: float
    held: float
    is_hit: bool
    sar: float


def _trail(series: Series, step: float, most: float) -> SarStop:
    """Return the stop of the last bar."""
    highs, lows = series.high.tolist(), series.low.tolist()
    is_long = not lows[0] - lows[1] > max(highs[1] - highs[0], 0)
    extreme, held = (highs[1], lows[0]) if is_long else (lows[1], highs[0])
    stop = SarStop(held, step, extreme, is_long, held, held, is_hit=False, sar=held)
    for bar in range(1, series.bars):
        if bar > 1:
            stop = _next(stop, step, most, highs[:bar], lows[:bar])
        stop = _traded(stop, highs[bar - 1 : bar + 1], lows[bar - 1 : bar + 1])
    return stop


def _next(
    stop: SarStop, step: float, most: float, highs: list[float], lows: list[float]
) -> SarStop:
    """Return the stop set for the bar that follows the given ones."""
    is_long, acceleration, extreme = stop.is_long, stop.acceleration, stop.extreme
    best = highs[-1] if is_long else lows[-1]
    if stop.is_hit:
        is_long, acceleration = not is_long, step
        extreme = highs[-1] if is_long else lows[-1]
    elif (best > extreme) if is_long else (best < extreme):
        acceleration, extreme = min(acceleration + step, most), best
    raw = stop.sar + acceleration * (extreme - stop.sar)
    held = min(raw, *lows[-2:]) if is_long else max(raw, *highs[-2:])
    return SarStop(stop.sar, acceleration, extreme, is_long, raw, held, is_hit=False, sar=held)


def _traded(stop: SarStop, highs: list[float], lows: list[float]) -> SarStop:
    """Return the stop after its bar has traded: hit or not."""
    if stop.is_long and lows[-1] <= stop.held:
        return stop._replace(is_hit=True, sar=max(stop.extreme, *highs))
    if not stop.is_long and highs[-1] >= stop.held:
        return stop._replace(is_hit=True, sar=min(stop.extreme, *lows))
    return stop


def _sar(series: Series, setting: Setting) -> Steps:
    stop = _trail(series, *setting)
    library = float(talib.SAR(series.high, series.low, *setting)[-1])
    start, extreme = fixed(stop.start, STATE_DIGITS), fixed(stop.extreme)
    factor = fixed(stop.acceleration)
    raw = float(start) + float(factor) * (float(extreme) - float(start))
    shown = agreed(stop.raw, raw, DIGITS)
    text = (
        f"{'uptrend' if stop.is_long else 'downtrend'} with extreme point {extreme} and "
        f"acceleration factor {factor}; SAR = {start} + {factor} * ({extreme} - {start}) = {shown}"
    )
    if stop.held != stop.raw:
        shown = fixed(stop.held, DIGITS)
        text += (
            f", which lies {'above a low' if stop.is_long else 'below a high'} of the two bars "
            f"before and is therefore held at {shown}"
        )
    if stop.is_hit:
        touch = (
            f"low of {fixed(series.low[-1])}"
            if stop.is_long
            else f"high of {fixed(series.high[-1])}"
        )
        shown = fixed(stop.sar, DIGITS)
        text += f"; the {touch} reaches it, so the trend reverses and the new SAR is {shown}"
    if agreed(library, stop.sar, DIGITS) != shown:
        raise UnprintableError("the trail differs from the library's")
    now_long = stop.is_long != stop.is_hit
    return Steps(text, f"SAR = {shown}", (float(shown), float(now_long)))


def _sar_numbers(series: Series, _settings: Sequence[Setting], earlier: int) -> str:
    n = 3 + earlier
    highs = listed("high", series.high[-n:], series.bars)
    return f"{highs}. {listed('Low', series.low[-n:], series.bars)}"


def _sar_reading(series: Series, _setting: Setting, steps: Steps) -> Sequence[str]:
    sar, is_long = steps.values
    gap_pct = fixed(abs(100 * (float(series.close[-1]) / sar - 1)))
    side, trade = ("below", "a long position") if is_long else ("above", "a short position")
    return (
        (
            f"The SAR stands {side} price, {gap_pct} % from the close. It is the stop of {trade}: "
            "when price touches it, the position is closed and the direction changes."
        ),
        (
            f"With the dots {side} price the system holds {trade}. The distance to the close is "
            f"{gap_pct} %, which is the risk that an entry here would carry."
        ),
    )


def _sar_signal(series: Series, _setting: Setting, before: Steps, now: Steps) -> Signal:
    (old, was_long), (new, is_long) = before.values, now.values
    if was_long == is_long:
        side = "below" if is_long else "above"
        return Signal(
            f"The SAR moves from {fixed(old, DIGITS)} to {fixed(new, DIGITS)} and stays {side} "
            "price: no reversal, the stop has only been trailed.",
            is_event=False,
        )
    text = (
        "The dots jump from above price to below it: a buy signal, and shorts are closed."
        if is_long
        else "The dots jump from below price to above it: a sell signal, and longs are closed."
    )
    close = fixed(series.close[-1])
    return Signal(
        f"{text} The bar closed at {close}; the new stop is far away at first.", is_event=True
    )


NEARER_STOP = (
    "whichever stop is nearer to price is hit sooner. As a rule a larger step keeps more of an "
    "open profit and is shaken out more often"
)


SAR = ComputedIndicator(
    name="Parabolic SAR",
    subcategory="Trend Indicators",
    tags=("Parabolic SAR", "trailing stop", "trend"),
    settings=((0.01, 0.1), (0.02, 0.2), (0.03, 0.3)),
    span=lambda setting: f"with step {setting[0]:.2f} and maximum {setting[1]:.2f}",
    numbers=_sar_numbers,
    steps=_sar,
    reading=_sar_reading,
    signal=_sar_signal,
    signal_questions=(
        "Does the {label} reverse on bar {bar} of series {symbol}?",
        (
            "Where is the stop of the {label} on bars {before} and {bar} of series {symbol}, and "
            "is it hit?"
        ),
    ),
    comparison=(NEARER_STOP, NEARER_STOP),
    compared="stop",
    formulas=(
        (
            "SAR = previous SAR + AF * (EP - previous SAR). The extreme point EP is the best price "
            "of the trend; the factor AF grows by one step with each new extreme, up to its "
            "maximum."
        ),
        (
            "The stop moves each bar by the share AF of its distance to the trend's extreme point "
            "EP, never into the range of the two bars before; a touch reverses the trend and the "
            "SAR jumps to the extreme point, or to the bar's own high or low where that lies "
            "further out."
        ),
    ),
    limits=(
        "In a sideways market it reverses again and again; Wilder meant it for trends.",
        "The value depends on where the calculation started, until the first reversals.",
        "It tells where to get out; whether a trend is worth entering it does not say.",
    ),
)
