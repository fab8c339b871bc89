"""Which statements of two answers contradict each other."""

from collections.abc import Iterator
from typing import NamedTuple

from pipeline.dedup.conflicts.statements import Statement
from pipeline.dedup.guards.lexicon import Lexicon

_SAME_SUBJECT = {"number": 0.6, "direction": 0.75, "formula": 1.0, "definition": 1.0}
"""Jaccard of what two statements are about, from which they are about the same."""

_STEM_CHARS = 4


class Conflict(NamedTuple):
    """Two statements that cannot both hold: one of each answer."""

    kind: str
    left: Statement
    right: Statement


def conflicts_between(
    ours: list[Statement], theirs: list[Statement], known: Lexicon
) -> list[Conflict]:
    """Return the conflicts of two answers, at most one per statement of ours.

    Numbers and directions conflict in sentences about the same, formulas where one name is
    computed in two ways, definitions where one abbreviation has two expansions. What stands
    somewhere in both answers is no conflict: an answer may say a thing twice.
    """
    return [
        Conflict(one.kind, one, other)
        for one in ours
        for other in _contradicting(one, theirs, known)
        if not _stands_among(one, theirs) and not _stands_among(other, ours)
    ]


def _contradicting(one: Statement, others: list[Statement], known: Lexicon) -> Iterator[Statement]:
    for other in others:
        if (
            other.kind == one.kind
            and _is_about_the_same(one, other)
            and _RULES[one.kind](one, other, known)
        ):
            yield other
            return


def _stands_among(one: Statement, others: list[Statement]) -> bool:
    return any(
        other.kind == one.kind and other.content == one.content and _is_about_the_same(one, other)
        for other in others
    )


def _is_about_the_same(one: Statement, other: Statement) -> bool:
    fewer, more = sorted((len(one.about), len(other.about)))
    needed = _SAME_SUBJECT[one.kind]
    if fewer < needed * more:
        return False  # as it is for most, whatever the words are
    shared = len(one.about & other.about)
    return shared >= needed * (fewer + more - shared)


def _numbers_differ(one: Statement, other: Statement, _: Lexicon) -> bool:
    """Return whether as many numbers of the same kind, of the same years, are others."""
    years = [{word for word in side.about if word.isdigit()} for side in (one, other)]
    if len(one.content) != len(other.content) or years[0] != years[1]:
        return False
    kinds = [[word.endswith("%") for word in side.content] for side in (one, other)]
    return kinds[0] == kinds[1] and sorted(one.content) != sorted(other.content)


def _directions_oppose(one: Statement, other: Statement, known: Lexicon) -> bool:
    if len(one.content) != len(other.content):
        return False
    swapped = [(a, b) for a, b in zip(one.content, other.content, strict=True) if a != b]
    return len(swapped) == 1 and any(set(swapped[0]) <= set(group) for group in known.opposites)


def _content_differs(one: Statement, other: Statement, _: Lexicon) -> bool:
    return one.content != other.content


def _names_differ(one: Statement, other: Statement, _: Lexicon) -> bool:
    """Return whether a word differs in more than its ending: a maker is no other than making."""
    return any(
        a[:_STEM_CHARS] != b[:_STEM_CHARS] for a, b in zip(one.content, other.content, strict=True)
    )


_RULES = {
    "number": _numbers_differ,
    "direction": _directions_oppose,
    "formula": _content_differs,
    "definition": _names_differ,
}
