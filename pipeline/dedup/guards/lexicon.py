"""The words that the guards know: those of general English, and those of the subject."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from pipeline.core.ids import content_digest
from pipeline.core.json_values import Json, compact
from pipeline.core.stems import stem
from pipeline.dedup.guards.plan_names import plan_entities

_DIGEST_HEX = 16

Name = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Lexicon:
    """The guards' words in the forms in which tokens are looked up.

    An entity is a name: of an entry of the plan, or of what the subject is about. A direction is a
    word whose swap turns a statement into another one, a generic word says nothing about the
    subject, a relation is a word whose two sides may not be swapped.
    """

    entities: Mapping[str, Sequence[tuple[Name, str]]]
    """First word of a name -> the names that begin so, longest first, each with its short form."""
    directions: Mapping[str, str]  # word, sign or stem -> the direction
    opposites: tuple[tuple[str, ...], ...]  # words of which one may not stand for another
    generic: frozenset[str]
    relations: frozenset[str]
    number_words: Mapping[str, str]
    units: Mapping[str, str]  # how a unit is written after a number -> the unit
    two_names: tuple[str, ...]  # what a trap asks about where a text has no name
    digest: str  # of all of the subject's words
    alone: dict[str, tuple[str, str] | None] = field(default_factory=dict)
    """Words met so far that are of one kind in every company, with it; None for the others."""


def lexicon_of(plan: pd.DataFrame, opposites: Json) -> Lexicon:
    """Return the words that the guards know of a subject.

    plan has name and aliases of each entry: all are entities, unless opposites says that those
    that it lists are enough (`plan_names: false`). Of its directions a group that holds a general
    one takes that one's place.
    """
    words = _general()
    own = [tuple(line.split()) for line in opposites.get("directions", ())]
    groups = sorted({*own, *_not_within(own, words["directions"])})
    entities = {} if opposites.get("plan_names") is False else plan_entities(plan)
    entities |= opposites.get("entities", {})
    names = _by_first_word(entities)
    return Lexicon(
        entities=names,
        directions=_directions([word for group in groups for word in group]),
        opposites=tuple(group for group in groups if len(group) > 1),
        generic=frozenset([*words["generic"], *opposites.get("generic", ())]),
        relations=frozenset(words["relations"]),
        number_words=words["number_words"],
        units={written: unit for unit, forms in words["units"].items() for written in forms},
        two_names=tuple(opposites.get("two_names") or sorted(entities)[:2]),
        digest=content_digest(compact([entities, opposites]).encode())[:_DIGEST_HEX],
    )


@cache
def _general() -> dict[str, Any]:
    text = files(__package__).joinpath("lexicon.json").read_text(encoding="utf-8")
    words: dict[str, Any] = json.loads(text)
    return words


def _not_within(own: list[tuple[str, ...]], general: list[str]) -> Iterator[tuple[str, ...]]:
    """Yield the general groups that are a part of no group of the subject's own."""
    for group in map(str.split, general):
        if not any(set(group) <= set(larger) for larger in own):
            yield tuple(group)


def _directions(words: list[str]) -> dict[str, str]:
    """Return each word as its own direction, and its stem where no two words share one."""
    sharing = Counter(stem(word) for word in sorted(set(words)))
    alone = {stem(word): stem(word) for word in words if sharing[stem(word)] == 1}
    return alone | {word: stem(word) if sharing[stem(word)] == 1 else word for word in words}


def _by_first_word(entities: Mapping[str, Sequence[str]]) -> dict[str, list[tuple[Name, str]]]:
    names = {
        tuple(f"{name}{ending}".split()): short
        for short, long in entities.items()
        for name in (short, *long)
        for ending in ("", "s")
    }
    by_first: defaultdict[str, list[tuple[Name, str]]] = defaultdict(list)
    for name, short in sorted(names.items(), key=lambda item: (-len(item[0]), item)):
        by_first[name[0]].append((name, short))
    return dict(by_first)
