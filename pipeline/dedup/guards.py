"""What two texts must have in common before their likeness counts: the guards.

A template filled twice ("RSI settings", "ADX settings") is 95 % alike and says two things. Each
guard compares one kind of word and answers with the words that differ; a guard that stays silent
answers with nothing.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from pipeline.dedup.lexicon import Lexicon, lexicon, stem
from pipeline.dedup.text import tokens

_WORDS_SHOWN = 4
_DETAIL = "detail: "
_DETAIL_SHARE = 1 / 8  # of the words; docs/adr/0016
_LONG_WORDS = 20
_WITH_DIGITS = re.compile(r"\d\S*")  # without the sign: what may be absent in front is slow
_SIGNED = re.compile(r"\s[-+]")


class Reading(NamedTuple):
    """A text as the guards see it."""

    numbers: tuple[str, ...]  # in order, each with its unit
    entities: frozenset[str]
    directions: tuple[str, ...]  # sorted, repeated as often as they stand
    content: frozenset[str]  # stems of all other words that are not generic
    objects: tuple[tuple[str, frozenset[str]], ...]  # relation word -> the words after it


def read(plain_text: str) -> Reading:
    """Return the numbers, names, directions and content words of a plain text."""
    words = lexicon()
    numbers: list[str] = []
    entities: set[str] = set()
    directions: list[str] = []
    content: set[str] = set()
    objects: dict[str, set[str]] = {}
    behind: set[str] = set()
    for kind, word in _classified(tokens(plain_text), words):
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
    return Reading(
        tuple(numbers),
        frozenset(entities),
        tuple(sorted(directions)),
        frozenset(content),
        tuple((word, frozenset(after)) for word, after in sorted(objects.items())),
    )


def question_guards(left: Reading, right: Reading) -> list[str]:
    """Return what differs between two questions, one phrase per guard that spoke.

    Compared are the numbers with their units and in their order, the names, the direction words,
    the content words and, where nothing else differs, which words stand behind "of", "to",
    "from" and the like, because "from A to B" is not "from B to A". The last phrase says so where
    all that differs is a detail.
    """
    spoke: list[str] = [
        *_sequence("number", left.numbers, right.numbers),
        *_difference_of_sets("entity", left.entities, right.entities),
        *_difference("direction", left.directions, right.directions),
        *_difference_of_sets("leftover", left.content, right.content),
    ]
    if not spoke:
        return list(_crossed(left, right))
    is_wording = not any(map(speaks_of_substance, spoke))
    return [*spoke, *_detail(left, right, is_wording=is_wording)]


def answer_guards(winner: str, loser: str, lost_share: float) -> list[str]:
    """Return what dropping the loser's answer would lose or contradict, one phrase per guard.

    winner and loser are the plain texts of two answers that are nearly equal, so only the words
    that they do not share are looked at. Numbers, in their order, and direction words must be the
    same. The names of the loser must all stand in the winner, which may say more, and so must its
    content words but for a share of lost_share (0-1) of its vocabulary: of a short answer every
    word, of a long one the odd word of style.
    """
    known = lexicon()
    ours, theirs = Counter(winner.split(" ")), Counter(loser.split(" "))
    extra, missing = _tokens_of(ours - theirs), _tokens_of(theirs - ours)
    only_ours = [_kind(word, known) for word in (extra - missing).elements()]
    only_theirs = [_kind(word, known) for word in (missing - extra).elements()]
    lost = _unsaid({root for kind, root in only_theirs if kind == "content"}, ours)
    spoke = [
        *_sequence("number", _numbers(winner), _numbers(loser)),
        *_difference("entity", (), {word for word in lost if word in known.entities}),
        *_difference("direction", _of("direction", only_ours), _of("direction", only_theirs)),
        *_difference("leftover", (), lost if len(lost) > lost_share * len(theirs) else ()),
    ]
    return [f"answer {phrase}" for phrase in spoke]


def _tokens_of(words: Counter[str]) -> Counter[str]:
    return Counter(tokens(" ".join(words.elements())))


def _unsaid(roots: set[str], words: Iterable[str]) -> set[str]:
    """Return the roots that none of words has."""
    if not roots:
        return set()
    starts = {root[:2] for root in roots}  # stemming leaves the start of a word
    near = tokens(" ".join(word for word in words if any(start in word for start in starts)))
    return roots - {stem(word) for word in near if word[:2] in starts}


def _of(kind: str, classified: list[tuple[str, str]]) -> list[str]:
    return [word for found, word in classified if found == kind]


def _numbers(plain_text: str) -> tuple[str, ...]:
    written = []
    for found in _WITH_DIGITS.finditer(plain_text):
        start = found.start()
        is_signed = start > 1 and _SIGNED.match(plain_text, start - 2)
        written.append(plain_text[start - 1 if is_signed else start : found.end()])
    return tuple(word for word in tokens(" ".join(written)) if _is_number(word))


def _is_number(word: str) -> bool:
    return word[-1].isdigit() and (word[0].isdigit() or word[0] in "+-")


def speaks_of_substance(phrase: str) -> bool:
    """Tell whether a guard's phrase is about numbers, names or directions, not mere wording."""
    return phrase.startswith(("number:", "entity:", "direction:"))


