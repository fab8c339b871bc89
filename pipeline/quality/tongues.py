"""Answers in another language than the one that their question is asked in."""

import re

from pipeline.quality.languages import beyond_latin, leans_to, small_words
from pipeline.quality.reading import Reading

_LEAST_SHARE = 0.1
"""Of an answer's letters, beyond Latin and Greek; a name in its own script is less."""

_SPARSE = 0.05
_FIRST_CHARS, _OWN_SHARE = 500, 0.15
"""Who begins with so many small words of the base's language writes in it."""

_ABOUT_LANGUAGES = re.compile(
    r"\b(?:translat\w+|languages?|words?|phrases?|means?|meaning|called|say|said|write|written"
    r"|scripts?|alphabets?|characters?|unicode|pronounc\w+|english|german|french|spanish|italian"
    r"|portuguese|dutch|russian|chinese|japanese|korean|arabic|turkish|polish|swedish|danish|czech"
    r"|indonesian|latin|greek|hindi)\b",
    re.IGNORECASE,
)


def other_language(reading: Reading) -> str | None:
    """Return an answer that is surely in another language than its question.

    An answer is in another one by its small words or its letters (languages.py), wholly or in a
    part. Left alone are questions that are not surely in the base's language, and those about
    words and languages.
    """
    own = small_words(reading.subject.language)
    reads_as_own = _share_of(own, reading.lowered) >= _OWN_SHARE
    if (reads_as_own or not reading.is_foreign) and not _is_mixed(reading.answer):
        return None
    asks_in_own = leans_to(reading.question_words, reading.subject.language)
    if not asks_in_own or _ABOUT_LANGUAGES.search(reading.question):
        return None
    return reading.answer


def _share_of(own: frozenset[str], lowered: str) -> float:
    """Return the share of small words of a language among the first words of an answer (0-1)."""
    first = lowered[:_FIRST_CHARS].split()
    return sum(word in own for word in first) / max(1, len(first))


def _is_mixed(answer: str) -> bool:
    beyond_ascii = len(answer) - len(answer.encode("ascii", "ignore"))
    return beyond_ascii >= _SPARSE * len(answer) and beyond_latin(answer) >= _LEAST_SHARE
