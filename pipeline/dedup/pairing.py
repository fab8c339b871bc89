"""The edges: which entries are compared with which, and what brought them together."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from pipeline.dedup.candidates.buckets import CandidatePairs
from pipeline.dedup.candidates.search import Candidates
from pipeline.dedup.entries import Entries, Flags, Ints
from pipeline.dedup.likeness.siblings import WordSets, siblings

Floats = npt.NDArray[np.float32]

_NEAR_ANSWERS = 2
_HALF = np.int64(32)
_LOW = np.int64((1 << 32) - 1)


class Edges(NamedTuple):
    """Pairs of entries to be compared, left the better ranked, sorted and distinct."""

    left: Ints
    right: Ints
    question_similarity: Floats  # token-sort, 0-100
    siblings: Ints  # other questions that have all the words that the two share
    cosine: Floats  # NaN where it is below the threshold
    is_answer_near: Flags  # brought together by their answers
    is_reviewed: Flags  # named together by a reviewer
    uncompared: int  # how often an entry has more candidates than it is compared with


class _Nearest(NamedTuple):
    """The nearest of the candidate pairs, how near they are, and how many entries have more."""

    pairs: Ints
    nearness: Floats
    over: int


def pair_entries(
    entries: Entries,
    distinct: Ints,
    candidates: Candidates,
    asked: WordSets,
    reviewed: Ints,
    *,
    anchors: int,
) -> Edges:
    """Return the edges among the entries in distinct (ascending, without repetition).

    Brought together are entries with the same question, with the same answer, with near questions
    (by key_id), near vectors and near answers (by entry), and those that a reviewer named
    (reviewed, of shape (2, number of pairs)). Each entry is compared with the `anchors` best of
    its question and of its answer, with as many of the nearest vectors, with the two nearest
    answers, and with the best one of all that it has in each of these ways. Of every two near
    questions, and of every two orders of the same words, the best entries are compared: guards
    tell some of them apart, so that no one question can stand for all. The work grows with the
    entries and the near questions, not with the square of the entries. asked has the words of
    entries.keys.
    """
    question_id, answer_id = entries.question_id[distinct], entries.answer_id[distinct]
    same_question, over_question = _anchored(question_id, distinct, anchors)
    same_answer, over_answer = _anchored(answer_id, distinct, anchors)
    heads = distinct[np.sort(np.unique(question_id, return_index=True)[1])]
    near_heads, over_near = _near_heads(
        entries.key_id[heads], heads, candidates.questions.pairs, anchors
    )
    led = _led(question_id, distinct, near_heads)
    vectors = _nearest(candidates.vectors, anchors)
    answers = _nearest(candidates.answers, _NEAR_ANSWERS)
    named = _oriented(reviewed)
    codes = _distinct_codes(
        same_question, same_answer, near_heads, led, vectors.pairs, answers.pairs, named
    )
    left, right = codes >> _HALF, codes & _LOW
    return Edges(
        left,
        right,
        question_similarity=_question_similarity(entries, left, right),
        siblings=siblings(asked, entries.key_id[np.stack([left, right])]),
        cosine=_value_of_each(codes, _codes(vectors.pairs), vectors.nearness),
        is_answer_near=np.isin(codes, _codes(answers.pairs)),
        is_reviewed=np.isin(codes, _codes(named)),
        uncompared=over_question + over_answer + over_near + vectors.over + answers.over,
    )


def _codes(pairs: Ints) -> Ints:
    """Return each pair of entries as one integer; codes sort as the pairs do."""
    return np.asarray(pairs[0] << _HALF | pairs[1])


def _distinct_codes(*ways: Ints) -> Ints:
    """Return the codes of all pairs of two different entries, ascending, each once."""
    return np.unique(np.concatenate([_codes(pairs[:, pairs[0] != pairs[1]]) for pairs in ways]))


def _question_similarity(entries: Entries, left: Ints, right: Ints) -> Floats:
    keys = entries.keys.to_numpy(zero_copy_only=False)
    first, second = keys[entries.key_id[left]], keys[entries.key_id[right]]
    return process.cpdist(first, second, scorer=fuzz.ratio, dtype=np.float32, workers=1)


def _value_of_each(codes: Ints, some: Ints, values: Floats) -> Floats:
    """Return the value of each code among some, NaN for the others."""
    placed = np.full(len(codes), np.nan, np.float32)
    place = np.searchsorted(codes, some)
    is_known = np.isin(some, codes)
    placed[place[is_known]] = values[is_known]
    return placed


def _anchored(labels: Ints, entries: Ints, count: int) -> tuple[Ints, int]:
    """Return the pairs of each group's members with its best ones, and how many stayed out."""
    order = np.lexsort((entries, labels))
    labels, entries = labels[order], entries[order]
    starts = np.flatnonzero(np.r_[True, labels[1:] != labels[:-1]]) if len(labels) else labels
    sizes = np.diff(np.r_[starts, len(labels)])
    place = np.arange(len(labels)) - np.repeat(starts, sizes)
    last = np.repeat(sizes, sizes)
    anchors = np.flatnonzero(place < count)
    followers = (last - place - 1)[anchors]
    left = np.repeat(anchors, followers)
    within = np.arange(len(left)) - np.repeat(np.cumsum(followers) - followers, followers)
    pairs = np.stack([entries[left], entries[left + within + 1]])
    return pairs, int((place >= count).sum())


