"""How long a text is for a model, and where it is cut when it is too long.

No tokenizer of a provider is at hand, so tokens are counted from above: five Latin letters, a
line end, and every other character are one each. Vocabularies of current models take fewer for
prose in Latin letters, and about as many for digits, signs and other scripts.
"""

import re

import pyarrow as pa
import pyarrow.compute as pc

_PIECES = r"[A-Za-z]{1,5}|\n+|[^ \t\n\f\rA-Za-z]"
_PIECE = re.compile(_PIECES)
_SENTENCE_END = re.compile(r"[.!?…](?=\s)|[\u3002\uff01\uff1f]|\n")
_WORD_END = re.compile(r"(?=\s)")


def token_counts(texts: pa.Array) -> pa.Array:
    """Return the estimated tokens of each text, as int64."""
    return pc.count_substring_regex(texts, _PIECES).cast(pa.int64())


def within(text: str, max_tokens: int) -> str:
    """Return the longest beginning of text that has at most max_tokens tokens and ends well.

    It ends behind the last sentence that fits, where that leaves at least half of what would fit,
    else behind the last whole word, else where the tokens end.
    """
    pieces = _PIECE.finditer(text)
    for count, piece in enumerate(pieces, start=1):
        if count > max_tokens:
            return _well_ended(text, piece.start())
    return text


def _well_ended(text: str, limit: int) -> str:
    """Return a beginning of text of at most limit characters."""
    sentences = [end.end() for end in _SENTENCE_END.finditer(text, 0, limit)]
    words = [end.start() for end in _WORD_END.finditer(text, 0, limit)]
    ends = [end for end in sentences if end >= limit // 2] or [end for end in words if end]
    return text[: ends[-1] if ends else limit].rstrip()
