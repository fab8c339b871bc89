"""Recorded vectors beside encoders that make them."""

import pytest

from pipeline.core.errors import UserError
from pipeline.embedding.distilled import general
from pipeline.embedding.encoder import space_of
from pipeline.embedding.encoders import encoder_of, encoder_of_any_text

HASHING = {"dimension": 32, "ngram_chars_min": 3, "ngram_chars_max": 4}
PARAMS = {"encoder": "recorded", "model": "", "hashing": HASHING}


def test_no_encoder_makes_recorded_vectors() -> None:
    """A text that nobody asked a provider for has none; made duplicates take what comes along."""
    with pytest.raises(UserError, match="of this base's texts alone"):
        encoder_of(PARAMS)
    assert space_of(encoder_of_any_text(PARAMS)) == space_of(general())
    own = {**PARAMS, "encoder": "hashing"}
    assert encoder_of_any_text(own) is encoder_of(own)
