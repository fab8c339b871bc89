"""Williams %R: the distance of the close from the highest high; values are TA-Lib's."""

from collections.abc import Sequence

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
from pipeline.generate.text import agreed, fixed, listed

DIGITS = 2
HIGH_ZONE, LOW_ZONE = 80, 20


def _williams(series: Series, setting: Setting) -> Steps:
    n = int(setting[0])
    high, low = (fixed(x) for x in series.extremes(n))
    close = fixed(float(series.close[-1]))
    library = float(talib.WILLR(series.high, series.low, series.close, n)[-1])
    by_hand = -100 * (float(high) - float(close)) / (float(high) - float(low))
    shown = agreed(library, by_hand, DIGITS)
    text = (
        f"highest high {high}, lowest low {low}, close {close}; "
        f"%R({n}) = -100 * ({high} - {close}) / ({high} - {low}) = {shown}"
    )
    return Steps(text, f"%R({n}) = {shown}", (float(shown),))


def _range_and_close(series: Series, settings: Sequence[Setting], earlier: int) -> str:
    n = longest(settings) + earlier
    closes = listed("Close", series.close[-1 - earlier :], series.bars)
    highs = listed("high", series.high[-n:], series.bars)
    return f"{highs}. {listed('Low', series.low[-n:], series.bars)}. {closes}"


def _williams_reading(_series: Series, _setting: Setting, steps: Steps) -> Sequence[str]:
    value = steps.values[0]
    if value > HIGH_ZONE - 100:
        state = "above -20, overbought: the close is near the top of the range"
    elif value < LOW_ZONE - 100:
        state = "below -80, oversold: the close is near the bottom of the range"
    else:
        state = "between -80 and -20: the close is inside the range and there is no extreme"
    return (
        f"{fixed(value)} is {state}.",
        (
            f"On the scale from -100 to 0 the value of {fixed(value)} is {state}. Trend traders "
            "see a stay near 0 as strength and not as a reason to sell."
        ),
    )


EVENTS = (
    (-20, "up", "rose above -20 into the overbought zone, a sign of strength but a late entry"),
    (-20, "down", "left the overbought zone downwards through -20, a common sell signal"),
    (-80, "up", "left the oversold zone upwards through -80, a common buy signal"),
    (-80, "down", "fell below -80 into the oversold zone, weakness without a buy signal yet"),
)


def _williams_signal(_series: Series, _setting: Setting, before: Steps, now: Steps) -> Signal:
    old, new = before.values[0], now.values[0]
    path = f"From {fixed(old)} to {fixed(new)} the line"
    for level, side, meaning in EVENTS:
        if crossing(old, new, level, level) == side:
            return Signal(f"{path} {meaning}.", is_event=True)
    return Signal(f"{path} crosses neither -20 nor -80, so there is no signal.", is_event=False)


COMPARISON = (
    (
        "within its own range the faster setting sees the close higher, so the latest swing is "
        "stronger than the longer one"
    ),
    (
        "within its own range the faster setting sees the close lower, so the latest swing is "
        "weaker than the longer one"
    ),
)


WILLIAMS_R = ComputedIndicator(
    name="Williams %R",
    subcategory="Momentum Indicators",
    tags=("Williams %R", "momentum", "oscillator"),
    settings=((7,), (10,), (14,)),
    span=bars,
    numbers=_range_and_close,
    steps=_williams,
    reading=_williams_reading,
    signal=_williams_signal,
    signal_questions=(
        "Does the {label} enter or leave an extreme zone on bar {bar} of series {symbol}?",
        (
            "Series {symbol} closed at {close_before} on bar {before} and at {close} on bar {bar}. "
            "Does the {label} give a signal?"
        ),
    ),
    formulas=(
        "%R = -100 * (highest high - close) / (highest high - lowest low) over n bars.",
        (
            "Williams %R measures how far the close is below the highest high of n bars, as a "
            "negative percentage of the range: 0 at the top, -100 at the bottom."
        ),
    ),
    limits=(
        "It is not smoothed, so it jumps between the zones; wait for a confirmation by price.",
        "In a strong trend overbought is the normal state and no reason to sell.",
        "A single spike fixes one end of the range for the whole span.",
    ),
    comparison=COMPARISON,
    moved="close in range",
    change_notes=(
        "The {0}-bar range is unchanged, so the line moves in proportion to the close.",
        (
            "Range and highest high of the {0} bars stay, only the distance of the close from them "
            "is new."
        ),
    ),
)
