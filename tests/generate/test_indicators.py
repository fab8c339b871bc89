"""The values themselves, held against TA-Lib on series that no example uses."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from pipeline.generate.catalog import INDICATORS, names
from pipeline.generate.examples import FIRST_BAR
from pipeline.generate.indicator import Setting
from pipeline.generate.series import BARS, Series, invented
from pipeline.generate.text import UnprintableError
from tests.lazy_modules import LazyModule

talib = LazyModule("talib")
SERIES = [invented(99, number) for number in range(3)]
BARS_TRIED = range(FIRST_BAR, BARS + 1, 3)
Library = Callable[[Series, Setting], Sequence[float]]


def last(*lines: np.ndarray) -> list[float]:
    """Return the last value of each line."""
    return [float(line[-1]) for line in lines]


def keltner(series: Series, setting: Setting) -> Sequence[float]:
    """Return the channel from TA-Lib's EMA and ATR."""
    middle = last(talib.EMA(series.close, int(setting[0])))[0]
    reach = setting[2] * last(talib.ATR(*series[2:5], int(setting[1])))[0]
    return middle + reach, middle, middle - reach


def stochastic(series: Series, setting: Setting) -> Sequence[float]:
    """Return %K and %D."""
    n, smooth, slow = (int(x) for x in setting)
    lines = talib.STOCH(*series[2:5], fastk_period=n, slowk_period=smooth, slowd_period=slow)
    return last(*lines)


def span_a(series: Series, setting: Setting) -> Sequence[float]:
    """Return the mean of two midpoints, and the midpoints."""
    quick, base = (last(talib.MIDPRICE(series.high, series.low, int(n)))[0] for n in setting)
    return (quick + base) / 2, quick, base


def midpoint(series: Series, setting: Setting) -> Sequence[float]:
    """Return the midpoint of the range."""
    return last(talib.MIDPRICE(series.high, series.low, int(setting[0])))


LIBRARY: dict[str, Library] = {
    "Simple Moving Average (SMA)": lambda s, x: last(talib.SMA(s.close, int(x[0]))),
    "Exponential Moving Average (EMA)": lambda s, x: last(talib.EMA(s.close, int(x[0]))),
    "Weighted Moving Average (WMA)": lambda s, x: last(talib.WMA(s.close, int(x[0]))),
    "Moving Average Convergence Divergence (MACD)": lambda s, x: last(
        *talib.MACD(s.close, *(int(p) for p in x))
    ),
    "Parabolic SAR": lambda s, x: last(talib.SAR(s.high, s.low, *x)),
    "Ichimoku Cloud (Tenkan-sen)": midpoint,
    "Ichimoku Cloud (Kijun-sen)": midpoint,
    "Ichimoku Cloud (Senkou Span A)": span_a,
    "Ichimoku Cloud (Senkou Span B)": midpoint,
    "Aroon Indicator": lambda s, x: last(*talib.AROON(s.high, s.low, int(x[0])))[::-1],
    "Vortex Indicator": lambda s, x: last(*talib.VORTEX(*s[2:5], int(x[0]))),
    "Relative Strength Index (RSI)": lambda s, x: last(talib.RSI(s.close, int(x[0]))),
    "Stochastic Oscillator (Fast)": stochastic,
    "Stochastic Oscillator (Slow)": stochastic,
    "Stochastic Oscillator (Full)": stochastic,
    "Rate of Change (ROC)": lambda s, x: last(talib.ROC(s.close, int(x[0]))),
    "Commodity Channel Index (CCI)": lambda s, x: last(talib.CCI(*s[2:5], int(x[0]))),
    "Williams %R": lambda s, x: last(talib.WILLR(*s[2:5], int(x[0]))),
    "Momentum Indicator": lambda s, x: last(talib.MOM(s.close, int(x[0]))),
    "Bollinger Bands": lambda s, x: last(*talib.BBANDS(s.close, int(x[0]), x[1], x[1])),
    "Average True Range (ATR)": lambda s, x: last(talib.ATR(*s[2:5], int(x[0]))),
    "Keltner Channels": keltner,
    "Donchian Channels": lambda s, x: last(*talib.DONCHIAN(s.high, s.low, int(x[0]))),
    "Standard Deviation": lambda s, x: last(talib.STDDEV(s.close, int(x[0]), 1)),
    "On-Balance Volume (OBV)": lambda s, _: last(talib.OBV(s.close, s.volume)),
    "Volume Weighted Average Price (VWAP)": lambda s, x: last(
        talib.VWAP(*(column[-int(x[0]) :] for column in s[2:]))
    ),
    "Chaikin Money Flow (CMF)": lambda s, x: last(talib.CMF(*s[2:], int(x[0]))),
    "Money Flow Index (MFI)": lambda s, x: last(talib.MFI(*s[2:], int(x[0]))),
    "Accumulation/Distribution Line": lambda s, _: last(talib.AD(*s[2:])),
    "Volume Rate of Change": lambda s, x: last(talib.ROC(s.volume, int(x[0]))),
    "Force Index": lambda s, x: last(talib.EFI(s.close, s.volume, int(x[0]))),
}


@pytest.mark.parametrize("name", names())
def test_values_are_ta_libs(name: str) -> None:
    """At every bar and setting the printed value is TA-Lib's, to half a unit of its last digit.

    Bars on which the printed working would round differently may be refused, but only a few.
    """
    subject, refused, tried = INDICATORS[name], 0, 0
    for series in SERIES:
        for bar in BARS_TRIED:
            known = series.until(bar)
            for setting in subject.settings:
                tried += 1
                try:
                    steps = subject.steps(known, setting)
                except UnprintableError:
                    refused += 1
                    continue
                expected = LIBRARY[name](known, setting)
                digits = len(steps.result.split("=")[1].split(",")[0].strip(" %").partition(".")[2])
                for shown, value in zip(steps.values, expected, strict=False):
                    assert abs(shown - value) <= 0.5001 * 10**-digits, (name, bar, setting)
    assert refused < tried / 3
