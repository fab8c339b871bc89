"""Worked examples: which bar, setting and framing to ask about, until enough are found."""

import zlib
from collections.abc import Iterator
from itertools import count as counting
from typing import NamedTuple

from pipeline.generate.catalog import INDICATORS
from pipeline.generate.framings import Draft, framings_of
from pipeline.generate.indicator import ComputedIndicator
from pipeline.generate.series import BARS, Draws, Series, invented
from pipeline.generate.text import UnprintableError

CATEGORY = "Price-Based Technical Indicators"
FIRST_BAR = 61  # the longest window is 52 bars; recursive averages have settled by then
SERIES_PER_INDICATOR = 8
ATTEMPTS_PER_EXAMPLE = 200


class Example(NamedTuple):
    """One question with its worked answer."""

    indicator: str
    category: str
    subcategory: str
    difficulty: str
    question: str
    answer: str
    tags: tuple[str, ...]


def worked_examples(indicator: str, count: int, seed: int) -> list[Example]:
    """Return `count` distinct worked examples on an indicator of the catalogue.

    The list is a pure function of its arguments and a shorter list is the start of a longer one,
    so a refill can go on where an earlier delivery ended.

    indicator: a name of the master plan that the catalogue holds. count: how many, 0 or more.
    seed: 0 or more, chooses series, bars and wording.
    Raises KeyError for an indicator that cannot be computed and ValueError when the series of
    this seed hold fewer distinct examples than asked for.
    """
    found: dict[str, Example] = {}
    for draft, subject in _drafts(INDICATORS[indicator], seed, count * ATTEMPTS_PER_EXAMPLE):
        if len(found) == count:
            break
        found.setdefault(draft.question, _example(subject, draft))
    if len(found) < count:
        raise ValueError(f"{indicator}: {len(found)} of {count} examples found with seed {seed}")
    return list(found.values())


def _example(subject: ComputedIndicator, draft: Draft) -> Example:
    return Example(
        indicator=subject.name,
        category=CATEGORY,
        subcategory=subject.subcategory,
        difficulty=draft.difficulty,
        question=draft.question,
        answer=draft.answer,
        tags=(*subject.tags, draft.tag),
    )


def _drafts(
    subject: ComputedIndicator, seed: int, attempts: int
) -> Iterator[tuple[Draft, ComputedIndicator]]:
    """Yield drafts, one framing after the other; a framing is tried until it gives one."""
    key = zlib.crc32(subject.name.encode())
    pool = _pool(seed, key)
    draws = Draws(seed, key)
    framings = framings_of(subject)
    turn = 0
    for attempt in counting():
        if attempt == attempts:
            return
        series = draws.of(pool).until(draws.between(FIRST_BAR, BARS))
        try:
            draft = framings[turn % len(framings)](subject, series, draws)
        except UnprintableError:
            continue
        turn += 1
        yield draft, subject


def _pool(seed: int, key: int) -> list[Series]:
    """Return series with distinct symbols."""
    by_symbol: dict[str, Series] = {}
    for number in counting():
        series = invented(seed, key, number)
        by_symbol.setdefault(series.symbol, series)
        if len(by_symbol) == SERIES_PER_INDICATOR:
            break
    return list(by_symbol.values())