def _near_heads(key_ids: Ints, heads: Ints, near: Ints, most: int) -> tuple[Ints, int]:
    """Return the pairs of best entries of near questions, and how many stayed out.

    heads are the best entries of each question, ascending, key_ids their keys, near the pairs of
    near keys. Of the questions of one key, which differ in the order of their words, the `most`
    best stand for the others.
    """
    orders, over = _anchored(key_ids, heads, most)
    order = np.lexsort((heads, key_ids))
    key_ids, heads = key_ids[order], heads[order]
    starts = np.searchsorted(key_ids, near, side="left")
    counts = np.minimum(np.searchsorted(key_ids, near, side="right") - starts, most)
    products = counts[0] * counts[1]
    edge = np.repeat(np.arange(near.shape[1]), products)
    within = np.arange(len(edge)) - np.repeat(np.cumsum(products) - products, products)
    width = np.maximum(counts[1], 1)[edge]
    first = heads[starts[0][edge] + within // width]
    second = heads[starts[1][edge] + within % width]
    return np.concatenate([orders, _oriented(np.stack([first, second]))], axis=1), over


def _led(question_ids: Ints, entries: Ints, near_heads: Ints) -> Ints:
    """Return the pairs of each entry with the best entry of all questions near to its own.

    near_heads are pairs of entries that are the best of their questions, the better above.
    """
    questions, places = np.unique(question_ids, return_inverse=True)
    leader = np.full(len(questions), np.iinfo(np.int64).max)
    np.minimum.at(leader, places[np.searchsorted(entries, near_heads[1])], near_heads[0])
    leaders = leader[places]
    is_led = leaders < entries
    return np.stack([leaders[is_led], entries[is_led]])


def _nearest(candidates: CandidatePairs, most: int) -> _Nearest:
    """Return the pairs of each worse entry with the `most` nearest better ones, and the best one.

    Of two that are as near the better entry comes first. Without the best one a family of a
    thousand that are all as near would fall into parts that never meet.
    """
    pairs, nearness = _oriented(candidates.pairs), candidates.nearness
    ranked = np.lexsort((pairs[0], -nearness, pairs[1]))
    left, right = pairs[:, ranked]
    starts = np.flatnonzero(np.r_[True, right[1:] != right[:-1]][: len(right)])
    sizes = np.diff(np.r_[starts, len(right)])
    place = np.arange(len(right)) - np.repeat(starts, sizes)
    best = np.repeat(np.minimum.reduceat(left, starts), sizes) if len(left) else left
    chosen = ranked[(place < most) | (left == best)]
    return _Nearest(pairs[:, chosen], nearness[chosen], int((place == most).sum()))


def _oriented(pairs: Ints) -> Ints:
    return np.stack([pairs.min(axis=0), pairs.max(axis=0)]) if pairs.size else pairs
