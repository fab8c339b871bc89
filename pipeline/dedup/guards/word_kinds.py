"""What kind of word each word of a text is, in the company in which it stands."""

from collections.abc import Iterator

from pipeline.core.stems import stem
from pipeline.dedup.guards.lexicon import Lexicon


def classified(words: list[str], known: Lexicon) -> Iterator[tuple[str, str]]:
    """Yield kind and word for all words of a text in order.

    A kind is number, entity, direction, relation, generic or content. A number comes with its
    unit, a name in its short form, a direction or content word as its stem.
    """
    skip = 0
    for at, written in enumerate(words):
        if skip:
            skip -= 1
            continue
        if (alone := _kind_alone(written, known)) is not None:
            yield alone
            continue
        word = known.number_words.get(written, written)
        if is_number(word):
            unit = known.units.get(words[at + 1]) if at + 1 < len(words) else None
            skip = 0 if unit is None else 1
            yield "number", word if unit is None else f"{word} {unit}"
        elif (name := _name_at(words, at, known)) is not None:
            skip = len(name[0]) - 1
            yield "entity", name[1]
        else:
            yield kind_of(word, known)


def _kind_alone(word: str, known: Lexicon) -> tuple[str, str] | None:
    """Return the kind of a word that is the same in every company, None for any other."""
    if word not in known.alone:
        needs_company = word in known.number_words or is_number(word) or word in known.entities
        known.alone[word] = None if needs_company else kind_of(word, known)
    return known.alone[word]


def _name_at(words: list[str], at: int, known: Lexicon) -> tuple[tuple[str, ...], str] | None:
    for name, short in known.entities.get(words[at], ()):
        if len(name) == 1 or tuple(words[at : at + len(name)]) == name:
            return name, short
    return None


def is_number(word: str) -> bool:
    """Tell whether a token is a number, its sign included."""
    return word[-1].isdigit() and (word[0].isdigit() or word[0] in "+-")


def kind_of(word: str, known: Lexicon) -> tuple[str, str]:
    """Return kind and form of a word that is no number and no name."""
    if word in known.relations:
        return "relation", word
    if word in known.generic:
        return "generic", word
    root = stem(word)
    direction = known.directions.get(word) or known.directions.get(root)
    return ("content", root) if direction is None else ("direction", direction)
