"""Which encoder params.yaml asks for: the one place that knows their names."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from pipeline.core.errors import UserError
from pipeline.core.models import ModelFile
from pipeline.embedding.distilled import DistilledEncoder, general
from pipeline.embedding.encoder import Encoder, Vectors
from pipeline.embedding.hashing import HashingEncoder
from pipeline.embedding.onnx import MINILM, minilm, own
from pipeline.embedding.word_table import REVISION_HEX, read_word_table
from pipeline.workspace.layout import ENCODERS as ENCODERS_FOLDER

RECORDED = "recorded"
"""What a provider gave is looked up by the text: no encoder makes it (recorded.py)."""

PLACE = ENCODERS_FOLDER.as_posix()


class _Asked(NamedTuple):
    """Params of section embed that say which encoder, and the files that it may take."""

    encoder: str
    model: str
    dimension: int
    ngram_chars_min: int
    ngram_chars_max: int
    models: tuple[ModelFile, ...]


def encoder_of(params: Mapping[str, Any], models: Sequence[ModelFile] = ()) -> Encoder:
    """Return the encoder that the params of section embed describe.

    models are the base's own files, below data/domain/encoders.

    Raises UserError for an unknown encoder, params that it does not take, and a file that is
    missing or not what it should be.
    """
    hashing = params["hashing"]
    return _made(_Asked(params["encoder"], params["model"], **hashing, models=tuple(models)))


def encoder_of_any_text(params: Mapping[str, Any], models: Sequence[ModelFile] = ()) -> Encoder:
    """Return the encoder of the params, or where vectors are recorded the one that comes along.

    For texts that are compared among themselves alone: recorded vectors lie in another space.
    """
    return general() if params["encoder"] == RECORDED else encoder_of(params, models)


def word_vectors_of(encoder: Encoder) -> Callable[[Sequence[str]], Vectors] | None:
    """Return what gives the vectors of single words, to tell which are near in sense.

    Those of the encoder's own table, those of the table that comes along for a sentence encoder
    that comes along; None for others that have no table of words.
    """
    if isinstance(encoder, DistilledEncoder):
        return encoder.word_vectors
    return general().word_vectors if encoder.name == MINILM else None


@cache
def _made(asked: _Asked) -> Encoder:
    if asked.encoder not in ENCODERS:
        known = ", ".join(sorted(ENCODERS))
        raise UserError(f"params.yaml: embed.encoder is {asked.encoder!r}, must be one of: {known}")
    if asked.model and asked.encoder not in _WITH_MODEL:
        raise UserError(
            f"params.yaml: embed.model is {asked.model!r}, but {asked.encoder} takes no file: "
            f"set it to '' or embed.encoder to one of: {', '.join(_WITH_MODEL)}"
        )
    return ENCODERS[asked.encoder](asked)


def _hashing(asked: _Asked) -> Encoder:
    try:
        return HashingEncoder(asked.dimension, asked.ngram_chars_min, asked.ngram_chars_max)
    except ValueError as fault:
        raise UserError(f"params.yaml: embed.hashing.{fault}") from None


def _distilled(asked: _Asked) -> Encoder:
    if not asked.model:
        return general()
    model = _file(asked, asked.model)
    return DistilledEncoder(read_word_table(model.path, model.sha256, f"{PLACE}/{model.file}"))


def _own(asked: _Asked) -> Encoder:
    """Return a base's own ONNX model, with the tokenizer of its name, or its table of words."""
    model = _file(asked, asked.model)
    if not model.file.endswith(".onnx"):
        return _distilled(asked)
    tokenizer = _file(asked, model.file.removesuffix(".onnx") + ".tokenizer.json")
    revision = model.sha256[: REVISION_HEX // 2] + tokenizer.sha256[: REVISION_HEX // 2]
    return own(model.path, revision, tokenizer.path)


def _file(asked: _Asked, name: str) -> ModelFile:
    found = [model for model in asked.models if model.file == name]
    if not found:
        there = ", ".join(model.file for model in asked.models) or "nothing"
        raise UserError(
            f"params.yaml: embed.model asks for {PLACE}/{name}, but there is {there}: put the file "
            "there, or let `faucet embed distill` make a table"
        )
    return found[0]


def _recorded(asked: _Asked) -> Encoder:
    raise UserError(
        f"params.yaml: embed.encoder is {asked.encoder!r}: its vectors are of this base's texts"
        " alone, no other text has one"
    )


ENCODERS: dict[str, Callable[[_Asked], Encoder]] = {
    "hashing": _hashing,
    "distilled": _distilled,
    MINILM: lambda _: minilm(),
    "model": _own,
    RECORDED: _recorded,
}
"""Name in params.yaml -> what makes the encoder; another one is one more line."""

_WITH_MODEL = ("distilled", "model", RECORDED)
