"""What can be computed: the indicators by their names in the master plan."""

from pipeline.generate.indicator import ComputedIndicator
from pipeline.generate.indicators import (
    accumulation,
    aroon,
    averages,
    balance,
    bollinger,
    cci,
    chaikin,
    cloud,
    deviation,
    donchian,
    force,
    ichimoku,
    keltner,
    macd,
    money_flow_index,
    rate,
    rsi,
    sar,
    stochastic,
    true_range,
    turnover,
    vortex,
    vwap,
    williams,
)

_ALL = (
    averages.SMA,
    averages.EMA,
    averages.WMA,
    macd.MACD,
    sar.SAR,
    ichimoku.TENKAN,
    ichimoku.KIJUN,
    cloud.SPAN_A,
    cloud.SPAN_B,
    aroon.AROON,
    vortex.VORTEX,
    rsi.RSI,
    stochastic.FAST,
    stochastic.SLOW,
    stochastic.FULL,
    rate.ROC,
    cci.CCI,
    williams.WILLIAMS_R,
    rate.MOMENTUM,
    bollinger.BOLLINGER,
    true_range.ATR,
    keltner.KELTNER,
    donchian.DONCHIAN,
    deviation.DEVIATION,
    balance.OBV,
    vwap.VWAP,
    chaikin.CMF,
    money_flow_index.MFI,
    accumulation.ACCUMULATION,
    turnover.TURNOVER,
    force.FORCE,
)
INDICATORS: dict[str, ComputedIndicator] = {indicator.name: indicator for indicator in _ALL}


def names() -> list[str]:
    """Return the names of all indicators that can be computed, in the master plan's order."""
    return list(INDICATORS)
