"""Encoders by name: which one params ask for, and that spaces are never mixed."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.core.errors import UserError
from pipeline.core.ids import content_digest
from pipeline.core.models import ModelFile
from pipeline.embedding.encoder import Space, parse_space, space_of, the_one_space
from pipeline.embedding.encoders import ENCODERS, encoder_of
from pipeline.embedding.windows import document_vectors, windows_of
from pipeline.embedding.word_table import word_table_bytes

HASHING = {"dimension": 64, "ngram_chars_min": 3, "ngram_chars_max": 5}


def params(encoder: str, model: str = "", **hashing: int) -> dict[str, Any]:
    return {"encoder": encoder, "model": model, "windows": 1, "hashing": {**HASHING, **hashing}}


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (params("word2vec"), "embed.encoder is 'word2vec', must be one of: distilled, hashing"),
        (params("hashing", dimension=100), "embed.hashing.dimension must be a power of two"),
        (params("hashing", "x.onnx"), "embed.model is 'x.onnx', but hashing takes no file"),
        (params("model", "x.onnx"), "asks for data/domain/encoders/x.onnx, but there is nothing"),
    ],
)
def test_what_cannot_be_made_is_one_sentence(asked: dict[str, Any], sentence: str) -> None:
    """The user reads which value of params.yaml is wrong, and what would be right."""
    with pytest.raises(UserError) as fault:
        encoder_of(asked)
    assert sentence in str(fault.value)


def test_a_base_may_bring_a_table_of_its_own(tmp_path: Path) -> None:
    """A file of the base is another space: its revision is that of its bytes."""
    content = word_table_bytes(["gas"], ["gas"], np.ones(1, np.uint8), np.ones((1, 4), np.int8))
    path = tmp_path / "words.parquet"
    path.write_bytes(content)
    model = ModelFile("words.parquet", str(path), content_digest(content))
    made = encoder_of(params("distilled", "words.parquet"), [model])
    assert space_of(made) == Space("distilled", content_digest(content)[:12], 4)
    assert encoder_of(params("model", "words.parquet"), [model]).dimension == 4


@pytest.mark.parametrize("name", sorted({*ENCODERS} - {"model", "recorded"}))
def test_an_encoder_is_what_the_protocol_says(name: str) -> None:
    """Unit vectors of the dimension that it states, none for no text, its space readable."""
    made = encoder_of(params(name))
    vectors = made.encode(["What is a gas fee?", ""], "question")
    assert vectors.shape == (2, made.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert made.encode([], "document").shape == (0, made.dimension)
    assert parse_space(str(space_of(made))) == space_of(made)


def test_spaces_are_never_mixed() -> None:
    """Vectors of two encoders are not compared; the fault names both."""
    assert the_one_space(["a@1/2", "a@1/2"], "vectors") == "a@1/2"
    assert the_one_space([], "vectors") == ""
    with pytest.raises(UserError, match="vectors of a@1/2 and of b@1/2 cannot be compared"):
        the_one_space(["b@1/2", "a@1/2"], "vectors")


def test_windows_hold_every_word_once() -> None:
    """Windows side by side are the answer's first words, a short answer stands as it is."""
    answer = " ".join(map(str, range(25)))
    assert windows_of(answer, 10, 9) == [
        " ".join(map(str, range(start, min(start + 10, 25)))) for start in (0, 10, 20)
    ]
    assert windows_of(answer, 10, 2)[-1].endswith(" 19")
    assert windows_of("a  b\nc", 10, 2) == ["a  b\nc"]
    assert windows_of("", 10, 2) == [""]


def test_the_window_that_answers_is_kept() -> None:
    """Of several windows the document's vector is of the one nearest to its question."""

    class Letters:
        """Counts a and b."""

        name, revision, dimension, window_words = "letters", "1", 2, 3

        def encode(self, texts: Any, role: str) -> Any:
            rows = np.array([[t.count("a") + 0.001, t.count("b")] for t in texts], np.float32)
            return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    asked, answers = ["b", "a"], ["a a a b b b", "a"]
    one = document_vectors(Letters(), asked, answers, 1)
    two = document_vectors(Letters(), asked, answers, 2)
    assert one[0, 0] > one[0, 1]
    assert two[0, 1] > two[0, 0]
    assert np.array_equal(one[1], two[1])
