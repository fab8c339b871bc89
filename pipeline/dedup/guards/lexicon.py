"""The words that the guards know, read from lexicon.json."""

import json
from collections import Counter
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from pipeline.core.stems import stem


class Lexicon(NamedTuple):
    """The guards' words in the forms in which tokens are looked up."""

    entities: dict[str, list[tuple[tuple[str, ...], str]]]
    """First word of a name -> the names that begin so, longest first, each with its short form."""
    directions: dict[str, str]  # word, sign or stem -> the direction
    opposites: tuple[tuple[str, ...], ...]  # words of which one may not stand for another
    generic: frozenset[str]
    relations: frozenset[str]
    number_words: dict[str, str]
    units: dict[str, str]  # how a unit is written after a number -> the unit


@cache
def lexicon() -> Lexicon:
    """Return the words that the guards know.

    They are data: an entity is a name or abbreviation of the master plan or of a well-known
    asset, a direction is a word whose swap turns a statement into another one, a generic word
    says nothing about the subject, a relation is a word whose two sides may not be swapped.
    """
    words = json.loads(files(__package__).joinpath("lexicon.json").read_text(encoding="utf-8"))
    return Lexicon(
        entities=_by_first_word(words["entities"]),
        directions=_directions(" ".join(words["directions"]).split()),
        opposites=tuple(
            group for line in words["directions"] if len(group := tuple(line.split())) > 1
        ),
        generic=frozenset(words["generic"]),
        relations=frozenset(words["relations"]),
        number_words=words["number_words"],
        units={written: unit for unit, forms in words["units"].items() for written in forms},
    )


def _directions(words: list[str]) -> dict[str, str]:
    """Return each word as its own direction, and its stem where no two words share one."""
    sharing = Counter(stem(word) for word in sorted(set(words)))
    alone = {stem(word): stem(word) for word in words if sharing[stem(word)] == 1}
    return alone | {word: stem(word) if sharing[stem(word)] == 1 else word for word in words}


def _by_first_word(entities: dict[str, list[str]]) -> dict[str, list[tuple[tuple[str, ...], str]]]:
    names = {
        tuple(f"{name}{ending}".split()): short
        for short, long in entities.items()
        for name in (short, *long)
        for ending in ("", "s")
    }
    by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for name, short in sorted(names.items(), key=lambda item: (-len(item[0]), item)):
        by_first.setdefault(name[0], []).append((name, short))
    return by_first
