"""What differs between two texts, as the phrases in which guards speak."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

_WORDS_SHOWN = 4
_OF_SUBSTANCE = ("number:", "entity:", "direction:")
_NUMBER = "number:"
_NAMES = "entity: "
_DIRECTION = "direction: "
_DETAIL = "detail: "
_LEFTOVER = "leftover: "
_NONE = "none"
_AND_MORE = re.compile(r"and (\d+) more")


class Added(NamedTuple):
    """How many direction words and names one of two questions adds to what the other says."""

    directions: int = 0
    names: int = 0


def differing_sequences(guard: str, left: tuple[str, ...], right: tuple[str, ...]) -> Iterator[str]:
    """Yield a phrase where two sequences differ; where in order alone, with both in full."""
    if left == right:
        return
    if Counter(left) == Counter(right):
        yield phrase(guard, left, right)
    else:
        yield from differing_counts(guard, left, right)


def differing_counts(guard: str, left: Iterable[str], right: Iterable[str]) -> Iterator[str]:
    """Yield a phrase where words stand on one side more often than on the other."""
    if left == right:
        return
    ours, theirs = Counter(left), Counter(right)
    if ours != theirs:
        yield phrase(guard, sorted((ours - theirs).elements()), sorted((theirs - ours).elements()))


def differing_sets(guard: str, left: frozenset[str], right: frozenset[str]) -> Iterator[str]:
    """Yield a phrase where words stand on one side only."""
    if left != right:
        yield phrase(guard, left - right, right - left)


def phrase(guard: str, left: Iterable[str], right: Iterable[str]) -> str:
    """Return what a guard says: its name, then the words of each side, at most four of them."""
    return f"{guard}: {_shown(left)} | {_shown(right)}"


def detail(differing: int, words: int) -> str:
    """Return the phrase for a difference in few of many words."""
    return f"{_DETAIL}{differing} of {words} words differ"


def speaks_of_substance(spoken: str) -> bool:
    """Tell whether a guard's phrase is about numbers, names or directions, not mere wording."""
    return spoken.startswith(_OF_SUBSTANCE)


def is_detail(phrases: Sequence[str]) -> bool:
    """Tell whether the guards' last phrase says that two questions differ in a detail alone."""
    return bool(phrases) and phrases[-1].startswith(_DETAIL)


def replaced_words(phrases: Sequence[str]) -> int:
    """Return how many content words of one question stand where the other has others.

    Words that one side adds are not replaced: they may say the same at greater length.
    """
    counts = (
        min(map(_shown_count, spoken.removeprefix(_LEFTOVER).split(" | ")))
        for spoken in phrases
        if spoken.startswith(_LEFTOVER)
    )
    return sum(counts)


def added(phrases: Sequence[str]) -> Added | None:
    """Return what of substance one question adds, None where more of it differs.

    That is a number, or a name or a direction in the place of another one.
    """
    if any(spoken.startswith(_NUMBER) for spoken in phrases):
        return None
    directions, names = (_one_sided(phrases, guard) for guard in (_DIRECTION, _NAMES))
    return None if directions is None or names is None else Added(directions, names)


def _one_sided(phrases: Sequence[str], guard: str) -> int | None:
    """Return how many words one side has of a guard's, None where both have some."""
    spoken = (one.removeprefix(guard) for one in phrases if one.startswith(guard))
    counts = [sorted(map(_shown_count, both.split(" | "))) for both in spoken]
    return None if any(fewer for fewer, _ in counts) else sum(more for _, more in counts)


def _shown_count(listed: str) -> int:
    """Return how many words _shown was given."""
    if listed == _NONE:
        return 0
    *words, last = listed.split(", ")
    more = _AND_MORE.fullmatch(last)
    return len(words) + (int(more[1]) if more else 1)


def _shown(words: Iterable[str]) -> str:
    listed = sorted(words) if isinstance(words, frozenset) else list(words)
    more = [f"and {len(listed) - _WORDS_SHOWN} more"] if len(listed) > _WORDS_SHOWN else []
    return ", ".join([*listed[:_WORDS_SHOWN], *more]) or _NONE
