"""Terms that a subject shares with other fields, and what is known of its terms."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from pipeline.core.errors import UserError
from pipeline.quality.words import words

_NOTHING = r"(?!)"
_LIST_NAME = re.compile(r"<([a-z][a-z_]*)>")

Listed = Sequence[Mapping[str, Any]]
Lists = Mapping[str, Sequence[str]]
"""Lists of phrases by a name, for which `<name>` stands among the phrases of a reading."""


class Interpretation(NamedTuple):
    """What a value of a term means: patterns of the value, of its meaning, of what it never means.

    A clause that says what apart matches speaks of another thing, and is left alone.
    """

    value: re.Pattern[str]
    means: re.Pattern[str]
    never: re.Pattern[str]
    apart: re.Pattern[str]


class Sense(NamedTuple):
    """What a text on a term says: words and phrases of its own, and those of another meaning.

    Who says a word of unless has the right meaning, and may mention another. makers are words of
    the names of who made it, years those in which it was made or published, periods the numbers
    of days or other periods that it is made of, bounds the two numbers that its values lie between
    (none where its values have no bounds, None where nothing is known of them), readings what its
    values mean; the others are empty where nothing is known. names finds the term itself.
    """

    signature_words: frozenset[str]
    signature_phrases: tuple[str, ...]
    mistaken: re.Pattern[str]
    unless: frozenset[str]
    makers: frozenset[str]
    years: frozenset[str]
    periods: frozenset[str]
    bounds: tuple[float, ...] | None
    readings: tuple[Interpretation, ...]
    names: re.Pattern[str]


class KnownTerms(NamedTuple):
    """A pattern for all terms of a list, longest first, and the sense of each.

    words are those of each term, in lower case.
    """

    pattern: re.Pattern[str]
    senses: Mapping[str, Sense]
    words: tuple[frozenset[str], ...]


def known_terms(listed: Listed, lists: Lists) -> KnownTerms:
    """Return the terms of a list of senses.json (`senses` or `facts`), and its named `lists`."""
    senses = {
        term: sense for one in listed for sense in [_sense(one, lists)] for term in one["terms"]
    }
    spoken = tuple(frozenset(words(term)) for term in senses)
    return KnownTerms(_any_of(senses), senses, spoken)


def opposed_meanings(listed: Listed, lists: Lists) -> Mapping[str, str]:
    """Return the phrases of lists that a reading means and never means, as opposites.

    Each phrase goes with "positive" or "negative", longer ones first.
    """
    found: dict[str, str] = {}
    for one in listed:
        for reading in one.get("readings", ()):
            sides = (("positive", reading.get("means", ())), ("negative", reading.get("never", ())))
            named = [_LIST_NAME.fullmatch(given) for _, phrases in sides for given in phrases]
            if len(named) == len(sides) and all(named):
                for word, phrases in sides:
                    for phrase in _filled(phrases[0], lists):
                        found.setdefault(phrase, word)
    return {phrase: found[phrase] for phrase in sorted(found, key=lambda text: (-len(text), text))}


def _any_of(terms: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for whole terms, longest first."""
    longest_first = sorted(terms, key=lambda term: (-len(term), term))
    return _whole(map(re.escape, longest_first))


def _whole(patterns: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for any of patterns where it stands apart from other words."""
    return re.compile(rf"(?<![\w-])(?:{'|'.join(patterns) or _NOTHING})(?![\w-])")


def _sense(listed: Mapping[str, Any], lists: Lists) -> Sense:
    bounds = listed.get("bounds")
    return Sense(
        frozenset(word for word in listed.get("signature", ()) if word.isalnum()),
        tuple(phrase for phrase in listed.get("signature", ()) if not phrase.isalnum()),
        re.compile("|".join(map(_phrase, listed.get("mistaken", ()))) or _NOTHING),
        frozenset(listed.get("unless", ())),
        frozenset(listed.get("makers", ())),
        frozenset(listed.get("years", ())),
        frozenset(listed.get("periods", ())),
        None if bounds is None else tuple(map(float, bounds)),
        tuple(_interpretation(one, lists) for one in listed.get("readings", ())),
        _any_of(listed["terms"]),
    )


def _interpretation(listed: Mapping[str, Sequence[str]], lists: Lists) -> Interpretation:
    keys = ("value", "means", "never", "apart")
    each = (
        (phrase for given in listed.get(key, ()) for phrase in _filled(given, lists))
        for key in keys
    )
    return Interpretation(*(_whole(map(_phrase, phrases)) for phrases in each))


def _filled(given: str, lists: Lists) -> Sequence[str]:
    """Return the phrases of a list where its name stands for them, else the phrase itself.

    Raises UserError for the name of no list.
    """
    named = _LIST_NAME.fullmatch(given)
    if named and named[1] not in lists:
        raise UserError(f"senses.json: {given} names no list of `lists`; add it or name another")
    return lists[named[1]] if named else (given,)


def _phrase(listed: str) -> str:
    """Return a pattern for a phrase, in which `*` stands for a part of a sentence."""
    return r"[^.\n]{0,60}?".join(map(re.escape, listed.split("*")))
