"""What differs between two texts, as the phrases in which guards speak."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

_WORDS_SHOWN = 4
_OF_SUBSTANCE = ("number:", "entity:", "direction:")
_DIRECTION = "direction: "
_DETAIL = "detail: "
_LEFTOVER = "leftover: "
_NONE = "none"
_AND_MORE = re.compile(r"and (\d+) more")


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


def added_directions(phrases: Sequence[str]) -> int | None:
    """Return how many direction words one question adds, None where more of substance differs.

    That is a number, a name, or a direction in the place of another one.
    """
    substance = [spoken for spoken in phrases if speaks_of_substance(spoken)]
    if not all(spoken.startswith(_DIRECTION) for spoken in substance):
        return None
    sides = [spoken.removeprefix(_DIRECTION).split(" | ") for spoken in substance]
    counts = [sorted(map(_shown_count, both)) for both in sides]
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
