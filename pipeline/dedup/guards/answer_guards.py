"""What two answers must have in common before one of them goes: the guards of answers."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from pipeline.core.stems import stem
from pipeline.dedup.guards.lexicon import Lexicon
from pipeline.dedup.guards.phrases import differing_counts, differing_sequences
from pipeline.dedup.guards.word_kinds import is_number, kind_of
from pipeline.dedup.text import tokens

_WITH_DIGITS = re.compile(r"\d\S*")  # without the sign: what may be absent in front is slow
_SIGNED = re.compile(r"\s[-+]")

Counts = dict[str, int]


class AnswerWords(NamedTuple):
    """An answer as its guards see it; an answer of many twins is read once."""

    words: Counts  # how often each word stands, with the punctuation that clings to it
    numbers: tuple[str, ...]  # in order


def answer_words(plain_text: str) -> AnswerWords:
    """Return the words of a plain text and the numbers among them."""
    return AnswerWords(Counter(plain_text.split(" ")), _numbers(plain_text))


def answer_guards(
    winner: AnswerWords, loser: AnswerWords, lost_share: float, known: Lexicon
) -> list[str]:
    """Return what dropping the loser's answer would lose or contradict, one phrase per guard.

    The answers are nearly equal, so only the words that they do not share are looked at. Numbers,
    in their order, and direction words must be the same. The names of the loser must all stand in
    the winner, which may say more, and so must its content words but for a share of lost_share
    (0-1) of its vocabulary: of a short answer every word, of a long one the odd word of style.
    """
    only_ours, only_theirs = _unshared(winner.words, loser.words, known)
    roots = {root for kind, root in only_theirs if kind == "content"}
    lost = _unsaid(roots, winner.words)
    too_much = lost if len(lost) > lost_share * len(loser.words) else ()
    spoke = [
        *differing_sequences("number", winner.numbers, loser.numbers),
        *differing_counts("entity", (), lost & known.entities.keys()),
        *differing_counts("direction", _directions(only_ours), _directions(only_theirs)),
        *differing_counts("leftover", (), too_much),
    ]
    return [f"answer {phrase}" for phrase in spoke]


def _unshared(ours: Counts, theirs: Counts, known: Lexicon) -> tuple[list[tuple[str, str]], ...]:
    """Return kind and word of what stands on one side only, or more often there."""
    words = sorted({word for word, _ in ours.items() ^ theirs.items()})
    more = {word: ours.get(word, 0) - theirs.get(word, 0) for word in words}
    extra, missing = (
        Counter(tokens(" ".join(word for word in words for _ in range(sign * more[word]))))
        for sign in (1, -1)
    )
    return (
        [kind_of(word, known) for word in (extra - missing).elements()],
        [kind_of(word, known) for word in (missing - extra).elements()],
    )


def _unsaid(roots: set[str], words: Iterable[str]) -> set[str]:
    """Return the roots that none of words has."""
    if not roots:
        return set()
    starts = {root[:2] for root in roots}  # stemming leaves the start of a word
    near = tokens(" ".join(word for word in words if any(start in word for start in starts)))
    return roots - {stem(word) for word in near if word[:2] in starts}


def _directions(classified: list[tuple[str, str]]) -> list[str]:
    return [word for kind, word in classified if kind == "direction"]


def _numbers(plain_text: str) -> tuple[str, ...]:
    written = []
    for match in _WITH_DIGITS.finditer(plain_text):
        start = match.start()
        is_signed = start > 1 and _SIGNED.match(plain_text, start - 2)
        written.append(plain_text[start - 1 if is_signed else start : match.end()])
    return tuple(word for word in tokens(" ".join(written)) if is_number(word))
