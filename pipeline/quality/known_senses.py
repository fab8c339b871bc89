"""Terms that a subject shares with other fields, and what is often told wrongly of its terms."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

_NOTHING = r"(?!)"

Listed = Sequence[Mapping[str, list[str]]]


class Sense(NamedTuple):
    """What a text on a term says: words and phrases of its own, and those of another meaning.

    Who says a word of unless has the right meaning, and may mention another. makers are words of
    the names of who made it, periods the numbers of days or other periods that it is made of;
    either is empty where nothing is known. names finds the term itself.
    """

    signature_words: frozenset[str]
    signature_phrases: tuple[str, ...]
    mistaken: re.Pattern[str]
    unless: frozenset[str]
    makers: frozenset[str]
    periods: frozenset[str]
    names: re.Pattern[str]


class KnownTerms(NamedTuple):
    """A pattern for all terms of a list, longest first, and the sense of each."""

    pattern: re.Pattern[str]
    senses: Mapping[str, Sense]


def known_terms(listed: Listed) -> KnownTerms:
    """Return the terms of a list of senses.json (`senses` or `facts`)."""
    senses = {term: _sense(one) for one in listed for term in one["terms"]}
    return KnownTerms(_any_of(senses), senses)


def _any_of(terms: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for whole terms, longest first."""
    longest_first = sorted(terms, key=lambda term: (-len(term), term))
    either = "|".join(map(re.escape, longest_first)) or _NOTHING
    return re.compile(rf"(?<![\w-])(?:{either})(?![\w-])")


def _sense(listed: Mapping[str, list[str]]) -> Sense:
    return Sense(
        frozenset(word for word in listed.get("signature", ()) if word.isalnum()),
        tuple(phrase for phrase in listed.get("signature", ()) if not phrase.isalnum()),
        re.compile("|".join(map(_phrase, listed.get("mistaken", ()))) or _NOTHING),
        frozenset(listed.get("unless", ())),
        frozenset(listed.get("makers", ())),
        frozenset(listed.get("periods", ())),
        _any_of(listed["terms"]),
    )


def _phrase(listed: str) -> str:
    """Return a pattern for a phrase, in which `*` stands for a part of a sentence."""
    return r"[^.\n]{0,60}?".join(map(re.escape, listed.split("*")))
