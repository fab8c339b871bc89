"""Ids: what makes two things the same thing."""

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping

PAIR_ID_HEX = 32
"""Length of a pair id: 128 bits, so that a billion pairs collide with a chance below 1e-20."""


def pair_id(question: str, answer: str, context: Iterable[Mapping[str, str]] = ()) -> str:
    """Return the id of a pair: 32 hex digits over question, answer and context, in NFC.

    NFC alone is applied because composed and decomposed forms of one text differ in no way a
    reader could see. Case, spaces and punctuation count: whether they matter is for dedup to
    decide, with evidence. The question's length in bytes goes in first, so that no shift of text
    between question and answer gives the same id; entries of the context (role and text) follow
    with their lengths. Without a context the id is that of the two texts alone.
    """
    asked = _nfc(question)
    digest = hashlib.sha256(b"%d:" % len(asked))
    digest.update(asked)
    digest.update(_nfc(answer))
    for entry in context:
        text = _nfc(entry["text"])
        digest.update(b"\0%s:%d:" % (_nfc(entry["role"]), len(text)))
        digest.update(text)
    return digest.hexdigest()[:PAIR_ID_HEX]


def _nfc(text: str) -> bytes:
    return unicodedata.normalize("NFC", text).encode("utf-8", "surrogatepass")


def content_digest(content: bytes) -> str:
    """Return the SHA-256 of bytes as 64 hex digits."""
    return hashlib.sha256(content).hexdigest()
