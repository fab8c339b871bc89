"""Hashed n-grams: unit vectors that depend on the text alone and put like beside like."""

import subprocess
import sys

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.embedding.hashing import HashingEncoder

ENCODER = HashingEncoder(64, 3, 5)
texts = st.lists(st.text(st.characters(codec="utf-8"), max_size=30), max_size=8)


@given(texts)
def test_vectors_are_of_unit_length(batch: list[str]) -> None:
    """Every text has a direction, the empty one and one of control characters too."""
    vectors = ENCODER.encode(batch, "document")
    assert vectors.shape == (len(batch), 64)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@given(texts)
def test_a_vector_knows_nothing_of_its_neighbours(batch: list[str]) -> None:
    """A text's vector is the same alone and in any batch, bit for bit."""
    together = ENCODER.encode(batch, "document")
    alone = [ENCODER.encode([text], "document")[0] for text in batch]
    assert all(np.array_equal(a, b) for a, b in zip(together, alone, strict=True))


def test_large_batches_are_cut_without_a_seam() -> None:
    """Texts on both sides of the one-megabyte cut have the vectors that they have alone."""
    batch = ["relative strength " * 40_000, "average true range", "order book depth " * 40_000, "x"]
    together = ENCODER.encode(batch, "document")
    for text, vector in zip(batch, together, strict=True):
        assert np.array_equal(ENCODER.encode([text], "document")[0], vector)


def test_like_is_beside_like() -> None:
    """A reworded question is nearer than a question on something else."""
    asked, same, other = HashingEncoder(256, 3, 5).encode(
        [
            "How does funding rate affect perpetual futures?",
            "How do funding rates affect a perpetual future?",
            "What is the floor price of an NFT collection?",
        ],
        "question",
    )
    assert asked @ same > 0.6
    assert asked @ other < 0.4


def test_vectors_are_the_same_in_another_process() -> None:
    """Neither PYTHONHASHSEED nor the process has a part in a vector."""
    code = (
        "from pipeline.embedding.hashing import HashingEncoder as H;"
        "print(H(64, 3, 5).encode(['Ichimoku ± cloud'], 'question').tobytes().hex())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONHASHSEED": "7"}, capture_output=True, check=True
    )
    here = ENCODER.encode(["Ichimoku ± cloud"], "question").tobytes().hex()
    assert done.stdout.decode().strip() == here
