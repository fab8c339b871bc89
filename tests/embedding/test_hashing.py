"""Hashed n-grams: unit vectors that depend on the text alone and put like beside like."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import UserError
from pipeline.embedding.hashing import HashingEmbedder
from pipeline.embedding.providers import embedder

EMBEDDER = HashingEmbedder(64, 3, 5, 0.5)
texts = st.lists(st.text(st.characters(codec="utf-8"), max_size=30), max_size=8)


@given(texts)
def test_vectors_are_of_unit_length(batch: list[str]) -> None:
    """Every text has a direction, the empty one and one of control characters too."""
    vectors = EMBEDDER.embed_texts(batch)
    assert vectors.shape == (len(batch), 64)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@given(texts)
def test_a_vector_knows_nothing_of_its_neighbours(batch: list[str]) -> None:
    """A text's vector is the same alone and in any batch, bit for bit."""
    together = EMBEDDER.embed_texts(batch)
    alone = [EMBEDDER.embed_texts([text])[0] for text in batch]
    assert all(np.array_equal(a, b) for a, b in zip(together, alone, strict=True))


def test_large_batches_are_cut_without_a_seam() -> None:
    """Texts on both sides of the one-megabyte cut have the vectors that they have alone."""
    batch = ["relative strength " * 40_000, "average true range", "order book depth " * 40_000, "x"]
    together = EMBEDDER.embed_texts(batch)
    for text, vector in zip(batch, together, strict=True):
        assert np.array_equal(EMBEDDER.embed_texts([text])[0], vector)


def test_like_is_beside_like() -> None:
    """A reworded question is nearer than a question on something else."""
    wide = HashingEmbedder(256, 3, 5, 0.5)
    asked = wide.embed_query("How does funding rate affect perpetual futures?")
    same = wide.embed_query("How do funding rates affect a perpetual future?")
    other = wide.embed_query("What is the floor price of an NFT collection?")
    assert asked @ same > 0.6
    assert asked @ other < 0.4


def test_a_pair_weighs_question_and_answer() -> None:
    """With question_weight 1 the answer says nothing, with 0 the question says nothing."""
    for weight, index in ((1.0, 0), (0.0, 1)):
        made = HashingEmbedder(64, 3, 5, weight)
        pair = ("what is open interest", "the number of contracts outstanding")
        assert np.allclose(made.embed([pair[0]], [pair[1]])[0], made.embed_query(pair[index]))


def test_vectors_are_the_same_in_another_process() -> None:
    """Neither PYTHONHASHSEED nor the process has a part in a vector."""
    code = (
        "from pipeline.embedding.hashing import HashingEmbedder as H;"
        "print(H(64, 3, 5, .5).embed_query('Ichimoku ± cloud').tobytes().hex())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONHASHSEED": "7"}, capture_output=True, check=True
    )
    assert done.stdout.decode().strip() == EMBEDDER.embed_query("Ichimoku ± cloud").tobytes().hex()


def test_unknown_provider_and_odd_dimension_are_told() -> None:
    """The user reads which value of params.yaml is wrong."""
    params = {"ngram_chars_min": 3, "ngram_chars_max": 5, "question_weight": 0.5}
    with pytest.raises(UserError, match=r"embed\.provider is 'word2vec', must be one of: hashing"):
        embedder(provider="word2vec", dimension=64, **params)
    with pytest.raises(UserError, match=r"embed\.dimension must be a power of two, got 100"):
        embedder(provider="hashing", dimension=100, **params)
