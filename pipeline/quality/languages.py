"""Which language an answer is in, as far as its small words or its script tell."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from pipeline.quality.words import STOP_WORDS

_FEWEST_WORDS = 8
_LEAST_SHARE = 0.12
"""Of prose, a quarter and more are such words; of another language's, a few by chance."""

_SCRIPT_SHARE = 0.3
_BEYOND_LATIN = re.compile(r"[^\x00-\u024f]")
_BEYOND_GREEK = re.compile(r"[^\x00-\u03ff]")


def is_foreign(text: str, words: Sequence[str], language: str) -> bool:
    """Return whether a text is surely in another language than the one that is named.

    Small words tell, where the text says enough of them; letters beyond Latin tell of a base
    whose language is written in Latin letters. A text of which nothing tells, and one beside a
    language that has no list here, is not foreign.

    text: the text. words: its words in lower case. language: an ISO 639 code.
    """
    listed = _small_words()
    if language not in listed:
        return False
    if _has_letters(_BEYOND_LATIN, text, _SCRIPT_SHARE):
        return True
    if len(words) < _FEWEST_WORDS:
        return False
    counted = Counter(words)
    shares = {
        code: sum(map(counted.__getitem__, small & counted.keys())) / len(words)
        for code, small in listed.items()
    }
    most = max(shares, key=lambda code: (shares[code], code))
    return most != language and shares[most] >= max(_LEAST_SHARE, 2 * shares[language])


def is_beyond_latin(text: str, share: float) -> bool:
    """Return whether so many of a text's letters (0-1) are neither Latin nor Greek.

    Formulas are written with Greek ones.
    """
    return _has_letters(_BEYOND_GREEK, text, share)


def _has_letters(beyond: re.Pattern[str], text: str, share: float) -> bool:
    found = sum(map(str.isalpha, beyond.findall(text)))
    return found > 0 and found >= share * sum(map(str.isalpha, text))


def small_words(language: str) -> frozenset[str]:
    """Return the smallest words of a language that is listed (ISO 639), none of another."""
    return _small_words().get(language, frozenset()) | (STOP_WORDS if language == "en" else set())


def leans_to(words: Sequence[str], language: str) -> bool:
    """Return whether words, of a question say, hold more small ones of a language than of others.

    A few words do not tell for sure, but most of "when do you open" are English alone.
    """
    others = (small for code, small in _small_words().items() if code != language)
    most = max((sum(word in small for word in words) for small in others), default=0)
    return sum(word in small_words(language) for word in words) > most


@cache
def _small_words() -> Mapping[str, frozenset[str]]:
    """Return the words of small_words.txt by the code of their language (`#` opens a comment)."""
    text = files("pipeline.quality").joinpath("small_words.txt").read_text(encoding="utf-8")
    found: dict[str, set[str]] = {}
    for line in text.splitlines():
        code, colon, listed = line.partition("#")[0].partition(":")
        if colon:
            found.setdefault(code, set()).update(listed.split())
    return {code: frozenset(listed) for code, listed in found.items()}
