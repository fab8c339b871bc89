"""What two texts must have in common before their likeness counts: the guards.

A template filled twice ("rose care", "lily care") is 95 % alike and says two things. Each
guard compares one kind of word and answers with the words that differ; a guard that stays silent
answers with nothing.
"""

from collections.abc import Iterator
from typing import NamedTuple

from pipeline.dedup.guards.lexicon import Lexicon
from pipeline.dedup.guards.phrases import (
    detail,
    differing_counts,
    differing_sequences,
    differing_sets,
    phrase,
    speaks_of_substance,
)
from pipeline.dedup.guards.word_kinds import classified
from pipeline.dedup.text import tokens

_DETAIL_SHARE = 1 / 8  # of the words; docs/adr/0016
_LONG_WORDS = 20


class QuestionWords(NamedTuple):
    """A question as its guards see it."""

    numbers: tuple[str, ...]  # in order, each with its unit
    entities: frozenset[str]
    directions: tuple[str, ...]  # sorted, repeated as often as they stand
    content: frozenset[str]  # stems of all other words that are not generic
    objects: tuple[tuple[str, frozenset[str]], ...]  # relation word -> the words after it


def question_words(plain_text: str, known: Lexicon) -> QuestionWords:
    """Return the numbers, names, directions and content words of a plain text."""
    numbers: list[str] = []
    entities: set[str] = set()
    directions: list[str] = []
    content: set[str] = set()
    objects: dict[str, set[str]] = {}
    behind: set[str] = set()
    for kind, word in classified(tokens(plain_text), known):
        if kind == "number":
            numbers.append(word)
        elif kind == "entity":
            entities.add(word)
        elif kind == "direction":
            directions.append(word)
        elif kind == "content":
            content.add(word)
        if kind == "relation":
            behind = objects.setdefault(word, set())
        elif kind != "generic":
            behind.add(word)
    return QuestionWords(
        tuple(numbers),
        frozenset(entities),
        tuple(sorted(directions)),
        frozenset(content),
        tuple((word, frozenset(after)) for word, after in sorted(objects.items())),
    )


def question_guards(left: QuestionWords, right: QuestionWords) -> list[str]:
    """Return what differs between two questions, one phrase per guard that spoke.

    Compared are the numbers with their units and in their order, the names, the direction words,
    the content words and, where nothing else differs, which words stand behind "of", "to",
    "from" and the like, because "from A to B" is not "from B to A". The last phrase says so where
    all that differs is a detail.
    """
    spoke: list[str] = [
        *differing_sequences("number", left.numbers, right.numbers),
        *differing_sets("entity", left.entities, right.entities),
        *differing_counts("direction", left.directions, right.directions),
        *differing_sets("leftover", left.content, right.content),
    ]
    if not spoke:
        return list(_crossed(left, right))
    is_wording = not any(map(speaks_of_substance, spoke))
    return [*spoke, *_detail(left, right, is_wording=is_wording)]


def _detail(left: QuestionWords, right: QuestionWords, *, is_wording: bool) -> Iterator[str]:
    """Yield how many words differ where they are few: of forty words, two are a detail.

    A number, a name or a direction is a detail in a long question alone.
    """
    ours, theirs = (
        side.content | side.entities | {*side.directions, *side.numbers} for side in (left, right)
    )
    words, differing = len(ours | theirs), len(ours ^ theirs)
    if differing <= _DETAIL_SHARE * words and (is_wording or words >= _LONG_WORDS):
        yield detail(differing, words)


def _crossed(left: QuestionWords, right: QuestionWords) -> Iterator[str]:
    behind_left, behind_right = dict(left.objects), dict(right.objects)
    for word in sorted(behind_left.keys() & behind_right.keys()):
        if behind_left[word] != behind_right[word]:
            yield phrase(f"order after {word}", behind_left[word], behind_right[word])
