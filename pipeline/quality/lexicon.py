"""The domain's own words."""

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from pipeline.quality.words import STOP_WORDS, words

_SHORTEST_WORD_CHARS = 3
_ACRONYM = re.compile(r"\b[A-Z][A-Za-z]?[A-Z0-9]+\b")


def lexicon(indicators: Iterable[str]) -> frozenset[str]:
    """Return the words that mark a text as being about the domain, in lower case.

    They are the words and abbreviations of the indicators' names without the generic ones
    (`generic_words.txt`: "rate" and "daily" are at home everywhere), each with its regular
    singular and plural, and the terms of `terms.txt`.
    """
    named = {word for name in indicators for word in _name_words(name)}
    return (_forms(named) - _forms(_listed("generic_words.txt"))) | _listed("terms.txt")


def _name_words(name: str) -> set[str]:
    long_enough = {word for word in words(name) if len(word) >= _SHORTEST_WORD_CHARS}
    acronyms = {match.lower() for match in _ACRONYM.findall(name)}
    return {word for word in long_enough | acronyms if not word.isdecimal()} - STOP_WORDS


def _forms(listed: Iterable[str]) -> frozenset[str]:
    return frozenset(form for word in listed for form in _inflected(word))


def _inflected(word: str) -> set[str]:
    if word.endswith("s") and not word.endswith(("ss", "is", "us")):
        return {word, word[:-1]}
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return {word, f"{word[:-1]}ies"}
    return {word, f"{word}s"}


@cache
def _listed(name: str) -> frozenset[str]:
    """Return the words of a list shipped with the package; `#` opens a comment."""
    lines = files("pipeline.quality").joinpath(name).read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines for word in line.partition("#")[0].split())
