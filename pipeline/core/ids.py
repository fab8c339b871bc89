"""Ids: what makes two things the same thing."""

import hashlib
import unicodedata

PAIR_ID_HEX = 32
"""Length of a pair id: 128 bits, so that a billion pairs collide with a chance below 1e-20."""


def pair_id(question: str, answer: str) -> str:
    """Return the id of a pair: 32 hex digits over question and answer as delivered, in NFC.

    NFC alone is applied because composed and decomposed forms of one text differ in no way a
    reader could see. Case, spaces and punctuation count: whether they matter is for dedup to
    decide, with evidence. The question's length in bytes goes in first, so that no shift of text
    between question and answer gives the same id.
    """
    asked = unicodedata.normalize("NFC", question).encode("utf-8", "surrogatepass")
    answered = unicodedata.normalize("NFC", answer).encode("utf-8", "surrogatepass")
    digest = hashlib.sha256(b"%d:" % len(asked))
    digest.update(asked)
    digest.update(answered)
    return digest.hexdigest()[:PAIR_ID_HEX]


def content_digest(content: bytes) -> str:
    """Return the SHA-256 of bytes as 64 hex digits."""
    return hashlib.sha256(content).hexdigest()
