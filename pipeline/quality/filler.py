"""Short answers whose sentences say next to nothing."""

import re

from pipeline.quality.reading import Reading
from pipeline.quality.words import empty_words, words

_ENDS = re.compile(r"(?<=[.!?])\s+|\n+")
_STEM_CHARS = 6
FILLER_WORDS = 150
_FEWEST_SENTENCES, _FEWEST_NEW, _NEW_SHARE = 4, 1.8, 0.25
"""New words a sentence: 25 clean short pairs have 2.8 and more, padded ones 1.6 and fewer."""


def filler(reading: Reading) -> str | None:
    """Return the sentence of a short answer that says least, where all say next to nothing.

    Of its sentences the words are counted that neither the question, nor filler_words.txt, nor an
    earlier sentence has. Fewer than _FEWEST_NEW a sentence, and than _NEW_SHARE (0-1) of all its
    words, is an answer that circles; the items of a terse list are short and all new. Answers of
    more than FILLER_WORDS words, or of few sentences, are left to `substance`, a part of the
    score.
    """
    if reading.answer_word_count > FILLER_WORDS:
        return None
    each = ((one, words(one)) for one in _ENDS.split(reading.answer))
    sentences = [(one, spoken) for one, spoken in each if any(map(str.isalpha, spoken))]
    if len(sentences) < _FEWEST_SENTENCES:
        return None
    used = {word[:_STEM_CHARS] for word in reading.question_words}
    new: list[tuple[int, str]] = []
    for sentence, spoken in sentences:
        fresh = {word[:_STEM_CHARS] for word in spoken if word not in empty_words()} - used
        used |= fresh
        new.append((len(fresh), sentence))
    number = sum(fresh for fresh, _ in new)
    if number >= _FEWEST_NEW * len(new) or number >= _NEW_SHARE * reading.answer_word_count:
        return None
    return min(new, key=lambda one: one[0])[1]
