"""Upper limits of likeness from counts of letters: most comparisons can be left undone.

The ratio of two texts of n and m characters is 200 LCS / (n + m), where LCS is the length of
their longest common subsequence. What two texts have in common in any order is at least what
they have in common in order, so counts that do not depend on the order give a limit that no
comparison can exceed: nothing that reaches a threshold is lost.
"""

import numpy as np
import numpy.typing as npt

from pipeline.dedup.entries import Flags, Ints

_CLASSES = 32  # the lower five bits of a code point: letters apart, digits and signs folded in
_AT_ONCE = 1 << 13
_MOST = np.iinfo(np.uint16).max
_FEW = 1 << 8
_EDGES = 4  # neighbours at the two ends of two texts

Counts = npt.NDArray[np.uint16]


def letter_counts(texts: list[str]) -> Counts:
    """Return how often each of 32 classes of characters stands in each text."""
    counts = np.zeros((len(texts), _CLASSES), np.uint16)
    for start in range(0, len(texts), _AT_ONCE):
        some = texts[start : start + _AT_ONCE]
        rows = np.repeat(np.arange(len(some)), list(map(len, some)))
        cells = np.bincount(
            rows * _CLASSES + _classes("".join(some)), minlength=len(some) * _CLASSES
        )
        counts[start : start + _AT_ONCE] = np.minimum(cells, _MOST).reshape(len(some), _CLASSES)
    return counts


def like_length(chars: Ints, cutoff: float) -> Flags:
    """Return where the lengths of two texts allow a ratio of cutoff (0-100).

    chars has shape (2, number of pairs). Two texts of n and m characters have at most min(n, m)
    in common, so their ratio is at most 200 min / (n + m).
    """
    return np.asarray(200 * chars.min(axis=0) >= cutoff * chars.sum(axis=0))


def may_reach(counts: Counts, chars: Ints, pairs: Ints, cutoff: float) -> Flags:
    """Return which pairs of texts may have a ratio of cutoff (0-100) or more.

    counts and chars have one row per text, pairs has shape (2, number of pairs). Texts so long
    that a count overflows are always given the benefit of the doubt.
    """
    possible = np.zeros(pairs.shape[1], bool)
    for start in range(0, len(possible), _AT_ONCE):
        left, right = pairs[:, start : start + _AT_ONCE]
        common = np.minimum(counts[left], counts[right]).sum(axis=1, dtype=np.int64)
        total = chars[left] + chars[right]
        is_long = np.maximum(chars[left], chars[right]) >= _MOST
        possible[start : start + _AT_ONCE] = is_long | (200 * common >= cutoff * total)
    return possible


def may_be_alike(texts: list[str], pairs: Ints, cutoff: float) -> Flags:
    """Return which pairs of texts may have a token-sort ratio of cutoff (0-100) or more.

    pairs has shape (2, number of pairs). Counted is how often each two characters stand side by
    side, which the order of the words does not change: one of two neighbours is a space where a
    word ends. After the q-gram lemma (Ukkonen 1992): of the c - 1 neighbours in a common
    subsequence of c characters at most n - c are apart in a text of n characters and m - c in one
    of m, so the texts share at least 3 c - 1 - n - m pairs of neighbours. A few more may differ
    at the ends, where sorting the words moves what stood at the edge.
    """
    counts = np.array([_neighbours(text) for text in texts]).reshape(-1, _CLASSES**2)
    chars = np.array(list(map(len, texts)), np.int64)
    possible = np.zeros(pairs.shape[1], bool)
    for start in range(0, len(possible), _FEW):
        left, right = pairs[:, start : start + _FEW]
        common = np.minimum(counts[left], counts[right]).sum(axis=1)
        total = chars[left] + chars[right]
        needed = 3 * (cutoff * total / 200) - 1 - total - _EDGES
        possible[start : start + _FEW] = common >= needed
    return possible


def _neighbours(text: str) -> npt.NDArray[np.int32]:
    classes = _classes(text).astype(np.int32)
    cells = np.bincount(classes[:-1] * _CLASSES + classes[1:], minlength=_CLASSES**2)
    return cells.astype(np.int32)


def _classes(text: str) -> npt.NDArray[np.uint32]:
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    return points & np.uint32(_CLASSES - 1)
