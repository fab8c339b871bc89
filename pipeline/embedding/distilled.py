"""Vectors from a table of word vectors: a text is the weighted sum of its words.

Everything is added in whole numbers, so that a text has the same vector on every machine, alone
and in any company; one division by the length, correctly rounded, makes it a unit vector.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from zlib import crc32

import numpy as np
import numpy.typing as npt

from pipeline.core.stems import stem
from pipeline.embedding.encoder import Role, Vectors, check_sha256
from pipeline.embedding.word_table import MOST_WEIGHT, WordTable, read_word_table
from pipeline.embedding.words import counted_words

GENERAL = "general_english.parquet"
"""The table that comes with the package: NOTICE says what it is made of."""

GENERAL_SHA256 = "056c2c630629311659b50c8de50a34cda2b2c779682544c3d11fa2a391fd7e97"

_TEXTS_AT_ONCE = 512
_USUAL_VALUE = 25  # root mean square of the table's numbers
_BITS_SQUARED = 27  # 65,536 squares of so many bits are added up in 64
_CONTINUES = b"##"  # begins a piece that continues a word, as in WordPiece
_LONGEST_WORD_BYTES = 64
_LEARNED_AT_MOST = 1 << 16
_EXACT_WORDS = (1 << 24) // (MOST_WEIGHT * 128)
"""Words of a text whose sum is exact in 32 bits of floating point, however large their numbers."""

Whole = npt.NDArray[np.int64]
Short = npt.NDArray[np.int16]
Floats = npt.NDArray[np.float32]


class DistilledEncoder:
    """Maps texts to unit vectors by a table of word vectors.

    A word that the table lacks goes by a word of the same stem, then by the longest pieces that
    the table has, of which each counts its part; one that has none, in another script say, gets
    a direction of its own, drawn from its letters.
    """

    name = "distilled"
    window_words = 100_000

    def __init__(self, table: WordTable) -> None:
        self.revision = table.revision
        self.dimension = table.vectors.shape[1]
        self._table = table
        self._place = {word.encode(): place for place, word in enumerate(table.words)}
        self._by_stem = {stem: place for place, stem in enumerate(table.stems) if stem}
        self._learned: dict[bytes, Short] = {}

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:  # noqa: ARG002 - both alike
        """Return one unit vector per text, of shape (len(texts), dimension).

        A text without words gets the first axis.
        """
        starts = range(0, len(texts), _TEXTS_AT_ONCE)
        parts = [self._sums(texts[start : start + _TEXTS_AT_ONCE]) for start in starts]
        return unit_of_whole(np.concatenate([np.zeros((0, self.dimension), np.int64), *parts]))

    def word_vectors(self, words: Sequence[str]) -> Vectors:
        """Return one unit vector per word in lower case, of shape (len(words), dimension)."""
        whole = self._rows([word.encode("utf-8", "replace") for word in words])
        return unit_of_whole(whole.astype(np.int64))

    def _sums(self, texts: Sequence[str]) -> Whole:
        """Return the weighted sum of the words of each text, in whole numbers.

        Each product is exact, and thus the same in any order of summation: no partial sum leaves
        the integers that the type holds, which is the short one but for long texts. The words of
        one text at a time: all texts by all words would be zeros, but for one in seventy.
        """
        counted = counted_words(texts)
        rows = self._rows(counted.vocabulary)
        sums = np.empty((len(texts), self.dimension), np.int64)
        for line, own in zip(sums, map(slice, counted.starts, counted.starts[1:]), strict=True):
            times = counted.times[own]
            kind = np.float64 if times.sum() > _EXACT_WORDS else np.float32
            line[:] = np.dot(times.astype(kind), rows.take(counted.word[own], axis=0))
        return sums

    def _rows(self, words: list[bytes]) -> Floats:
        """Return the vector of each word times its weight, whole numbers in a float's guise."""
        places = np.array([self._place.get(word, -1) for word in words], np.int64)
        rows = self._table.vectors[places].astype(np.float32)
        rows *= self._table.weights[places].astype(np.float32)[:, None]
        for at in np.flatnonzero(places < 0).tolist():
            rows[at] = self._unlisted(words[at])
        return rows

    def _unlisted(self, word: bytes) -> Short:
        """Return the vector of a word that the table lacks, remembered for the next text."""
        if (known := self._learned.get(word)) is not None:
            return known
        row = self._learn(word).astype(np.int16)
        if len(self._learned) < _LEARNED_AT_MOST:
            self._learned[word] = row
        return row

    def _learn(self, word: bytes) -> Whole:
        stem_place = self._by_stem.get(stem(word.decode("utf-8", "replace")))
        if stem_place is not None:
            parts = [stem_place]
        elif not (parts := list(self._pieces(word))):
            return _drawn(word, self.dimension)
        rows = self._table.vectors[parts].astype(np.int64)
        return np.asarray(rows.sum(axis=0) * (MOST_WEIGHT // len(parts)))

    def _pieces(self, word: bytes) -> Iterator[int]:
        """Yield the places of the longest pieces of a word, none where they do not cover it."""
        if len(word) > _LONGEST_WORD_BYTES:
            return
        parts: list[int] = []
        start = 0
        while start < len(word):
            for end in range(len(word), start, -1):
                piece = word[start:end] if start == 0 else _CONTINUES + word[start:end]
                if (place := self._place.get(piece)) is not None:
                    parts.append(place)
                    start = end
                    break
            else:
                return
        yield from parts


def _drawn(word: bytes, dimension: int) -> Whole:
    """Return a direction that depends on the letters of a word alone, of the length of others."""
    signs = np.random.Generator(np.random.PCG64(crc32(word))).integers(0, 2, dimension) * 2 - 1
    return np.asarray(signs * (MOST_WEIGHT * _USUAL_VALUE), np.int64)


def unit_of_whole(sums: Whole) -> Vectors:
    """Return whole numbers as rows of unit length, each step exact or correctly rounded.

    Rows of large numbers lose their last bits first, so that the squares fit in 64 bits.
    """
    largest = np.abs(sums).max(axis=1, initial=0)
    excess = np.maximum(np.frexp(largest.astype(np.float64))[1] - _BITS_SQUARED, 0)
    sums = sums >> excess[:, None]
    lengths = np.sqrt((sums * sums).sum(axis=1).astype(np.float64))
    empty = lengths == 0
    vectors: Vectors = (sums / np.where(empty, 1, lengths)[:, None]).astype(np.float32)
    vectors[empty, 0] = 1
    return vectors


@cache
def general() -> DistilledEncoder:
    """Return the encoder of the table that comes with the package.

    Raises UserError where its bytes are not those that this version was made with.
    """
    content = files(__package__).joinpath(GENERAL).read_bytes()
    check_sha256(content, GENERAL_SHA256, GENERAL)
    return DistilledEncoder(read_word_table(content, GENERAL_SHA256, GENERAL))
