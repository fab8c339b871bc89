"""Splits that stay: each pair draws its own lot, whoever else is there."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pipeline.core.splits import SPLITS, WITHHELD

_DRAWN_BYTES = 7  # 56 bits: exact in a float
_WHOLE = 1 << (8 * _DRAWN_BYTES)


class Lot(NamedTuple):
    """What a pair draws with: the group that must not be divided, and the key of its lot."""

    group_id: str
    key: str


def drawn(key: str, shares: Mapping[str, float], seed: int) -> str:
    """Return the split that a key draws: it depends on key, shares and seed alone.

    shares maps each split to its share (they sum to 1). n distinct keys miss a share p by a
    binomial error, whose standard deviation is sqrt(p (1 - p) / n).
    """
    digest = hashlib.blake2b(f"{seed}:{key}".encode(), digest_size=_DRAWN_BYTES).digest()
    left = int.from_bytes(digest, "big") / _WHOLE
    for split, share in shares.items():
        left -= share
        if left < 0:
            return split
    return max(shares, key=lambda name: shares[name])  # shares that sum to a hair less than 1


def assign_sticky(
    lots: Mapping[str, Lot],
    merged: Iterable[Lot],
    shares: Mapping[str, float],
    seed: int,
    held_out: Mapping[str, str],
) -> dict[str, str]:
    """Return for each pair_id in lots the split that its key draws, or WITHHELD.

    A group that draws several splits belongs to the strictest of them, and its pairs that drew
    another one are withheld: a text that models are tested on may be in no training set. merged
    are the lots of pairs that stand in a group without being kept; they draw as well, so that a
    better twin in the place of a test pair gets into no other split. When others arrive a pair
    keeps its split or, once a twin of a stricter split is there, is withheld; it never moves from
    one split to another. A pair in held_out draws nothing: its delivery says where it is.
    """
    of_key = {lot.key: "" for lot in (*lots.values(), *merged)}
    for key in of_key:
        of_key[key] = drawn(key, shares, seed)
    strictest: dict[str, str] = {}
    ours = {pair_id: held_out.get(pair_id, of_key[lot.key]) for pair_id, lot in lots.items()}
    known = ((lot.group_id, ours[pair_id]) for pair_id, lot in lots.items())
    for group_id, split in (*known, *((lot.group_id, of_key[lot.key]) for lot in merged)):
        theirs = strictest.get(group_id, SPLITS[0])
        strictest[group_id] = max(split, theirs, key=SPLITS.index)
    return {
        pair_id: ours[pair_id] if ours[pair_id] == strictest[lot.group_id] else WITHHELD
        for pair_id, lot in lots.items()
    }
