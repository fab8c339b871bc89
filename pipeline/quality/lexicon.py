"""The domain's own words."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from pipeline.quality.words import STOP_WORDS, words

_SHORTEST_WORD_CHARS = 3
_ACRONYM = re.compile(r"\b[A-Z][A-Za-z]?[A-Z0-9]+\b")
_SPELT_OUT = re.compile(r"(.+?)\s*\(([^)]+)\)")


class Domain(NamedTuple):
    """What marks a text as ours.

    words are in lower case; acronyms maps each acronym of the master plan to its expansions, as
    words in lower case; short_words are those of the words that stand for longer names.
    """

    words: frozenset[str]
    short_words: frozenset[str]
    acronyms: Mapping[str, tuple[tuple[str, ...], ...]]


def domain(indicators: Iterable[str]) -> Domain:
    """Return the words and acronyms of the domain, from the names of the master plan."""
    names = sorted(set(indicators))
    found = lexicon(names)
    return Domain(found, _short(found, names), _acronyms(names))


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


def _short(found: frozenset[str], names: Iterable[str]) -> frozenset[str]:
    """Return the acronyms of names among the words found, in lower case."""
    return found & {short.lower() for name in names for short in _ACRONYM.findall(name)}


def _acronyms(names: Iterable[str]) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Return the acronyms that names spell out, on either side of their parentheses.

    "Know Sure Thing (KST)" does, "MVRV Ratio (Market Value to Realized Value)" too; a note in
    parentheses ("PoW chains") spells nothing.
    """
    found: dict[str, set[tuple[str, ...]]] = {}
    for name in names:
        match = _SPELT_OUT.match(name)
        for short, long in (match.group(2, 1), match.group(1, 2)) if match else ():
            acronym = _ACRONYM.match(short)
            expansion = tuple(words(long))
            if acronym and any(
                initials.startswith(acronym[0].lower()) for initials in _initials(expansion)
            ):
                found.setdefault(acronym[0], set()).add(expansion)
    return {acronym: tuple(sorted(found[acronym])) for acronym in sorted(found)}


def _initials(expansion: tuple[str, ...]) -> tuple[str, str]:
    """Return the initials of all words, and those without the small ones."""
    grave = [word for word in expansion if word not in STOP_WORDS]
    return "".join(word[0] for word in expansion), "".join(word[0] for word in grave)


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
