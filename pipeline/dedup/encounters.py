"""Which entries are compared with which, and why they were brought together."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from pipeline.dedup.candidates import Near
from pipeline.dedup.population import Ints, Population

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]

_NEAR_ANSWERS = 2
_HALF = np.int64(32)
_LOW = np.int64((1 << 32) - 1)


class Encounters(NamedTuple):
    """Pairs of entries to be compared, left the better ranked, sorted and distinct."""

    left: Ints
    right: Ints
    question_similarity: Floats  # token-sort, 0-100
    cosine: Floats  # NaN where it is below the threshold
    is_answer_near: Flags  # brought together by their answers
    is_named: Flags  # by a reviewer
    uncompared: int  # how often an entry met more others than it is compared with


def encounters(
    people: Population,
    present: Ints,
    questions: Near,
    vectors: Near,
    answers: Near,
    reviewed: Ints,
    *,
    anchors: int,
) -> Encounters:
    """Return who is compared with whom among the entries in present (ascending, distinct).

    Brought together are entries with the same sorted question, with the same answer, with near
    questions (by key_id), near vectors and near answers (by entry), and those that a reviewer
    named (reviewed, of shape (2, number of pairs)). Each entry is compared with the `anchors` best
    of its question and of its answer, with as many of the nearest questions and of the nearest
    vectors, with the best one of all questions near to its own, and with the two nearest answers:
    the work grows with the entries, not with their square.
    """
    key_id, answer_id = people.key_id[present], people.answer_id[present]
    same_key, over_key = _anchored(key_id, present, anchors)
    same_answer, over_answer = _anchored(answer_id, present, anchors)
    near, _, over_near = _across(key_id, present, questions, anchors)
    led = _led(key_id, present, questions.pairs)
    wide, cosine, over_wide = _nearest(vectors.pairs, vectors.nearness, anchors)
    told, _, over_told = _nearest(answers.pairs, answers.nearness, _NEAR_ANSWERS)
    named = _oriented(reviewed)
    parts = [same_key, same_answer, near, named, wide, led, told]
    codes = [part[0] << _HALF | part[1] for part in parts]
    distinct = np.unique(np.concatenate([code[part[0] != part[1]] for code, part in zip(codes, parts, strict=True)]))  # fmt: skip  # noqa: E501
    left, right = distinct >> _HALF, distinct & _LOW
    return Encounters(
        left,
        right,
        _question_similarity(people, left, right),
        _placed(distinct, codes[4], cosine),
        np.isin(distinct, codes[6]),
        np.isin(distinct, codes[3]),
        over_key + over_answer + over_near + over_wide + over_told,
    )


def _question_similarity(people: Population, left: Ints, right: Ints) -> Floats:
    keys = people.keys.to_numpy(zero_copy_only=False)
    first, second = keys[people.key_id[left]], keys[people.key_id[right]]
    return process.cpdist(first, second, scorer=fuzz.ratio, dtype=np.float32, workers=1)


def _placed(codes: Ints, some: Ints, values: Floats) -> Floats:
    """Return the value of each code among some, NaN for the others."""
    placed = np.full(len(codes), np.nan, np.float32)
    place = np.searchsorted(codes, some)
    found = np.isin(some, codes)
    placed[place[found]] = values[found]
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


def _led(key_ids: Ints, entries: Ints, near: Ints) -> Ints:
    """Return the pairs of each entry with the best entry of all keys near to its own."""
    keys, first = np.unique(key_ids, return_index=True)  # entries ascend: the first is the best
    left, right = np.searchsorted(keys, near)
    best = entries[first]
    leader = np.full(len(keys), np.iinfo(np.int64).max)
    np.minimum.at(leader, left, best[right])
    np.minimum.at(leader, right, best[left])
    leaders = leader[np.searchsorted(keys, key_ids)]
    led = leaders < entries
    return np.stack([leaders[led], entries[led]])


def _nearest(pairs: Ints, nearness: Floats, most: int) -> tuple[Ints, Floats, int]:
    """Return the pairs of each worse entry with the `most` nearest better ones.

    Of two that are as near the better entry comes first. With the pairs comes how near they are,
    and how many entries have more.
    """
    pairs = _oriented(pairs)
    ranked = np.lexsort((pairs[0], -nearness, pairs[1]))
    right = pairs[1][ranked]
    place = np.arange(len(right)) - np.searchsorted(right, right)
    chosen = ranked[place < most]
    return pairs[:, chosen], nearness[chosen], int((place == most).sum())


def _across(key_ids: Ints, entries: Ints, questions: Near, most: int) -> tuple[Ints, Floats, int]:
    """Return what _nearest does, for the entries of near questions.

    Of a question the `most` best entries take part, with those of its nearest questions.
    """
    keys, first = np.unique(key_ids, return_index=True)  # entries ascend: the first is the best
    leaders = entries[first][np.searchsorted(keys, questions.pairs)]
    leaders, likeness, _ = _nearest(leaders, questions.nearness, most)
    near = key_ids[np.searchsorted(entries, leaders)]
    order = np.lexsort((entries, key_ids))
    key_ids, entries = key_ids[order], entries[order]
    starts = np.searchsorted(key_ids, near, side="left")
    counts = np.minimum(np.searchsorted(key_ids, near, side="right") - starts, most)
    products = counts[0] * counts[1]
    edge = np.repeat(np.arange(near.shape[1]), products)
    within = np.arange(len(edge)) - np.repeat(np.cumsum(products) - products, products)
    width = np.maximum(counts[1], 1)[edge]
    first = entries[starts[0][edge] + within // width]
    second = entries[starts[1][edge] + within % width]
    return _nearest(np.stack([first, second]), likeness[edge], most)


def _oriented(pairs: Ints) -> Ints:
    return np.stack([pairs.min(axis=0), pairs.max(axis=0)]) if pairs.size else pairs
