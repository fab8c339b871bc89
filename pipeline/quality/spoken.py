"""Words and sentences of many texts at once: numbers, which Arrow and numpy count in one go."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.quality.marks import marks_of
from pipeline.quality.words import ASCII_LETTERS_AND_DIGITS, plain, words

Ints = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
Mask = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]

_STOP = ". "
_STOPS = ("! ", "? ", ".\n", "\n", " - ", " • ")
_ITEM, _ITEM_STOP = " • ", " \1 "
_TAKEN = 2
"""Stands for a space that is part of a dash: the full stop before it ends nothing more."""

_NEWLINE, _SPACE, _DASH, _FULL_STOP = b"\n -."
_STEM_CHARS = 6
_TEXT, _SENTENCE = "\0", "\1"
"""Stand before, between and behind texts and sentences while they are read as one text."""

_IS_WORD = bytes(byte in ASCII_LETTERS_AND_DIGITS for byte in range(256))
_NO_WORD = bytes(byte for byte in range(256) if byte not in ASCII_LETTERS_AND_DIGITS)
_LOWER = bytes(range(256)).lower()


class _Part(NamedTuple):
    """Some of the texts, parted: their sentences that hold a word, one after the other.

    shown holds the sentences as they are written, at start to end; text is the place of each
    sentence's text, length how many of words are its own.
    """

    shown: str
    words: pa.Array
    text: Ints
    start: Ints
    end: Ints
    length: Ints


class Spoken:
    """What texts say: their sentences and list items that hold a word, and the words of those.

    Words are places in `vocabulary`, in the order in which they are spoken; those of one sentence,
    and the sentences of one text, follow each other. `word_text` and `word_sentence` tell whose a
    word is, `first_word` and `past_word` (exclusive) where the words of a sentence stand, and
    `first_sentence` and `past_sentence` where the sentences of a text do; `word_count` is how many
    words a text says. `marks` are those of each word of the vocabulary (marks.py), `text_marks`
    and `sentence_marks` of all words together; `cut` numbers the words by their first characters.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        """Read texts; those in ASCII together, as one text, the others at three times the cost."""
        parts = _parts(texts)
        self._shown = [part.shown for part in parts]
        self._part = np.repeat(np.arange(len(parts)), [len(part.text) for part in parts])
        self._start = np.concatenate([part.start for part in parts])
        self._end = np.concatenate([part.end for part in parts])
        spoken = pa.concat_arrays([part.words for part in parts]).dictionary_encode()
        self.vocabulary: list[str] = spoken.dictionary.to_pylist()
        beginnings = pc.utf8_slice_codeunits(spoken.dictionary, 0, _STEM_CHARS)
        self.cut = beginnings.dictionary_encode().indices.to_numpy().astype(np.int64)
        self.word = spoken.indices.to_numpy().astype(np.int64)
        self.marks = marks_of(self.vocabulary)
        self.sentence_text = np.concatenate([part.text for part in parts])
        length = np.concatenate([part.length for part in parts])
        self.past_word = np.cumsum(length)
        self.first_word = self.past_word - length
        self.word_sentence = np.repeat(np.arange(len(length)), length)
        self.word_text = self.sentence_text[self.word_sentence]
        number = np.bincount(self.sentence_text, minlength=len(texts))
        starts = np.flatnonzero(np.diff(self.sentence_text, prepend=-1))
        self.first_sentence = np.zeros(len(texts), np.int64)
        self.first_sentence[self.sentence_text[starts]] = starts
        self.past_sentence = self.first_sentence + number
        self.word_count = np.bincount(self.word_text, minlength=len(texts))
        of_words = self.marks[self.word]
        none = np.zeros(0, np.uint64)
        self.sentence_marks = (
            np.bitwise_or.reduceat(of_words, self.first_word) if len(length) else none
        )
        self.text_marks = np.zeros(len(texts), np.uint64)
        if len(starts):
            self.text_marks[self.sentence_text[starts]] = np.bitwise_or.reduceat(
                self.sentence_marks, starts
            )

    def sentence(self, at: int) -> str:
        """Return a sentence as it is written."""
        shown: str = self._shown[self._part[at]]
        return shown[self._start[at] : self._end[at]]

    def sentence_words(self, at: int) -> list[str]:
        """Return the words of a sentence in lower case."""
        return self._named(self.first_word[at], self.past_word[at])

    def text_words(self, at: int) -> list[str]:
        """Return the words of a text in lower case."""
        return self._named(*self._of_text(at))

    def distinct_words(self, at: int) -> frozenset[str]:
        """Return the distinct words of a text in lower case."""
        first, past = self._of_text(at)
        places = set(self.word[first:past].tolist())  # numbers are told apart before they are named
        return frozenset(map(self.vocabulary.__getitem__, places))

    def _of_text(self, at: int) -> tuple[int, int]:
        """Return where the words of a text stand."""
        first, past = self.first_sentence[at], self.past_sentence[at]
        return (self.first_word[first], self.past_word[past - 1]) if first < past else (0, 0)

    def _named(self, first: int, past: int) -> list[str]:
        return [self.vocabulary[place] for place in self.word[first:past].tolist()]


