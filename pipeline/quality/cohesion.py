"""Parts of an answer that share no word with anything around them.

A text on one subject repeats its words (Hearst 1997). Where sentences that follow each other share
none with the question and with the other sentences, they may be about something else.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from pipeline.quality.marks import BIT
from pipeline.quality.spoken import Mask, Spoken

_BEFORE = -1
"""Where the words of a question stand: before every sentence."""

MOST_RUNS = 8
"""Runs beside each other that are taken together; more are two parts."""

_MOST_WORDS = 300
"""Content words of an answer whose parts are looked at; a longer one is looked at as a whole."""

_NAMES_WORKS = BIT["names sources"] | BIT["et"] | BIT["year"]


class LoneSentences(NamedTuple):
    """Sentences of an answer, from first to past (exclusive), and how many content words they say.

    is_whole tells that they are all of it.
    """

    first: int
    past: int
    words: int
    is_whole: bool


def parts_apart(
    spoken: Spoken, is_read: Mask, fewest_words: int
) -> Mapping[int, list[LoneSentences]]:
    """Return, by pair, the parts of answers that share no word with the rest of their pair.

    spoken has the questions of the pairs, then their answers; is_read says which are looked at.
    Words are told by their first characters; those that name no subject, and lists of works, are
    passed over. A part says fewest_words and more, repeats counted.
    """
    is_content = (spoken.marks & (BIT["stop"] | BIT["empty"] | BIT["number"])) == 0
    pairs = len(is_read)
    pair = spoken.word_text % pairs
    at = np.flatnonzero(is_content[spoken.word] & is_read[pair])
    if not len(at):
        return {}
    cuts = int(spoken.cut.max()) + 1
    place = pair[at] * cuts + spoken.cut[spoken.word[at]]
    is_answer = spoken.word_text[at] >= pairs
    is_asked = np.zeros(pairs * cuts, np.bool_)
    is_asked[place[~is_answer]] = True
    place, sentence = place[is_answer], spoken.word_sentence[at[is_answer]]
    if not len(place):
        return {}
    earliest, latest = np.empty((2, pairs * cuts), np.int64)
    earliest[place[::-1]] = sentence[::-1]
    latest[place] = sentence
    earliest[is_asked] = _BEFORE
    sentences = len(spoken.first_word)
    starts = np.flatnonzero(np.diff(sentence, prepend=-1))
    own = sentence[starts]
    since = np.full(sentences, sentences, np.int64)
    until = np.full(sentences, -1, np.int64)
    since[own] = np.minimum.reduceat(earliest[place], starts)
    until[own] = np.maximum.reduceat(latest[place], starts)
    number = np.bincount(sentence, minlength=sentences)
    is_start = (since == np.arange(sentences)) & (spoken.sentence_text >= pairs)
    found: dict[int, list[LoneSentences]] = {}
    for text in np.unique(spoken.sentence_text[is_start]).tolist():
        first, past = int(spoken.first_sentence[text]), int(spoken.past_sentence[text])
        total = int(number[first:past].sum())
        if total < fewest_words:
            continue
        parts = []
        if since[first:past].min() > _BEFORE:
            parts.append(LoneSentences(first, past, total, is_whole=True))
        if total <= _MOST_WORDS:
            runs = _closed(since[first:past].tolist(), until[first:past].tolist(), first)
            joined = _joined(list(runs), number[first:past].tolist(), first, fewest_words)
            parts.extend(part for part in joined if not _names_works(spoken, part))
        if parts:
            found[text - pairs] = parts
    return found


def _closed(since: list[int], until: list[int], first: int) -> Iterator[tuple[int, int]]:
    """Yield the smallest runs of sentences, past exclusive, whose words stand nowhere else."""
    at = 0
    while at < len(since):
        start, last = at + first, until[at]
        within = at + 1
        is_closed = since[at] == start
        while is_closed and within + first <= last:
            is_closed = since[within] >= start
            last = max(last, until[within])
            within += 1
        if is_closed:
            yield at, within
            at = within
        else:
            at += 1


def _joined(
    runs: list[tuple[int, int]], number: list[int], first: int, fewest: int
) -> Iterator[LoneSentences]:
    """Yield runs, and those beside each other together, that say enough words."""
    total = sum(number)
    for at, (start, _) in enumerate(runs):
        words, past = 0, start
        for own_start, own_past in runs[at : at + MOST_RUNS]:
            if any(number[past:own_start]):
                break
            words += sum(number[own_start:own_past])
            past = own_past
            if fewest <= words < total:
                yield LoneSentences(start + first, past + first, words, is_whole=False)


def _names_works(spoken: Spoken, part: LoneSentences) -> bool:
    marks = np.bitwise_or.reduce(spoken.sentence_marks[part.first : part.past])
    return bool(marks & _NAMES_WORKS)
