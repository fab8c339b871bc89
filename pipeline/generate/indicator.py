"""What an indicator must offer so that worked examples can be written about it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from pipeline.generate.series import Series

Setting = tuple[float, ...]
Crossing = Literal["up", "down", "above", "below"]


class Steps(NamedTuple):
    """The calculation at the last bar: its text, the result in words, the values as printed."""

    text: str
    result: str
    values: tuple[float, ...]


class Signal(NamedTuple):
    """What two consecutive bars say; `is_event` when something happened rather than lasted."""

    text: str
    is_event: bool


@dataclass(frozen=True, kw_only=True)
class ComputedIndicator:
    """One indicator of the master plan: how it is computed, shown, read and doubted.

    Every function sees the series only up to the bar in question. `numbers` prints the inputs
    for the given settings and `earlier` bars before the last; `steps` computes from them.
    `comparison` holds what it means when the first of two settings gives the larger and the
    smaller value, `compared` what that value (the first of `Steps.values`) is, and `moved` the
    price that the what-if questions change (None: there are no such questions).
    """

    name: str
    subcategory: str
    tags: tuple[str, ...]
    settings: tuple[Setting, ...]
    span: Callable[[Setting], str]
    numbers: Callable[[Series, Sequence[Setting], int], str]
    steps: Callable[[Series, Setting], Steps]
    reading: Callable[[Series, Setting, Steps], Sequence[str]]
    signal: Callable[[Series, Setting, Steps, Steps], Signal]
    signal_questions: tuple[str, ...]
    formulas: tuple[str, ...]
    limits: tuple[str, ...]
    comparison: tuple[str, str] | None = None
    compared: str = "result"
    moved: Literal["close", "close in range", "high", "low"] | None = None
    change_notes: tuple[str, ...] = ()


def bars(setting: Setting) -> str:
    """Return the span of a setting that is one period."""
    return f"over {setting[0]:.0f} bars"


def longest(settings: Sequence[Setting]) -> int:
    """Return the longest first period of the settings."""
    return int(max(setting[0] for setting in settings))


def crossing(before: float, now: float, level_before: float, level_now: float) -> Crossing:
    """Return whether a value crossed a level between two bars, or on which side it stayed."""
    was_above, is_above = before > level_before, now > level_now
    if is_above == was_above:
        return "above" if is_above else "below"
    return "up" if is_above else "down"


def crossed(side: Crossing, texts: Mapping[str, str], **slots: object) -> Signal:
    """Return the text for the crossing; up and down are the events."""
    return Signal(texts[side].format(**slots), side in {"up", "down"})
