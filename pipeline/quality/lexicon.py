"""The subject's own words."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pipeline.core.json_values import Json
from pipeline.domain.documents import NAMES
from pipeline.quality.forms import Forms, forms_of
from pipeline.quality.known_senses import KnownTerms, known_terms, opposed_meanings
from pipeline.quality.words import STOP_WORDS, words

_SHORTEST_WORD_CHARS = 3
_ACRONYM = re.compile(r"\b[A-Z][A-Za-z]?[A-Z0-9]+\b")
_SPELT_OUT = re.compile(r"(.+?)\s*\(([^)]+)\)")


class Subject(NamedTuple):
    """What marks a text as ours.

    words are in lower case, and is_listed where people list terms beside the plan; acronyms maps
    each acronym of the plan to its expansions, as words in lower case; short_words are those of
    the words that stand for longer names. senses are terms that other fields share, facts what is
    known to be told wrongly of a term, meanings phrases that mean opposites, with the general word
    that each stands for; forms are what worked numbers are calculated anew by.
    language is the one that the base is written in (ISO 639).
    """

    words: frozenset[str]
    short_words: frozenset[str]
    acronyms: Mapping[str, tuple[tuple[str, ...], ...]]
    senses: KnownTerms
    facts: KnownTerms
    meanings: Mapping[str, str]
    forms: Forms
    is_listed: bool
    language: str


def subject(
    names: Iterable[str],
    terms: Iterable[str] = (),
    generic_words: Iterable[str] = (),
    senses: Json | None = None,
    formulas: Json | None = None,
    named: Json | None = None,
) -> Subject:
    """Return what is known of a subject, from the names of its plan and the lists of its folder.

    named is what words.yaml says; its language is NAMES' where it says none.

    Raises UserError where formulas state what is no pattern or formula.
    """
    names = sorted(set(names))
    listed_terms = frozenset(terms)
    found = lexicon(names, listed_terms, generic_words)
    listed = senses or {}
    lists = listed.get("lists", {})
    return Subject(
        words=found,
        short_words=_short(found, names),
        acronyms=_acronyms(names),
        senses=known_terms(listed.get("senses", ()), lists),
        facts=known_terms(listed.get("facts", ()), lists),
        meanings=opposed_meanings(listed.get("facts", ()), lists),
        forms=forms_of(formulas or {}),
        is_listed=bool(listed_terms),
        language={**NAMES, **(named or {})}["language"],
    )


def lexicon(
    names: Iterable[str], terms: Iterable[str], generic_words: Iterable[str]
) -> frozenset[str]:
    """Return the words that mark a text as being about the subject, in lower case.

    They are the words and abbreviations of the plan's names without the generic ones ("rate" and
    "daily" are at home everywhere), each with its regular singular and plural, and the terms.
    """
    named = {word for name in names for word in _name_words(name)}
    return (_forms(named) - _forms(generic_words)) | frozenset(terms)


def _name_words(name: str) -> set[str]:
    long_enough = {word for word in words(name) if len(word) >= _SHORTEST_WORD_CHARS}
    acronyms = {match.lower() for match in _ACRONYM.findall(name)}
    return {word for word in long_enough | acronyms if not word.isdecimal()} - STOP_WORDS


def _short(found: frozenset[str], names: Iterable[str]) -> frozenset[str]:
    """Return the acronyms of names among the words found, in lower case."""
    return found & {short.lower() for name in names for short in _ACRONYM.findall(name)}


def _acronyms(names: Iterable[str]) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Return the acronyms that names spell out, on either side of their parentheses.

    "Body Mass Index (BMI)" does, "NPK Value (Nitrogen Phosphorus Potassium)" too; a note in
    parentheses ("small trees") spells nothing.
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
