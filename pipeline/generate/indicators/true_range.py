"""Average True Range (Wilder, 1978); values are TA-Lib's."""

from collections.abc import Sequence

import talib

from pipeline.generate.indicator import ComputedIndicator, Setting, Steps, bars
from pipeline.generate.indicators.deviation import VOLATILITY_COMPARISON, volatility_signal
from pipeline.generate.series import Series
from pipeline.generate.text import agreed, fixed, listed

DIGITS = 4
STATE_DIGITS = 6


def _true_range(series: Series, setting: Setting) -> Steps:
    n = int(setting[0])
    line = talib.ATR(series.high, series.low, series.close, n)
    high, low = fixed(float(series.high[-1])), fixed(float(series.low[-1]))
    close = fixed(float(series.close[-2]))
    reach = (float(high) - float(low), float(high) - float(close), float(low) - float(close))
    span = fixed(max(abs(x) for x in reach))
    before = fixed(float(line[-2]), STATE_DIGITS)
    shown = agreed(float(line[-1]), ((n - 1) * float(before) + float(span)) / n, DIGITS)
    text = (
        f"high {high}, low {low}, previous close {close}; true range = max({fixed(reach[0])}, "
        f"{fixed(abs(reach[1]))}, {fixed(abs(reach[2]))}) = {span}; "
        f"ATR({n}) = ({n - 1} * {before} + {span}) / {n} = {shown}"
    )
    return Steps(text, f"ATR({n}) = {shown}", (float(shown), float(span)))


def _true_range_numbers(series: Series, settings: Sequence[Setting], earlier: int) -> str:
    start = series.bars - 1 - earlier
    states = (
        f"ATR({n:.0f}) of bar {start}: "
        f"{fixed(float(talib.ATR(*series[2:5], int(n))[start - 1]), STATE_DIGITS)}"
        for (n,) in settings
    )
    closes_shown = listed("close", series.close[-2 - earlier : -1], series.bars - 1)
    return "; ".join((closes_shown, *states))


def _true_range_reading(series: Series, _setting: Setting, steps: Steps) -> Sequence[str]:
    average, span = steps.values
    close = float(series.close[-1])
    share_pct = fixed(100 * average / close)
    bar = "wider" if span > average else "narrower"
    return (
        (
            f"The average is {share_pct} % of the close of {fixed(close)}, and this bar was {bar} "
            f"than usual. A stop two ATR away would lie {fixed(2 * average)} from the entry."
        ),
        (
            f"An ATR of {fixed(average, DIGITS)} ({share_pct} % of price) is what the market "
            f"covers on a normal bar; this one was {bar}. Traders size positions by it, so that a "
            "normal bar costs the same everywhere."
        ),
    )


ATR = ComputedIndicator(
    name="Average True Range (ATR)",
    subcategory="Volatility Indicators",
    tags=("ATR", "volatility", "stop loss"),
    settings=((7,), (10,), (14,), (20,)),
    span=bars,
    numbers=_true_range_numbers,
    steps=_true_range,
    reading=_true_range_reading,
    signal=volatility_signal,
    signal_questions=(
        "Does volatility expand or contract on bar {bar} of series {symbol} by the {label}?",
        (
            "What do bars {before} and {bar} of series {symbol} do to the {label}, and to a stop "
            "based on it?"
        ),
    ),
    comparison=VOLATILITY_COMPARISON,
    moved="high",
    change_notes=(
        (
            "Only 1/{0} of the wider true range arrives in the average; it takes several such bars "
            "to move the ATR for good."
        ),
        "Wilder's smoothing gives the newest bar the weight 1/{0}, so one wide bar does little.",
    ),
    formulas=(
        (
            "True range = max(high - low, |high - previous close|, |low - previous close|); "
            "ATR = ((n - 1) * previous ATR + true range) / n."
        ),
        (
            "The ATR is Wilder's average of the true range, which is the bar's range extended to "
            "the previous close where there was a gap: ((n - 1) * previous ATR + true range) / n."
        ),
    ),
    limits=(
        "It has no direction: a crash and a rally raise it alike.",
        "The value is in price units, so it cannot be compared between markets as it stands.",
        "It looks back; a calm ATR does not rule out a gap on the next bar.",
    ),
)
