"""A file of a base's own that an encoder is made of."""

from typing import NamedTuple


class ModelFile(NamedTuple):
    """A file below data/domain/encoders: a table of words, an ONNX model, a tokenizer."""

    file: str  # its name from the folder on
    path: str
    sha256: str
