"""Which embedder params.yaml asks for: the one place that knows their names."""

from collections.abc import Callable, Sequence
from typing import Protocol

from pipeline.core.errors import UserError
from pipeline.embedding.hashing import HashingEmbedder, Vectors


class Embedder(Protocol):
    """What turns text into vectors: deterministic, of one dimension, of unit length."""

    dimension: int

    def embed(self, questions: Sequence[str], answers: Sequence[str]) -> Vectors:
        """Return one vector per pair, of shape (pairs, dimension)."""
        ...

    def embed_query(self, text: str) -> Vectors:
        """Return the vector of a question without an answer, of shape (dimension,)."""
        ...


PROVIDERS: dict[str, Callable[[int, int, int, float], Embedder]] = {"hashing": HashingEmbedder}
"""Name in params.yaml -> what makes the embedder; a real encoder is one more line."""


def embedder(
    *,
    provider: str,
    dimension: int,
    ngram_chars_min: int,
    ngram_chars_max: int,
    question_weight: float,
) -> Embedder:
    """Return the embedder that the params of section `embed` describe.

    Raises UserError for an unknown provider, and for params that it does not take.
    """
    if provider not in PROVIDERS:
        known = ", ".join(sorted(PROVIDERS))
        raise UserError(f"params.yaml: embed.provider is {provider!r}, must be one of: {known}")
    try:
        return PROVIDERS[provider](dimension, ngram_chars_min, ngram_chars_max, question_weight)
    except ValueError as fault:
        raise UserError(f"params.yaml: embed.{fault}") from None
