"""Volume Rate of Change: TA-Lib's ROC of the volumes."""

from collections.abc import Sequence

import talib

from pipeline.generate.indicator import ComputedIndicator, Setting, Signal, Steps, bars
from pipeline.generate.series import Series
from pipeline.generate.text import agreed, fixed, listed, signed

BUSY_PCT = 50


def _turnover(series: Series, setting: Setting) -> Steps:
    n = int(setting[0])
    now, then = float(series.volume[-1]), float(series.volume[-1 - n])
    shown = agreed(float(talib.ROC(series.volume, n)[-1]), 100 * (now - then) / then, 2)
    text = (
        f"volume {fixed(now, 0)} against {fixed(then, 0)} on bar {series.bars - n}; VROC({n}) = "
        f"100 * ({fixed(now, 0)} - {fixed(then, 0)}) / {fixed(then, 0)} = {shown} %"
    )
    return Steps(text, f"VROC({n}) = {shown} %", (float(shown),))


def _turnover_numbers(series: Series, settings: Sequence[Setting], earlier: int) -> str:
    parts = [listed("volume", series.volume[-1 - earlier :], series.bars, 0)]
    for (n,) in settings:
        bar = series.bars - int(n)
        parts.append(listed("volume", series.volume[bar - 1 - earlier : bar], bar, 0))
    return "; ".join((*parts, listed("close", series.close[-2 - earlier :], series.bars)))


def _turnover_reading(series: Series, _setting: Setting, steps: Steps) -> Sequence[str]:
    value = steps.values[0]
    price = float(series.close[-1] - series.close[-2])
    way = "up" if price > 0 else "down" if price < 0 else "flat"
    if value > BUSY_PCT:
        state = "much busier than before, so the bar's direction deserves attention"
    elif value > 0:
        state = "busier than before, mild confirmation of the bar's direction"
    else:
        state = "quieter than before, so the bar's move lacks backing"
    return (
        f"Trading is {state}; the bar closed {way} ({signed(price)}).",
        (
            f"At {signed(value)} % the market is {state}. The close moved by {signed(price)}, "
            f"{way} on the bar."
        ),
    )


def _turnover_signal(series: Series, _setting: Setting, before: Steps, now: Steps) -> Signal:
    old, new = before.values[0], now.values[0]
    price = float(series.close[-1] - series.close[-2])
    path = f"From {signed(old)} % to {signed(new)} %, with the close moving by {signed(price)}: "
    if old <= 0 < new:
        return Signal(f"{path}volume turns to growth, the bar's move is confirmed.", is_event=True)
    if new <= 0 < old:
        return Signal(f"{path}volume growth ends, the bar's move is suspect.", is_event=True)
    state = "volume keeps growing" if new > 0 else "volume stays below its earlier level"
    return Signal(f"{path}{state}, so there is no change of sign.", is_event=False)


TURNOVER = ComputedIndicator(
    name="Volume Rate of Change",
    subcategory="Volume Indicators",
    tags=("VROC", "volume"),
    settings=((5,), (10,), (14,)),
    span=bars,
    numbers=_turnover_numbers,
    steps=_turnover,
    reading=_turnover_reading,
    signal=_turnover_signal,
    signal_questions=("Does volume back the move of bar {bar} of series {symbol} by the {label}?",),
    comparison=(
        (
            "set against the nearer bar, volume has grown more (or shrunk less) than against the "
            "farther one"
        ),
        (
            "set against the nearer bar, volume has grown less (or shrunk more) than against the "
            "farther one"
        ),
    ),
    formulas=(
        (
            "For trading volume, VROC(n) = 100 * (volume - volume n bars ago) / volume n bars ago, "
            "in per cent."
        ),
        (
            "The Volume Rate of Change gives today's trading volume as a percentage change from "
            "the volume n bars back."
        ),
    ),
    limits=(
        "Two single bars are compared; one odd volume distorts two readings, n bars apart.",
        "It has no direction: the change of price must be read beside it.",
        "Weekends and funding times give volume a rhythm that a short span mistakes for news.",
    ),
)
