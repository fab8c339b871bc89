"""Vectors without a model: hashed character n-grams, after Weinberger et al. (2009).

Every n-gram of the text is hashed to one of `dimension` buckets and a sign; a bucket's signed
count enters with its square root, so that a word said twenty times does not drown the rest. No
vocabulary, no download, no state: a text has the same vector in every run and on every machine.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from pipeline.embedding.normal import normal_form

Vectors = npt.NDArray[np.float32]
_Hashes = npt.NDArray[np.uint32]

_BASE = np.uint32(0x9E3779B1)  # the prime next to 2^32 / golden ratio: its powers are well spread
_MIX = np.uint32(0x85EBCA6B)  # first multiplier of MurmurHash3's finaliser (Appleby, 2011)
_HALF = np.uint32(16)
_BYTES_AT_ONCE = 1 << 17


class HashingEmbedder:
    """Maps texts to unit vectors by their character n-grams.

    dimension is a power of two; ngram_chars_min and ngram_chars_max bound the n-grams' length in
    bytes of UTF-8 after normal_form; question_weight (0-1) says how much of a pair's vector is
    its question's.
    """

    def __init__(
        self, dimension: int, ngram_chars_min: int, ngram_chars_max: int, question_weight: float
    ) -> None:
        if dimension < 2 or dimension & (dimension - 1):  # noqa: PLR2004 - one bucket tells nothing apart
            raise ValueError(f"dimension must be a power of two, got {dimension}")
        self.dimension = dimension
        self._sizes = range(ngram_chars_min, ngram_chars_max + 1)
        self._question_weight = question_weight

    def embed(self, questions: Sequence[str], answers: Sequence[str]) -> Vectors:
        """Return one unit vector per pair: the weighted sum of its question's and its answer's."""
        weight = np.float32(self._question_weight)
        asked, answered = self.embed_texts(questions), self.embed_texts(answers)
        return _unit(weight * asked + (np.float32(1) - weight) * answered)

    def embed_query(self, text: str) -> Vectors:
        """Return the unit vector of a question that has no answer yet, of shape (dimension,)."""
        vector: Vectors = self.embed_texts([text])[0]
        return vector

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector per text, of shape (len(texts), dimension).

        A text without n-grams gets the first axis, because a zero vector has no direction.
        """
        rows = [self._counts(group) for group in _groups(texts)]
        counts = np.concatenate(rows) if rows else np.zeros((0, self.dimension))
        return _unit(np.sign(counts) * np.sqrt(np.abs(counts)))

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


def _unit(rows: npt.NDArray[np.floating]) -> Vectors:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    empty = lengths[:, 0] == 0
    scaled: Vectors = np.divide(rows, np.where(lengths == 0, 1, lengths)).astype(np.float32)
    scaled[empty, 0] = 1
    return scaled
