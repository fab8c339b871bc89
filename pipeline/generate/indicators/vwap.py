"""Volume Weighted Average Price over a window: TA-Lib's running VWAP of those bars alone."""

from collections.abc import Sequence

import talib

from pipeline.generate.indicator import (
    ComputedIndicator,
    Setting,
    Signal,
    Steps,
    crossed,
    crossing,
    longest,
)
from pipeline.generate.series import Series
from pipeline.generate.text import agreed, fixed, listed, price

VWAP_DIGITS = 4


def _vwap(series: Series, setting: Setting) -> Steps:
    n = int(setting[0])
    prices, volumes = series.typical[-n:].tolist(), series.volume[-n:].tolist()
    turnover = fixed(sum(float(price(p)) * v for p, v in zip(prices, volumes, strict=True)), 2)
    total = fixed(sum(volumes), 0)
    library = float(talib.VWAP(*(column[-n:] for column in series[2:]))[-1])
    shown = agreed(library, float(turnover) / float(total), VWAP_DIGITS)
    last = price(prices[-1])
    text = (
        f"with {last} as the last typical price, price times volume adds up to {turnover} and "
        f"volume to {total}; VWAP = {turnover} / {total} = {shown}"
    )
    return Steps(text, f"VWAP = {shown}", (float(shown),))


def _typical_and_volumes(series: Series, settings: Sequence[Setting], earlier: int) -> str:
    n = longest(settings) + earlier
    prices = listed("typical price", series.typical[-n:], series.bars)
    return f"{prices}. {listed('Volume', series.volume[-n:], series.bars, 0)}"


def _window_numbers(series: Series, settings: Sequence[Setting], earlier: int) -> str:
    closes = listed("Close", series.close[-1 - earlier :], series.bars)
    return f"{_typical_and_volumes(series, settings, earlier)}. {closes}"


def _vwap_reading(series: Series, _setting: Setting, steps: Steps) -> Sequence[str]:
    close, vwap = float(series.close[-1]), steps.values[0]
    gap_pct = fixed(abs(100 * (close / vwap - 1)))
    if close > vwap:
        reading = "the average buyer of these bars is in profit and the line tends to support"
    else:
        reading = "the average buyer of these bars is at a loss and the line tends to resist"
    side = "above" if close > vwap else "below"
    return (
        f"The close of {fixed(close)} is {gap_pct} % {side} the VWAP: {reading}.",
        (
            f"Price closes {gap_pct} % {side} the line, so {reading}. Desks that must buy count a "
            "fill below the VWAP as a good one."
        ),
    )


VWAP_CROSSINGS = {
    "up": "The close moved from {before} (VWAP {level_before}) to {now} (VWAP {level}) and thereby "
    "above the line: buyers have taken control.",
    "down": "The close moved from {before} (VWAP {level_before}) to {now} (VWAP {level}) and "
    "thereby below the line: sellers have taken control.",
    "above": "Both closes, {before} and {now}, are above the VWAP ({level_before}, then {level}). "
    "Nothing is crossed; pullbacks to the line are where buyers would look.",
    "below": "Both closes, {before} and {now}, are below the VWAP ({level_before}, then {level}). "
    "Nothing is crossed; rallies to the line are where sellers would look.",
}


def _vwap_signal(series: Series, _setting: Setting, before: Steps, now: Steps) -> Signal:
    last, previous = float(series.close[-1]), float(series.close[-2])
    return crossed(
        crossing(previous, last, before.values[0], now.values[0]),
        VWAP_CROSSINGS,
        before=fixed(previous),
        now=fixed(last),
        level_before=fixed(before.values[0], VWAP_DIGITS),
        level=fixed(now.values[0], VWAP_DIGITS),
    )


VWAP = ComputedIndicator(
    name="Volume Weighted Average Price (VWAP)",
    subcategory="Volume Indicators",
    tags=("VWAP", "volume", "benchmark"),
    settings=((6,), (8,), (10,), (12,)),
    span=lambda setting: f"over the last {setting[0]:.0f} bars",
    numbers=_window_numbers,
    steps=_vwap,
    reading=_vwap_reading,
    signal=_vwap_signal,
    signal_questions=(
        (
            "Series {symbol} closed at {close_before} on bar {before} and at {close} on bar {bar}. "
            "Did it cross the {label}?"
        ),
    ),
    comparison=(
        "what traded most recently traded at higher prices than the longer window's average",
        "what traded most recently traded at lower prices than the longer window's average",
    ),
    moved="close in range",
    change_notes=(
        (
            "A third of the change reaches the bar's typical price, and of that only the bar's "
            "share in the volume of all {0} bars reaches the VWAP."
        ),
    ),
    formulas=(
        (
            "VWAP = sum of (typical price * volume) / sum of volume over the window, with the "
            "typical price (high + low + close) / 3."
        ),
        (
            "The VWAP is the mean price per unit traded in its window: each bar's typical price "
            "(H + L + C) / 3 is weighted by its volume."
        ),
    ),
    limits=(
        "The window decides. Sessions and anchors give other values, and crypto has no session.",
        "In a long window it hardly moves any more and loses its use as a signal.",
        "Bars hide where inside them the volume traded; the typical price is an approximation.",
    ),
)
