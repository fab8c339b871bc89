"""Estimates in people's words, as spans of time."""

import re
from typing import NamedTuple

_UNITS = {
    "s": 1,
    "sec": 1,
    "second": 1,
    "m": 60,
    "min": 60,
    "minute": 60,
    "h": 3_600,
    "hr": 3_600,
    "hour": 3_600,
    "d": 86_400,
    "day": 86_400,
    "w": 604_800,
    "week": 604_800,
}
_NUMBER = r"(\d{1,9}(?:\.\d{1,9})?)"
_PART = re.compile(rf"{_NUMBER}\s*(?:(?:-|\u2013|to)\s*{_NUMBER}\s*|(\+)\s*)?([a-z]+)")
_JOINT = re.compile(r"[\s,]*(?:and)?[\s,]*")


class Estimate(NamedTuple):
    """At least low_s and at most high_s seconds; high_s is None for what has no upper end."""

    low_s: float
    high_s: float | None

    @property
    def middle_s(self) -> float:
        """Return the middle of the span, its lower end where there is no other, in seconds."""
        return self.low_s if self.high_s is None else (self.low_s + self.high_s) / 2


def parsed(words: object) -> Estimate | None:
    """Return what an estimated_time says, None where it says nothing that is understood.

    Understood: "30 minutes", "2 hours", "1.5 h", "30-45 minutes", "60+ minutes", "2-3 weeks",
    "1 hour 30 minutes". A week has 7 days and a day 24 hours.
    """
    text = words.strip().lower() if isinstance(words, str) else ""
    low, high, place = 0.0, 0.0, 0
    is_open = False
    while found := _PART.match(text, place):
        first, last, more, word = found.groups()
        unit_s = _UNITS.get(word) or _UNITS.get(word.removesuffix("s"))
        if unit_s is None:
            return None
        low, high = low + float(first) * unit_s, high + float(last or first) * unit_s
        is_open = is_open or more is not None
        joint = _JOINT.match(text, found.end())
        place = joint.end() if joint else found.end()
    if not text or place < len(text) or not 0 < low <= high:
        return None
    return Estimate(low, None if is_open else high)