def is_detail(phrases: Sequence[str]) -> bool:
    """Tell whether the guards' last phrase says that two questions differ in a detail alone."""
    return bool(phrases) and phrases[-1].startswith(_DETAIL)


def _detail(left: Reading, right: Reading, *, is_wording: bool) -> Iterator[str]:
    """Yield how many words differ where they are few: of forty words, two are a detail.

    A number, a name or a direction is a detail in a long question alone.
    """
    ours, theirs = (
        read.content | read.entities | {*read.directions, *read.numbers} for read in (left, right)
    )
    words, differing = len(ours | theirs), len(ours ^ theirs)
    if differing <= _DETAIL_SHARE * words and (is_wording or words >= _LONG_WORDS):
        yield f"{_DETAIL}{differing} of {words} words differ"


def _classified(words: list[str], known: Lexicon) -> Iterator[tuple[str, str]]:
    skip = 0
    for at, written in enumerate(words):
        if skip:
            skip -= 1
            continue
        if (alone := _kind_alone(written)) is not None:
            yield alone
            continue
        word = known.number_words.get(written, written)
        if _is_number(word):
            unit = known.units.get(words[at + 1]) if at + 1 < len(words) else None
            skip = 0 if unit is None else 1
            yield "number", word if unit is None else f"{word} {unit}"
        elif (found := _name_at(words, at, known)) is not None:
            skip = len(found[0]) - 1
            yield "entity", found[1]
        else:
            yield _kind(word, known)


@cache
def _kind_alone(word: str) -> tuple[str, str] | None:
    """Return the kind of a word that is the same in every company, None for any other."""
    known = lexicon()
    if word in known.number_words or _is_number(word) or word in known.entities:
        return None
    return _kind(word, known)


def _name_at(words: list[str], at: int, known: Lexicon) -> tuple[tuple[str, ...], str] | None:
    for name, short in known.entities.get(words[at], ()):
        if len(name) == 1 or tuple(words[at : at + len(name)]) == name:
            return name, short
    return None


def _kind(word: str, known: Lexicon) -> tuple[str, str]:
    if word in known.relations:
        return "relation", word
    if word in known.generic:
        return "generic", word
    root = stem(word)
    direction = known.directions.get(word) or known.directions.get(root)
    return ("content", root) if direction is None else ("direction", direction)


def _sequence(guard: str, left: tuple[str, ...], right: tuple[str, ...]) -> Iterator[str]:
    if left == right:
        return
    if Counter(left) == Counter(right):
        yield _phrase(guard, left, right)
    else:
        yield from _difference(guard, left, right)


def _difference(guard: str, left: Iterable[str], right: Iterable[str]) -> Iterator[str]:
    if left == right:
        return
    ours, theirs = Counter(left), Counter(right)
    if ours != theirs:
        yield _phrase(guard, sorted((ours - theirs).elements()), sorted((theirs - ours).elements()))


def _difference_of_sets(guard: str, left: frozenset[str], right: frozenset[str]) -> Iterator[str]:
    if left != right:
        yield _phrase(guard, left - right, right - left)


def _crossed(left: Reading, right: Reading) -> Iterator[str]:
    behind_left, behind_right = dict(left.objects), dict(right.objects)
    for word in sorted(behind_left.keys() & behind_right.keys()):
        if behind_left[word] != behind_right[word]:
            yield _phrase(f"order after {word}", behind_left[word], behind_right[word])


def _phrase(guard: str, left: Iterable[str], right: Iterable[str]) -> str:
    return f"{guard}: {_shown(left)} | {_shown(right)}"


def _shown(words: Iterable[str]) -> str:
    listed = sorted(words) if isinstance(words, frozenset) else list(words)
    more = [f"and {len(listed) - _WORDS_SHOWN} more"] if len(listed) > _WORDS_SHOWN else []
    return ", ".join([*listed[:_WORDS_SHOWN], *more]) or "none"
