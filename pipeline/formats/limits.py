"""How long a text is for a model, and where it is cut when it is too long.

No tokenizer of a provider is at hand, so tokens are counted from above: five Latin letters, a
line end, and every other character are one each. Vocabularies of current models take fewer for
prose in Latin letters, and about as many for digits, signs and other scripts.
"""

import re

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

_LETTERS = 5
_PIECE = re.compile(rf"[A-Za-z]{{1,{_LETTERS}}}|\n+|[^ \t\n\f\rA-Za-z]")
_SENTENCE_END = re.compile(r"[.!?…](?=\s)|[\u3002\uff01\uff1f]|\n")
_WORD_END = re.compile(r"(?=\s)")


_BLANK = pa.scalar(" ", pa.large_string())
_NOTHING = pa.scalar("", pa.large_string())
_LETTER, _LINE_END, _OTHER = 1, 2, 3
_KINDS = np.full(256, _OTHER, np.uint8)
_KINDS[[*b" \t\f\r", *range(0x80, 0xC0)]] = 0  # blanks, and what follows the first byte of a sign
_KINDS[[*b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"]] = _LETTER
_KINDS[ord("\n")] = _LINE_END
"""What each byte of a text in UTF-8 is to _PIECE."""

_TEXTS_AT_ONCE = 512


def token_counts(texts: pa.Array) -> pa.Array:
    """Return the estimated tokens of each text, as int64, null where the text is null.

    What _PIECE finds is marked over the bytes of many texts at once, each behind a blank, which
    costs a fraction of searching for it.
    """
    starts = range(0, len(texts), _TEXTS_AT_ONCE)
    counts = [_counts(texts.slice(start, _TEXTS_AT_ONCE)) for start in starts]
    each = np.concatenate([np.zeros(0, np.int64), *counts])
    return pa.array(each, pa.int64(), mask=np.asarray(texts.is_null()))


def _counts(texts: pa.Array) -> npt.NDArray[np.int64]:
    column = pc.binary_join_element_wise(_NOTHING, texts.cast(pa.large_string()), _BLANK)
    ends = np.frombuffer(column.buffers()[1], np.int64)[: len(column) + 1]
    marks = _marks(_KINDS[np.frombuffer(column.buffers()[2] or b"", np.uint8)[: ends[-1]]])
    there = np.flatnonzero(np.diff(ends))  # a text that is null has not even a blank
    counts = np.zeros(len(column), np.int64)
    counts[there] = np.add.reduceat(marks, ends[there], dtype=np.int64) if len(there) else 0
    return counts


def _marks(kinds: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Return where a piece begins, by the kinds of neighbouring bytes."""
    marks: npt.NDArray[np.bool_] = kinds == _OTHER
    ends = kinds == _LINE_END
    letters = kinds == _LETTER
    marks |= ends & ~_later(ends, 1)
    begins = letters & ~_later(letters, 1)
    through = letters.copy()  # this byte is a letter, and so are as many before it as a piece has
    for before in range(1, _LETTERS + 1):
        through &= _later(letters, before)
    while begins.any():
        marks |= begins
        begins = through & _later(begins, _LETTERS)
    return marks


def _later(marks: npt.NDArray[np.bool_], places: int) -> npt.NDArray[np.bool_]:
    """Return marks, each so many places later."""
    moved = np.zeros_like(marks)
    moved[places:] = marks[: max(0, len(marks) - places)]
    return moved


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
    half = limit // 2
    late = (end.end() for end in _SENTENCE_END.finditer(text, max(half - 1, 0), limit))
    ends = [end for end in late if end >= half]
    if not ends:
        ends = [end.start() for end in _WORD_END.finditer(text, 1, limit)]
    return text[: ends[-1] if ends else limit].rstrip()
