"""The words of a text as a table of word vectors knows them."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

_SPACE = b" "
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_SEPARATORS = bytes(
    byte if byte > 127 or chr(byte).isalnum() else 32  # noqa: PLR2004 - the end of ASCII
    for byte in range(256)
)


def word_counts(text: str) -> Mapping[bytes, int]:
    """Return how often each word stands in text: letters and digits, in lower case, as UTF-8.

    Compatibility forms and accents go ("café", "ﬁat"), as in the vocabulary of the model that the
    vectors come from.
    """
    return Counter(_spaced(text).split())


class CountedWords(NamedTuple):
    """How often each of some texts says each of its words, one text after the other.

    vocabulary has all words, each once. word holds the places in it of the words of each text,
    times how often the text says them; those of text n stand at starts[n] to starts[n + 1].
    """

    vocabulary: list[bytes]
    word: npt.NDArray[np.int64]
    times: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]


def counted_words(texts: Sequence[str]) -> CountedWords:
    """Return what word_counts tells of many texts, read as one: at half the cost."""
    spaced = list(map(_spaced, texts))
    raw = _SPACE.join([b"", *spaced, b""])
    is_word = np.frombuffer(raw, np.uint8) != ord(_SPACE)
    edges = np.flatnonzero(is_word[1:] != is_word[:-1]) + 1
    first, past = edges[::2], edges[1::2]
    spoken = _binaries(raw.replace(_SPACE, b""), np.cumsum(past - first)).dictionary_encode()
    width = max(1, len(spoken.dictionary))
    next_text = np.cumsum([len(text) + 1 for text in spaced], dtype=np.int64) + 1
    codes = np.searchsorted(next_text, first, side="right") * width + np.asarray(spoken.indices)
    each, times = np.unique(codes, return_counts=True)
    text, word = np.divmod(each, width)
    starts = np.searchsorted(text, np.arange(len(texts) + 1))
    return CountedWords(spoken.dictionary.to_pylist(), word, times, starts)


def _binaries(joined: bytes, ends: npt.NDArray[np.int64]) -> pa.Array:
    """Return the words that joined consists of, by where each ends."""
    buffers = [None, pa.py_buffer(np.r_[0, ends].astype(np.int64)), pa.py_buffer(joined)]
    return pa.Array.from_buffers(pa.large_binary(), len(ends), buffers)


def _spaced(text: str) -> bytes:
    """Return text in lower case, with a space for each character that is part of no word."""
    if not text.isascii():
        text = _BEYOND_ASCII.sub(_plain, text)
    return text.lower().encode("utf-8", "replace").translate(_SEPARATORS)


def _plain(match: "re.Match[str]") -> str:
    """Return a run of characters beyond ASCII without accents, what is no letter as spaces."""
    letters = (c for c in unicodedata.normalize("NFKD", match[0]) if not unicodedata.combining(c))
    return "".join(c if c.isalnum() or c.isascii() else " " for c in letters)
