"""Vectors without a model: hashed character n-grams, after Weinberger et al. (2009).

Every n-gram of the text is hashed to one of `dimension` buckets and a sign; a bucket's signed
count enters with its square root, so that a word said twenty times does not drown the rest. No
vocabulary, no download, no state: a text has the same vector in every run and on every machine.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from pipeline.embedding.encoder import Role, Vectors, unit
from pipeline.embedding.normal import normal_form

_Hashes = npt.NDArray[np.uint32]

_BASE = np.uint32(0x9E3779B1)  # the prime next to 2^32 / golden ratio: its powers are well spread
_MIX = np.uint32(0x85EBCA6B)  # first multiplier of MurmurHash3's finaliser (Appleby, 2011)
_HALF = np.uint32(16)
_BYTES_AT_ONCE = 1 << 17


class HashingEncoder:
    """Maps texts to unit vectors by their character n-grams; likeness is of letters, not of sense.

    dimension is a power of two; ngram_chars_min and ngram_chars_max bound the n-grams' length in
    bytes of UTF-8 after normal_form.
    """

    name = "hashing"
    window_words = 100_000

    def __init__(self, dimension: int, ngram_chars_min: int, ngram_chars_max: int) -> None:
        if dimension < 2 or dimension & (dimension - 1):  # noqa: PLR2004 - one bucket tells nothing apart
            raise ValueError(f"dimension must be a power of two, got {dimension}")
        self.dimension = dimension
        self.revision = f"{ngram_chars_min}-{ngram_chars_max}"
        self._sizes = range(ngram_chars_min, ngram_chars_max + 1)

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:  # noqa: ARG002 - both alike
        """Return one unit vector per text, of shape (len(texts), dimension).

        A text without n-grams gets the first axis, because a zero vector has no direction.
        """
        rows = [self._counts(group) for group in _groups(texts)]
        counts = np.concatenate(rows) if rows else np.zeros((0, self.dimension))
        return unit(np.sign(counts) * np.sqrt(np.abs(counts)))

    def _counts(self, texts: list[bytes]) -> npt.NDArray[np.float64]:
        """Return the signed count per text and bucket; every bucket has a cell for each sign."""
        joined = np.frombuffer(b"\0".join(texts), dtype=np.uint8)
        is_joint = joined == 0
        owner = np.cumsum(is_joint, dtype=np.int64)
        counts = np.zeros(2 * len(texts) * self.dimension, np.int64)
        hashes: _Hashes = np.zeros(len(joined), np.uint32)
        for length in range(1, min(self._sizes.stop, len(joined) + 1)):
            starts = len(joined) - length + 1
            hashes = hashes[:starts] * _BASE + joined[length - 1 :] + np.uint32(1)
            if length in self._sizes:
                inside = owner[length - 1 :] == owner[:starts]
                inside &= ~is_joint[:starts]
                cells = self._cells(hashes, owner[:starts])[inside]
                counts += np.bincount(cells, minlength=len(counts))
        signed = counts.reshape(len(texts), self.dimension, 2)
        return (signed[:, :, 0] - signed[:, :, 1]).astype(np.float64)

    def _cells(self, hashes: _Hashes, owner: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return for each n-gram the cell of its text, its bucket and its sign."""
        mixed = hashes ^ (hashes >> _HALF)
        mixed *= _MIX
        mixed ^= mixed >> _HALF
        mixed &= np.uint32(2 * self.dimension - 1)
        return owner * (2 * self.dimension) + mixed


def _groups(texts: Sequence[str]) -> Iterator[list[bytes]]:
    """Yield the normal forms of texts as UTF-8, about a megabyte at a time."""
    group: list[bytes] = []
    size = 0
    for text in texts:
        encoded = normal_form(text).encode("utf-8", "replace")
        group.append(encoded)
        size += len(encoded)
        if size >= _BYTES_AT_ONCE:
            yield group
            group, size = [], 0
    if group:
        yield group
