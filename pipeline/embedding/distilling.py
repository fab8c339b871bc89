"""Making a table of word vectors: an encoder's knowledge of single words, made small.

Each word is encoded once by an encoder of sentences, alone. A text is later the sum of its words'
vectors, the rarer the heavier (smooth inverse frequency, Arora et al. 2017), without the mean
and the first principal component, which say what all texts have in common. Both are taken of the
words as often as they are used, so that no text has to be kept for it, and are taken off the
words here, so that nothing of it is left to do when a text is encoded.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

import numpy as np
import numpy.typing as npt

from pipeline.core.stems import stem
from pipeline.embedding.word_table import MOST_WEIGHT, word_table_bytes
from pipeline.embedding.words import word_counts

DIMENSION = 192
SMOOTHING = 3e-4
"""a in a / (a + p): a word of this share of all words weighs half of a rare one."""

CONTINUES = "##"
"""Begins a piece that continues a word, as in WordPiece."""

_LARGEST = 127
_CLIPPED_SHARE = 0.001
_LEAST_TEXTS = 3  # of a base that a word stands in; fewer may be a slip of the pen
_GENERAL_WORDS = 1_000_000  # of a base, from which its own frequencies count half
_LIKE_A_WORD = re.compile(r"(?:##)?(?=.*[a-z])[a-z0-9]{1,40}|[0-9]{1,4}")
_RARE = 1e-7

Floats = npt.NDArray[np.float64]


def word_shares(
    vocabulary: Iterable[str], texts: Iterable[str], terms: Iterable[str]
) -> dict[str, float]:
    """Return for each word of a vocabulary, of texts and terms, which share of all words it is.

    vocabulary is ordered by frequency, as WordPiece's are: by Zipf's law the place says how
    frequent a word is in general. Words of texts come in where three of them have it, those of
    terms always; the more words the texts have in all, the more their own frequencies count.
    """
    general = [word for word in vocabulary if _LIKE_A_WORD.fullmatch(word)]
    whole = [word for word in general if not word.startswith(CONTINUES)]
    total = sum(1 / (place + 2) for place in range(len(whole)))
    zipf = {word: 1 / (place + 2) / total for place, word in enumerate(whole)}
    counts, found_in = _counted(texts)
    own = {word for word, times in found_in.items() if times >= _LEAST_TEXTS}
    own = {word for word in own | _counted(terms)[0].keys() if _LIKE_A_WORD.fullmatch(word)}
    running = sum(counts.values())
    part = running / (running + _GENERAL_WORDS)
    return {
        word: _RARE + (1 - part) * zipf.get(word, 0) + part * counts[word] / max(1, running)
        for word in sorted({*general, *own})
    }


def _counted(texts: Iterable[str]) -> tuple[Counter[str], Counter[str]]:
    """Return how often each word stands, and in how many texts."""
    counts: Counter[str] = Counter()
    found_in: Counter[str] = Counter()
    for text in texts:
        words = {word.decode("utf-8"): times for word, times in word_counts(text).items()}
        counts.update(words)
        found_in.update(words.keys())
    return counts, found_in


def distil(
    shares: Mapping[str, float], encode: Callable[[list[str]], npt.NDArray[np.float32]]
) -> bytes:
    """Return a table of word vectors, as bytes to be kept, over the words of shares.

    shares has for each word which share of all words it is (0-1); pieces that continue a word
    begin with ## and are only looked up where a word is unknown. encode gives one vector per
    word, of any dimension; of more than 192 the first principal ones stay. Nothing is drawn: the
    same vectors give the same table.
    """
    words = sorted(shares)
    share = np.array([shares[word] for word in words])
    weights = SMOOTHING / (SMOOTHING + share)
    due = share * weights  # how much of the vector of a text is due to a word
    vectors = encode([word.removeprefix(CONTINUES) for word in words]).astype(np.float64)
    vectors -= np.average(vectors, axis=0, weights=due)
    vectors -= np.outer(vectors @ (common := _axes(vectors, due, 1)[0]), common)
    reduced = vectors @ _axes(vectors, weights, min(DIMENSION, vectors.shape[1])).T
    scale = _LARGEST / np.quantile(np.abs(reduced), 1 - _CLIPPED_SHARE)
    whole = np.clip(np.rint(reduced * scale), -_LARGEST, _LARGEST).astype(np.int8)
    steps = np.clip(np.rint(weights * MOST_WEIGHT), 1, MOST_WEIGHT).astype(np.uint8)
    return word_table_bytes(words, _stems(words, share), steps, whole)


def _axes(vectors: Floats, weights: Floats, count: int) -> Floats:
    """Return the first principal axes of weighted rows, each with its largest number positive."""
    covariance = (vectors * weights[:, None]).T @ vectors
    axes = np.linalg.eigh(covariance)[1][:, ::-1][:, :count].T
    largest = np.abs(axes).argmax(axis=1)
    signs: Floats = np.sign(axes[np.arange(count), largest])
    return np.asarray(axes * signs[:, None])


def _stems(words: list[str], share: Floats) -> list[str]:
    """Return the stem of each word that is the most frequent one of its stem, "" for others."""
    best: dict[str, int] = {}
    stems = [stem(word) if word.isalpha() else "" for word in words]
    for place in np.argsort(-share, kind="stable").tolist():
        best.setdefault(stems[place], place)
    return [word if best[word] == place else "" for place, word in enumerate(stems)]
