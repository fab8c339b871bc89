"""The deliveries that a new project starts with: which indicators, in which files."""

from collections.abc import Iterator
from typing import NamedTuple

from pipeline.generate.deliveries import Delivery, delivery
from pipeline.generate.examples import worked_examples


class Planned(NamedTuple):
    """One file of the starter."""

    shape: str
    name: str
    created: str
    indicators: tuple[str, ...]
    by_second_agent: bool = False


def _single(stem: str, created: str, indicator: str, *, by_second_agent: bool = False) -> Planned:
    return Planned("indicator", f"{stem}_qa_pairs", created, (indicator,), by_second_agent)


PLAN = (
    _single("simple_moving_average_sma", "2025-10-01", "Simple Moving Average (SMA)"),
    _single("exponential_moving_average_ema", "2025-10-02", "Exponential Moving Average (EMA)"),
    _single("weighted_moving_average_wma", "2025-10-02", "Weighted Moving Average (WMA)"),
    _single("macd", "2025-10-06", "Moving Average Convergence Divergence (MACD)"),
    _single("relative_strength_index_rsi", "2025-10-07", "Relative Strength Index (RSI)"),
    _single("bollinger_bands", "2025-10-09", "Bollinger Bands"),
    _single("parabolic_sar", "2025-10-13", "Parabolic SAR"),
    _single("donchian_channels", "2025-10-14", "Donchian Channels"),
    Planned(
        "batch",
        "batch_001",
        "2025-10-17",
        (
            "Ichimoku Cloud (Tenkan-sen)",
            "Ichimoku Cloud (Kijun-sen)",
            "Ichimoku Cloud (Senkou Span A)",
            "Ichimoku Cloud (Senkou Span B)",
        ),
    ),
    Planned(
        "batch",
        "batch_002",
        "2025-10-22",
        (
            "Stochastic Oscillator (Fast)",
            "Stochastic Oscillator (Slow)",
            "Williams %R",
        ),
    ),
    Planned(
        "sessions",
        "momentum_sessions",
        "2025-10-27",
        (
            "Rate of Change (ROC)",
            "Commodity Channel Index (CCI)",
            "Aroon Indicator",
        ),
    ),
    Planned(
        "lines",
        "volume_indicators",
        "2025-11-03",
        (
            "On-Balance Volume (OBV)",
            "Volume Weighted Average Price (VWAP)",
            "Chaikin Money Flow (CMF)",
            "Money Flow Index (MFI)",
        ),
    ),
    _single(
        "average_true_range_atr", "2025-11-05", "Average True Range (ATR)", by_second_agent=True
    ),
    _single("keltner_channels", "2025-11-10", "Keltner Channels", by_second_agent=True),
)


def starter(
    agent: str, second_agent: str, *, seed: int, pairs_per_indicator: int
) -> Iterator[Delivery]:
    """Yield the starter's deliveries in the order of their dates.

    agent: who delivers most files. second_agent: who delivers the others. seed: 0 or more.
    pairs_per_indicator: 1 or more.
    Raises ValueError when so many pairs cannot be found.
    """
    for planned in PLAN:
        examples = [
            example
            for indicator in planned.indicators
            for example in worked_examples(indicator, pairs_per_indicator, seed)
        ]
        yield delivery(
            examples,
            shape=planned.shape,
            agent=second_agent if planned.by_second_agent else agent,
            name=planned.name,
            created=planned.created,
        )
