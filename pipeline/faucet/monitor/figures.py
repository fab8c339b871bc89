"""Figures that are known, or unknown for a reason."""

import math
from collections.abc import Sequence
from typing import NamedTuple

_LEAST_PART = 24
"""A rate is said of a window that is at least this part of its unit: of an hour, for one a day."""

DAY_S = 86_400
HOUR_S = 3_600


class Figure(NamedTuple):
    """A number, or None and why it is not known."""

    value: float | None
    why: str = ""


def unknown(why: str) -> Figure:
    """Return a figure that is not known, for a reason in a few words."""
    return Figure(None, why)


def given(value: float | None, why: str) -> Figure:
    """Return a figure that is known where value is one; why says what is missing."""
    return Figure(value) if value is not None else unknown(why)


def mean(values: Sequence[float], why: str) -> Figure:
    """Return the mean; unknown for no values."""
    return Figure(sum(values) / len(values)) if values else unknown(why)


def p95(values: Sequence[float], why: str) -> Figure:
    """Return the smallest value that at least 95 % of the values do not pass (nearest rank)."""
    if not values:
        return unknown(why)
    return Figure(sorted(values)[math.ceil(0.95 * len(values)) - 1])


def rate(count: float, window_s: float, per_s: int) -> Figure:
    """Return a count in a window of so many seconds as a rate per so many seconds.

    Of a much shorter window it would be a forecast, and is unknown.
    """
    least_s = per_s / _LEAST_PART
    if window_s < least_s:
        return unknown(f"the window is shorter than {least_s / 60:g} minutes")
    return Figure(count * per_s / window_s)


def share(part: float, whole: float, why: str) -> Figure:
    """Return part of whole, 0-1; unknown where there is no whole."""
    return Figure(part / whole) if whole > 0 else unknown(why)
