"""How well a base is found: kept pairs asked for in other words, by rule."""

from collections.abc import Callable, Iterable, Sequence
from heapq import nsmallest
from typing import NamedTuple

from pipeline.core.ids import content_digest
from pipeline.rag.matching import distinct_words, readable
from pipeline.rag.stop_words import stop_words

AT = 10
"""Hits among which a pair counts as found."""

_LEFT_OUT = 4  # of the words of a question that tell it apart, one in so many
_SWAPPED_CHARS = 7  # letters of the shortest word that gets a slip of the pen


class Target(NamedTuple):
    """A kept pair that is asked for; another of its cluster, or of its question, is as good."""

    cluster_id: str
    question: str


def sampled(pair_ids: Iterable[str], count: int) -> list[str]:
    """Return count pair_ids, drawn by their digests: new pairs change few of them."""
    return nsmallest(count, pair_ids, key=lambda pair_id: content_digest(pair_id.encode()))


def paraphrase(question: str, language: str) -> str:
    """Return a question as somebody in a hurry would type it: the same for the same question.

    Its stop words go and so does every fourth of the others; the second half comes first; and two
    letters of the longest word are swapped. What it asks for stays; words alone find it less.
    """
    words = [w for w in distinct_words(readable(question)) if w not in stop_words(language)]
    kept = [word for place, word in enumerate(words, start=1) if place % _LEFT_OUT]
    half = (len(kept) + 1) // 2
    turned = kept[half:] + kept[:half]
    longest = max(turned, key=len, default="")
    slipped = [_slipped(word) if word == longest else word for word in turned]
    return " ".join(slipped) or readable(question)


def _slipped(word: str) -> str:
    """Return a long word with two letters in its middle swapped, another one as it is."""
    middle = len(word) // 2
    if len(word) < _SWAPPED_CHARS:
        return word
    return word[: middle - 1] + word[middle] + word[middle - 1] + word[middle + 1 :]


def recall(
    targets: Sequence[Target], find: Callable[[str], Sequence[Target]], language: str
) -> float:
    """Return the share of targets, 0-1, that are among the AT first of what find gives for them.

    find: what a paraphrased question finds, best first, as targets.
    """
    found = sum(
        _is_found(target, find(paraphrase(target.question, language))[:AT]) for target in targets
    )
    return round(found / max(len(targets), 1), 4)


def _is_found(target: Target, hits: Sequence[Target]) -> bool:
    asked = distinct_words(target.question)
    return any(
        hit.cluster_id == target.cluster_id or distinct_words(hit.question) == asked for hit in hits
    )
