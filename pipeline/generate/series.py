"""Invented OHLCV series, drawn in whole cents so that every platform draws the same ones."""

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
T = TypeVar("T")

BARS = 120
REGIME_BARS = 12
CENTS = 100
BASIS_POINTS = 10_000
LETTERS = "BCDFGHKLMNPQRSTVWXZ"


class Draws:
    """Numbers drawn from a key; the raw PCG64 stream is the one NumPy promises never to change."""

    def __init__(self, *key: int) -> None:
        self._bits = np.random.PCG64(np.random.SeedSequence(key))

    def below(self, limit: int) -> int:
        """Return an integer in [0, limit)."""
        return int(self._bits.random_raw() >> 11) % limit

    def between(self, low: int, high: int) -> int:
        """Return an integer in [low, high]."""
        return low + self.below(high - low + 1)

    def of(self, choices: Sequence[T]) -> T:
        """Return one of the choices."""
        return choices[self.below(len(choices))]


class Series(NamedTuple):
    """A named OHLCV series; bar 1 is the first, prices have two decimals, volumes are whole."""

    symbol: str
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats

    @property
    def bars(self) -> int:
        """Return the number of bars, which is also the number of the last bar."""
        return len(self.close)

    @property
    def typical(self) -> Floats:
        """Return the typical prices (H + L + C) / 3; as drawn they are whole cents."""
        return np.asarray(np.round((self.high + self.low + self.close) / 3, 6), dtype=np.float64)

    def extremes(self, span_bars: int) -> tuple[float, float]:
        """Return the highest high and the lowest low of the last bars."""
        return float(self.high[-span_bars:].max()), float(self.low[-span_bars:].min())

    def until(self, bar: int) -> "Series":
        """Return the series as it was known when `bar` had closed, so nothing can look ahead."""
        return Series(self.symbol, *(column[:bar] for column in self[1:]))

    def moved(self, field: str, price: float) -> "Series":
        """Return the series with another high, low or close on its last bar."""
        column = getattr(self, field).copy()
        column[-1] = price
        return self._replace(**{field: column})


def invented(*key: int) -> Series:
    """Return a series of 120 bars that is a pure function of its key.

    Prices walk in integer basis points with a drift that changes every twelve bars, so that
    trends, ranges and reversals all occur. The high of each bar is lifted by at most two cents
    to make high + low + close divisible by three: typical prices then need no rounding either.
    """
    draws = Draws(*key)
    symbol = draws.of(LETTERS) + str(draws.between(2, 99))
    last = draws.between(2_000, 30_000)
    noise = draws.between(25, 70)
    rows: list[tuple[int, int, int, int, int]] = []
    drift = 0
    for bar in range(BARS):
        if bar % REGIME_BARS == 0:
            drift = draws.between(-45, 50)
        rows.append(_bar(draws, last, drift, noise))
        last = rows[-1][3]
    cents = np.asarray(rows, dtype=np.float64)
    opened, high, low, closed = (cents[:, column] / CENTS for column in range(4))
    return Series(symbol, opened, high, low, closed, cents[:, 4])


def _bar(draws: Draws, last: int, drift: int, noise: int) -> tuple[int, int, int, int, int]:
    """Return open, high, low, close in cents and the volume of the bar after `last`."""
    move = drift + sum(draws.between(-noise, noise) for _ in range(4))
    opened = last + last * draws.between(-15, 15) // BASIS_POINTS
    closed = last + last * move // BASIS_POINTS
    wick = max(last * noise // BASIS_POINTS, 2)
    high = max(opened, closed) + draws.between(1, wick)
    low = min(opened, closed) - draws.between(1, wick)
    high += -(high + low + closed) % 3
    volume = draws.between(600, 1_800) + 6 * abs(move) * draws.between(1, 3)
    return opened, high, low, closed, volume
