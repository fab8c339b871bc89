"""Answers of two halves of which one belongs to another question."""

from collections.abc import Sequence

from pipeline.quality.reading import Reading

LONG_WORDS = 250
"""Words of an answer each half of which has room for what is asked."""

ASKED_WORDS = range(4, 16)
"""Content words of a question that tell whether it is taken up; a longer one tells a story."""

_MOST_MISSED, _LEAST_TAKEN_UP = 0.2, 0.6
"""Shares of them (0-1) that the one half takes up at most, the other at least. Four of 15,670 real
answers are so; of those one half of which is from an answer on another topic two in five."""

_SHOWN_CHARS = 120


def patched(reading: Reading) -> str | None:
    """Return the half of a long answer that takes up hardly anything of what is asked.

    The other half takes up most of it, in some inflection: so an answer in a style that never
    says its question's words tells nothing.
    """
    stems = reading.asked_stems
    if len(stems) not in ASKED_WORDS or reading.answer_word_count < LONG_WORDS:
        return None
    if not is_patched(stems, reading.lowered) or reading.is_foreign:
        return None
    middle = middle_of(reading.lowered)
    first = sum(stem in reading.lowered[:middle] for stem in stems)
    later = sum(stem in reading.lowered[middle:] for stem in stems)
    start = 0 if first < later else middle
    return (
        f"takes up {first} and {later} of {len(stems)} words in its halves:"
        f" {reading.answer[start : start + _SHOWN_CHARS].strip()}"
    )


def is_patched(stems: Sequence[str], answer: str) -> bool:
    """Return whether one half of an answer, in lower case, takes up most of stems, one hardly any.

    Which is mostly known from the first few of them.
    """
    most, middle = int(_MOST_MISSED * len(stems)), middle_of(answer)
    halves = (answer[middle:], answer[:middle])
    for half, other in zip(halves, halves[::-1], strict=True):
        found = 0
        for stem in stems:
            found += stem in half
            if found > most:
                break
        else:
            taken_up = sum(stem in other for stem in stems)
            return taken_up >= _LEAST_TAKEN_UP * len(stems)
    return False


def middle_of(answer: str) -> int:
    """Return where the second half of an answer begins: behind the middle, with a line."""
    middle = len(answer) // 2
    line = answer.find("\n", middle)
    return middle if line < 0 or line - middle > len(answer) // 4 else line