def _parts(texts: Sequence[str]) -> list[_Part]:
    """Return texts that one pass can read together, in ASCII and beside its marks, and others."""
    simple: list[int] = []
    marked: list[int] = []
    others: list[int] = []
    for at, text in enumerate(texts):
        is_parted = _TEXT in text or _SENTENCE in text
        kind = others if is_parted else simple if text.isascii() else marked
        kind.append(at)
    for at in [at for at in marked if not plain(texts[at]).isascii()]:
        marked.remove(at)
        others.append(at)
    groups = [_together(texts, group) for group in (simple, marked)]
    return [*groups, _one_by_one(texts, others)]


def _together(texts: Sequence[str], group: list[int]) -> _Part:
    """Return texts parted that are ASCII but for typographic marks: each byte is a character."""
    shown = _TEXT + "".join(f"{texts[at]}{_TEXT}" for at in group)
    raw = plain(shown.replace(_ITEM, _ITEM_STOP)).encode()
    is_word = np.frombuffer(raw.translate(_IS_WORD), np.bool_)
    edges = np.flatnonzero(is_word[1:] != is_word[:-1]) + 1
    starts, ends = edges[::2], edges[1::2]
    past, begin, is_text = _stops(np.frombuffer(raw, np.uint8).copy())
    length = np.diff(np.searchsorted(starts, begin))
    text = np.cumsum(is_text[:-1]) - 1
    held = length > 0
    return _Part(
        shown,
        _strings(raw.translate(_LOWER, _NO_WORD), np.cumsum(ends - starts)),
        np.array(group, np.int64)[text[held]],
        begin[:-1][held],
        past[1:][held],
        length[held],
    )


def _stops(signs: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> tuple[Ints, Ints, Mask]:
    """Return what parts sentences: where each ends, the next one begins, and if a text does.

    signs are changed: what ends a sentence before a space becomes a full stop, as in _split.
    """
    for mark in b"!?":
        found = np.flatnonzero(signs == mark)
        signs[found[signs[found + 1] == _SPACE]] = _FULL_STOP
    lines = np.flatnonzero(signs == _NEWLINE)
    is_stopped = signs[lines - 1] == _FULL_STOP
    signs[lines[is_stopped]] = _SPACE
    lines = lines[~is_stopped]
    dashes: Ints = np.flatnonzero(signs == _DASH)
    before = signs[dashes - 1]
    is_free = ((before == _SPACE) | (before == _NEWLINE)) & (signs[dashes + 1] == _SPACE)
    dashes = _every_other(dashes[is_free])
    is_spaced = signs[dashes - 1] == _SPACE
    signs[dashes[is_spaced] - 1] = _TAKEN
    full = np.flatnonzero(signs == _FULL_STOP)
    full = full[signs[full + 1] == _SPACE]
    parted = np.flatnonzero(signs <= ord(_SENTENCE))
    past = np.concatenate([parted, lines, dashes - is_spaced, full])
    begin = np.concatenate([parted + 1, lines + 1, dashes + 2, full + 2])
    order = np.argsort(past, kind="stable")
    is_text = np.zeros(len(past), np.bool_)
    is_text[: len(parted)] = signs[parted] == ord(_TEXT)
    return past[order], begin[order], is_text[order]


def _every_other(places: Ints) -> Ints:
    """Return places without each second one of those that share a space with the one before."""
    is_first = np.diff(places, prepend=-9) != len(" -")
    at = np.arange(len(places))
    kept: Ints = places[(at - np.maximum.accumulate(np.where(is_first, at, 0))) % 2 == 0]
    return kept


def _strings(joined: bytes, ends: Ints) -> pa.Array:
    """Return the strings that joined consists of, by where each ends."""
    offsets = np.concatenate([[0], ends]).astype(np.int64)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(joined)]
    return pa.Array.from_buffers(pa.large_string(), len(ends), buffers)


def _one_by_one(texts: Sequence[str], group: list[int]) -> _Part:
    shown: list[str] = []
    spoken: list[str] = []
    rows: list[tuple[int, int, int, int]] = []
    start = 0
    for at in group:
        for part in _split(texts[at]):
            own = words(part)
            if own:
                rows.append((at, start, start + len(part), len(own)))
                shown.append(part)
                spoken.extend(own)
                start += len(part)
    columns = np.array(rows, np.int64).reshape(-1, 4).T
    return _Part("".join(shown), pa.array(spoken, pa.large_string()), *columns)


def _split(text: str) -> list[str]:
    for stop in _STOPS:
        text = text.replace(stop, _STOP)
    return text.split(_STOP)
