"""What of a pair is encoded as a document: its question, with a window of its answer."""

from collections.abc import Sequence

import numpy as np

from pipeline.embedding.encoder import Encoder, Vectors

_TELLING_DIGITS = 5  # of a cosine: windows that differ by less are as near


def windows_of(answer: str, words: int, most: int) -> list[str]:
    """Return the first `most` windows of `words` words each, at least one; the last may be shorter.

    An answer of up to `words` words is its own window, as it stands.
    """
    if len(answer) < 2 * words:  # which is shorter than so many words with a space between
        return [answer]
    split = answer.split(None, words * most)
    if len(split) <= words:
        return [answer]
    starts = range(0, min(len(split), words * most), words)
    return [" ".join(split[start : min(start + words, words * most)]) for start in starts]


def document_vectors(
    encoder: Encoder, questions: Sequence[str], answers: Sequence[str], most: int
) -> Vectors:
    """Return one vector per pair: of its question with that window of its answer that is nearest.

    Nearest to the question by itself: the passage that answers it. Of windows as near as each
    other the first is taken. With one window, nothing is compared.
    """
    windows = [windows_of(answer, encoder.window_words, most) for answer in answers]
    counts = np.array(list(map(len, windows)), np.int64)
    texts = [
        f"{question}\n{window}"
        for question, some in zip(questions, windows, strict=True)
        for window in some
    ]
    vectors = encoder.encode(texts, "document")
    if len(texts) == len(questions):
        return vectors
    asked = encoder.encode(questions, "question").repeat(counts, axis=0)
    nearness = np.round(np.einsum("ij,ij->i", asked.astype(np.float64), vectors), _TELLING_DIGITS)
    owner = np.repeat(np.arange(len(counts)), counts)
    order = np.lexsort((np.arange(len(owner)), -nearness, owner))
    nearest: Vectors = vectors[order[np.cumsum(counts) - counts]]
    return nearest
