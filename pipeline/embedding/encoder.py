"""What turns texts into vectors: the protocol, and what names the space that they lie in."""

from collections.abc import Sequence
from typing import Literal, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from pipeline.core.errors import UserError
from pipeline.core.ids import content_digest

Vectors = npt.NDArray[np.float32]
Role = Literal["question", "document"]
"""A question is what somebody asks; a document is what answers: a pair's question and answer."""


class Encoder(Protocol):
    """Maps texts to unit vectors, each of which depends on its text, the role and nothing else.

    name and revision say which encoder it is: the same both, the same vectors. dimension is the
    length of a vector, window_words how many words of a text it takes in at once; what lies
    behind them is not seen. A long answer is therefore cut into windows before it is encoded.
    """

    name: str
    revision: str
    dimension: int
    window_words: int

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """Return one vector of unit length per text, of shape (len(texts), dimension)."""
        ...


class Space(NamedTuple):
    """Where vectors lie: those of two spaces say nothing about each other."""

    encoder: str
    revision: str
    dimension: int

    def __str__(self) -> str:
        return f"{self.encoder}@{self.revision}/{self.dimension}"


def space_of(encoder: Encoder) -> Space:
    """Return the space of the vectors that an encoder makes."""
    return Space(encoder.name, encoder.revision, encoder.dimension)


def parse_space(text: str) -> Space:
    """Return the space that str(space) names; encoder and revision hold what they held."""
    rest, _, dimension = text.rpartition("/")
    encoder, _, revision = rest.rpartition("@")
    return Space(encoder, revision, int(dimension))


def the_one_space(spaces: Sequence[str], what: str) -> str:
    """Return the space that all of what's vectors lie in, "" where there are none.

    Raises UserError, which names both, where they lie in two: a cosine between them is noise.
    """
    distinct = sorted(set(spaces))
    if len(distinct) > 1:
        raise UserError(
            f"{what}: vectors of {distinct[0]} and of {distinct[1]} cannot be compared; "
            "run `faucet repro embed`, which makes all of one encoder"
        )
    return distinct[0] if distinct else ""


def unit(rows: npt.NDArray[np.floating]) -> Vectors:
    """Return rows at unit length; one of zeros gets the first axis, because it has no direction."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    empty = lengths[:, 0] == 0
    scaled: Vectors = np.divide(rows, np.where(lengths == 0, 1, lengths)).astype(np.float32)
    scaled[empty, 0] = 1
    return scaled


def check_sha256(content: bytes, wanted: str, place: str) -> None:
    """Raise UserError where content is not the bytes that wanted is the SHA-256 of."""
    if (found := content_digest(content)) != wanted:
        raise UserError(
            f"{place}: SHA-256 is {found}, must be {wanted}: damaged, or of another version; "
            "install the packages of requirements.lock anew"
        )
