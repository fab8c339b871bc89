"""Siblings: the other questions that have all the words that two questions have in common.

A template filled a hundred times brings a hundred questions that lie near each other, by letters
and by vectors, and ask a hundred things. What two of them have in common, all of them have. Two
questions that say one thing in two ways are mostly alone with what they share.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedup.entries import Flags, Ints

_WORD_BITS = np.int64(32)
_LOOKED_AT_ONCE = 1 << 20  # questions, each with one pair's words in mind
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)


class WordSets(NamedTuple):
    """The distinct sets of telling words of many questions; sets and words are numbered."""

    of_key: Ints  # the set of each key
    starts: Ints  # where the words of each set begin, and where the last end
    words: Ints  # of all sets, one after the other
    owners: Ints  # the sets that have a word, word by word, ascending
    owner_starts: Ints  # where those of each word begin, and where the last end
    codes: Ints  # every set with each of its words as one number, ascending

    @property
    def frequency(self) -> Ints:
        """Return in how many sets each word stands."""
        return np.diff(self.owner_starts)

    def has(self, sets: Ints, words: Ints) -> Flags:
        """Return where a set has a word."""
        wanted = sets << _WORD_BITS | words
        places = np.searchsorted(self.codes, wanted)
        return np.asarray(self.codes[np.minimum(places, len(self.codes) - 1)] == wanted)


class _Shared(NamedTuple):
    """The words that the two sets of each pair share, the rarest first, pair by pair."""

    words: Ints
    starts: Ints
    counts: Ints


def word_sets(keys: pa.Array, empty: frozenset[str]) -> WordSets:
    """Return the words of questions but for the empty ones, which say nothing about a subject.

    keys are questions as their words in alphabetical order, with a space between.
    """
    telling = (dict.fromkeys(key.split(" ")) for key in keys.to_pylist())
    kept = [" ".join(word for word in words if word not in empty) for words in telling]
    distinct = pa.array(kept, pa.large_string()).dictionary_encode()
    split = pc.split_pattern(distinct.dictionary, " ")
    numbered = split.flatten().dictionary_encode()
    words = np.asarray(numbered.indices, np.int64)
    starts = np.asarray(split.offsets, np.int64)
    sets = np.repeat(np.arange(len(split)), np.diff(starts))
    frequency = np.bincount(words, minlength=len(numbered.dictionary))
    return WordSets(
        of_key=np.asarray(distinct.indices, np.int64),
        starts=starts,
        words=words,
        owners=sets[np.argsort(words, kind="stable")],
        owner_starts=np.r_[0, np.cumsum(frequency)],
        codes=np.sort(sets << _WORD_BITS | words),
    )


def siblings(known: WordSets, pairs: Ints) -> Ints:
    """Return for each two keys how many other questions have all the words that the two share.

    Questions that differ in empty words alone, or in the order of their words, count once. Two
    that share no word have all others as siblings. The same words are looked for once, however
    many pairs share them, and only among the questions that have the rarest of them.

    pairs has shape (2, number of pairs).
    """
    left, right = known.of_key[pairs]
    shared = _shared(known, left, right)
    first, of_pair = _distinct(shared)
    having = np.full(len(first), len(known.starts) - 1, np.int64)
    for some in _in_parts(known, shared, first):
        having[some] = _having(known, shared, first[some])
    counted: Ints = having[of_pair] - np.where(left == right, 1, 2)
    return counted


def _shared(known: WordSets, left: Ints, right: Ints) -> _Shared:
    pair, places = _ranges(known.starts[left], np.diff(known.starts)[left])
    words = known.words[places]
    is_shared = known.has(right[pair], words)
    pair, words = pair[is_shared], words[is_shared]
    order = np.lexsort((words, known.frequency[words], pair))
    counts = np.bincount(pair, minlength=len(left))
    return _Shared(words[order], np.cumsum(counts) - counts, counts)


def _distinct(shared: _Shared) -> tuple[Ints, Ints]:
    """Return the first pair of each set of shared words, and the number of each pair's set.

    Sets go by the sum of a hash of 64 bits of their words.
    """
    mixed = (shared.words.astype(np.uint64) + np.uint64(1)) * _MULTIPLIER
    mixed = (mixed ^ mixed >> _SHIFT) * _MULTIPLIER
    sums = np.r_[np.uint64(0), np.cumsum(mixed ^ mixed >> _SHIFT)]
    keys = sums[shared.starts + shared.counts] - sums[shared.starts]
    _, first, of_pair = np.unique(keys, return_index=True, return_inverse=True)
    return first, of_pair


def _in_parts(known: WordSets, shared: _Shared, first: Ints) -> Iterator[Ints]:
    """Yield places in first, of pairs that share a word, so many that they fit into memory."""
    places = np.flatnonzero(shared.counts[first])
    reach = known.frequency[shared.words[shared.starts[first[places]]]]
    part = np.cumsum(reach) // _LOOKED_AT_ONCE
    yield from np.split(places, np.flatnonzero(np.diff(part)) + 1)


def _having(known: WordSets, shared: _Shared, pairs: Ints) -> Ints:
    """Return how many sets have all the words that each of pairs shares; each shares one."""
    starts, counts = shared.starts[pairs], shared.counts[pairs]
    rarest = shared.words[starts]
    pair, places = _ranges(known.owner_starts[rarest], known.frequency[rarest])
    sets = known.owners[places]
    for nth in range(1, int(counts.max(initial=0))):
        asked = np.flatnonzero(counts[pair] > nth)
        has = known.has(sets[asked], shared.words[starts[pair[asked]] + nth])
        stays = np.ones(len(pair), bool)
        stays[asked[~has]] = False
        pair, sets = pair[stays], sets[stays]
    return np.bincount(pair, minlength=len(pairs))


def _ranges(starts: Ints, counts: Ints) -> tuple[Ints, npt.NDArray[np.int64]]:
    """Return for ranges one after the other the number of each one's range, and its places."""
    owner = np.repeat(np.arange(len(counts)), counts)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    return owner, within + starts[owner]
