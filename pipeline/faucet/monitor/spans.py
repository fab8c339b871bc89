"""Spans of time: joined, cut to a window, and what lies between them."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple


class Span(NamedTuple):
    """From start up to and without end."""

    start: datetime
    end: datetime

    @property
    def seconds(self) -> float:
        """Return how long it is."""
        return (self.end - self.start).total_seconds()


def joined(spans: Iterable[Span]) -> list[Span]:
    """Return the union of spans as spans that do not touch, in order."""
    result: list[Span] = []
    for span in sorted(span for span in spans if span.end > span.start):
        if result and span.start <= result[-1].end:
            result[-1] = Span(result[-1].start, max(result[-1].end, span.end))
        else:
            result.append(span)
    return result


def cut(spans: Iterable[Span], window: Span) -> list[Span]:
    """Return the parts of spans that lie in a window."""
    parts = (Span(max(span.start, window.start), min(span.end, window.end)) for span in spans)
    return [part for part in parts if part.end > part.start]


def between(spans: Iterable[Span], window: Span) -> list[Span]:
    """Return the parts of a window that no span covers, in order."""
    result, start = [], window.start
    for span in joined(cut(spans, window)):
        if span.start > start:
            result.append(Span(start, span.start))
        start = span.end
    return [*result, Span(start, window.end)] if start < window.end else result


def total_s(spans: Iterable[Span]) -> float:
    """Return how long spans are together, in seconds."""
    return sum(span.seconds for span in spans)
