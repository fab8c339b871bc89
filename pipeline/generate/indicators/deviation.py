"""Standard deviation of closes, divisor n, and how a change of volatility reads; TA-Lib's."""

from collections.abc import Sequence

import talib

from pipeline.generate.indicator import ComputedIndicator, Setting, Signal, Steps, bars
from pipeline.generate.inputs import closes
from pipeline.generate.series import Series
from pipeline.generate.text import agreed, fixed

DIGITS = 4
STATE_DIGITS = 6
CALM_PCT = 1.5
WILD_PCT = 3
STEADY_PCT = 1


def spread(series: Series, n: int) -> tuple[str, str, str]:
    """Return mean, sum of squared deviations and standard deviation of n closes, printed."""
    window = series.close[-n:]
    mean = fixed(float(window.mean()), STATE_DIGITS)
    squares = fixed(sum((float(c) - float(mean)) ** 2 for c in window), STATE_DIGITS)
    library = float(talib.STDDEV(series.close, n, 1)[-1])
    return mean, squares, agreed(library, (float(squares) / n) ** 0.5, STATE_DIGITS)


def _deviation(series: Series, setting: Setting) -> Steps:
    n = int(setting[0])
    mean, squares, deviation = spread(series, n)
    shown = agreed(float(talib.STDDEV(series.close, n, 1)[-1]), float(deviation), DIGITS)
    text = (
        f"mean of {n} closes {mean}, squared deviations from it add up to {squares}; "
        f"SD({n}) = sqrt({squares} / {n}) = {shown}"
    )
    return Steps(text, f"SD({n}) = {shown}", (float(shown), float(mean)))


def _deviation_reading(series: Series, _setting: Setting, steps: Steps) -> Sequence[str]:
    deviation, mean = steps.values
    share_pct = 100 * deviation / mean
    away = (float(series.close[-1]) - mean) / deviation
    state = (
        "a calm stretch"
        if share_pct < CALM_PCT
        else "a lively one"
        if share_pct > WILD_PCT
        else "an ordinary swing"
    )
    return (
        (
            f"That is {fixed(share_pct)} % of the mean, {state}. The close lies {fixed(abs(away))} "
            f"deviations {'above' if away > 0 else 'below'} the mean."
        ),
        (
            f"In relation to price the deviation is {fixed(share_pct)} %: {state}. Positions are "
            "often made smaller when this share grows."
        ),
    )


def volatility_signal(series: Series, _setting: Setting, before: Steps, now: Steps) -> Signal:
    """Return whether volatility, the first of the values, grew or shrank."""
    old, new = before.values[0], now.values[0]
    change_pct = 100 * (new / old - 1)
    path = f"Volatility goes from {fixed(old, DIGITS)} to {fixed(new, DIGITS)} "
    path += f"({fixed(abs(change_pct))} % {'more' if change_pct > 0 else 'less'}). "
    if abs(change_pct) < STEADY_PCT:
        return Signal(
            path + "That is steady: stops and sizes may stay as they are.", is_event=False
        )
    rising = float(series.close[-1]) > float(series.close[-2])
    if change_pct > 0:
        reading = f"It expands while price {'rises' if rising else 'falls'}: the move has energy, "
        reading += "stops need more room, positions should shrink."
    else:
        reading = (
            "It contracts: the market calms down, stops can move closer, and a long contraction "
        )
        reading += "often comes before a breakout in either direction."
    return Signal(path + reading, is_event=True)


VOLATILITY_COMPARISON = (
    "the latest bars are livelier than the longer record, volatility is expanding",
    "the latest bars are calmer than the longer record, volatility is contracting",
)


DEVIATION = ComputedIndicator(
    name="Standard Deviation",
    subcategory="Volatility Indicators",
    tags=("standard deviation", "volatility"),
    settings=((5,), (10,), (15,), (20,)),
    span=bars,
    numbers=closes,
    steps=_deviation,
    reading=_deviation_reading,
    signal=volatility_signal,
    signal_questions=(
        "Does volatility expand or contract on bar {bar} of series {symbol} by the {label}?",
    ),
    comparison=VOLATILITY_COMPARISON,
    moved="close",
    change_notes=(
        (
            "A close farther from the mean of the {0} closes raises the deviation by the square of "
            "its distance, one nearer to the mean lowers it."
        ),
    ),
    formulas=(
        "SD = sqrt(sum of (close - mean)^2 / n) over n closes, the population form.",
        (
            "The standard deviation is the root of the mean squared distance of n closes from "
            "their own mean; the divisor is n."
        ),
    ),
    limits=(
        "A steady trend also gives a large value, though its bars may be calm.",
        "It treats rises and falls alike.",
        "In price units it cannot be compared between markets; divide it by the mean for that.",
    ),
)
