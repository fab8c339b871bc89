"""Answers that fill space: the measures of Gopher and FineWeb, on lines and word n-grams."""

import re
from collections import Counter
from collections.abc import Sequence

import pyarrow as pa

from pipeline.quality.marks import LONG_RUN
from pipeline.quality.reading import Reading
from pipeline.quality.words import words

_STOPS_RUN = re.compile(r"\.{20,}")
_URL = re.compile(r"(?:https?://|www\.)\S+")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s|(?<=[\u3002\uff01\uff1f])|\n")
_DOTS = "...................."
_REFERENCES_RUN = re.compile(r"(?:\[\d{1,3}\][\s,]*){20,}")
_WORD_RUN = re.compile(r"\b(\w+)(?:\W{1,3}\1\b){7,}", re.IGNORECASE)
SHORT_CHARS = 600
"""Answers of so many characters at most are looked through for a few words said again."""
_LABEL = re.compile(r"^(?:answer|a|response)\s?:\s")
_LINE_CHARS = 20
REFERENCES = 20
_NGRAM_WORDS = 5

# Arrow's own copy of zlib, whose version the lock fixes: the system's may be zlib-ng or Apple's,
# which compress the same text to another size.
_DEFLATE = pa.Codec("gzip", compression_level=1)
_GZIP_BYTES_MORE = 12  # than a zlib stream, whose size the limits are set for


def padding(
    reading: Reading,
    *,
    max_run_share: float,
    min_compression: float,
    min_compressed_chars: float,
    max_repeated_line_share: float,
) -> str | None:
    """Return what an answer is filled up with.

    One of: runs of one letter or of full stops that take more than max_run_share of its
    characters (zeros are left out: addresses and keys have them); lines or sentences said before
    that take more than max_repeated_line_share of its characters; or a compressed size below
    min_compression of its size in bytes (texts of at least min_compressed_chars characters).
    """
    return (
        _filled_by_runs(reading, max_run_share)
        or _filled_by_lines(reading, max_repeated_line_share)
        or _compresses(reading, min_compression, min_compressed_chars)
    )


def repetition(
    reading: Reading, *, max_repeated_ngram_share: float, min_ngram_words: float
) -> str | None:
    """Return the 5-gram said most often where repeats take more than the allowed share of words.

    A word counts once however many repeated 5-grams cover it, and the first time that a 5-gram
    is said counts for nothing. URLs are left out: a list of sources names one site again and
    again. Answers under min_ngram_words words are left alone.
    """
    if reading.answer_word_count < min_ngram_words or reading.is_varied:
        return None
    spoken = words(_URL.sub(" ", reading.answer))
    if repeated_share(spoken) <= max_repeated_ngram_share:
        return None
    grams = Counter(zip(*(spoken[at:] for at in range(_NGRAM_WORDS)), strict=False))
    gram, times = max(grams.items(), key=lambda item: (item[1], item[0]))
    return f"{times} times: {' '.join(gram)}"


def repeated_share(spoken: Sequence[str]) -> float:
    """Return the share of words that stand in a 5-gram said before (0-1)."""
    seen: set[tuple[str, ...]] = set()
    covered = 0
    covered_to = 0
    for at in range(len(spoken) - _NGRAM_WORDS + 1):
        gram = tuple(spoken[at : at + _NGRAM_WORDS])
        if gram in seen:
            covered += at + _NGRAM_WORDS - max(at, covered_to)
            covered_to = at + _NGRAM_WORDS
        seen.add(gram)
    return covered / max(1, len(spoken))


def _filled_by_runs(reading: Reading, max_share: float) -> str | None:
    runs = [match[0] for match in LONG_RUN.finditer(reading.answer)] if reading.has_run else []
    if _DOTS in reading.answer:
        runs += [match[0] for match in _STOPS_RUN.finditer(reading.answer)]
    if len(reading.answer) <= SHORT_CHARS:
        runs += [match[0] for match in _WORD_RUN.finditer(reading.answer)]
    if reading.answer.count("[") >= REFERENCES:
        runs += [match[0] for match in _REFERENCES_RUN.finditer(reading.answer)]
    if not runs:
        return None
    if sum(map(len, runs)) <= max_share * len(reading.answer):
        return None
    return max(runs, key=len)


def _filled_by_lines(reading: Reading, max_share: float) -> str | None:
    if reading.is_varied and not reading.repeats and len(reading.answer) > SHORT_CHARS:
        return None
    lines = reading.answer.splitlines()
    sentences = _SENTENCE_END.split(reading.answer)
    return _repeats(lines, reading, max_share) or _repeats(sentences, reading, max_share)


def _repeats(parts: Sequence[str], reading: Reading, max_share: float) -> str | None:
    """Return the part that fills most, where parts said before take more than max_share."""
    spoken = [_LABEL.sub("", " ".join(part.split()).lower()) for part in parts]
    counted = Counter(part for part in spoken if len(part) >= _LINE_CHARS)
    repeated = sum(len(part) * (times - 1) for part, times in counted.items())
    if repeated <= max_share * len(reading.answer):
        return None
    part, times = max(counted.items(), key=lambda item: ((item[1] - 1) * len(item[0]), item[0]))
    return f"{times} times: {part}"


def _compresses(reading: Reading, min_ratio: float, min_chars: float) -> str | None:
    if len(reading.answer) < min_chars or reading.is_varied:
        return None
    content = reading.answer.encode("utf-8", "surrogatepass")
    ratio = compressed_size(content) / len(content)
    return f"compresses to {ratio:.1%}: {reading.answer}" if ratio < min_ratio else None


def compressed_size(content: bytes) -> int:
    """Return the bytes that content takes as a zlib stream of level 1, on every machine."""
    return len(_DEFLATE.compress(content, asbytes=True)) - _GZIP_BYTES_MORE
