"""What rules and scores measure in pairs, of many pairs at once."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from pipeline.quality.cohesion import LoneSentences, parts_apart
from pipeline.quality.lexicon import Subject
from pipeline.quality.marks import BIT
from pipeline.quality.spoken import Ints, Mask, Spoken

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

_SUFFIX_CHARS = 3
_STEM_CHARS = 4
_VARIED_SHARE, _LONGEST_MEAN_CHARS = 0.30, 20


_SENTENCE_WORDS, _REPEATED_PART, _PRIME = 5, 7, 1_000_003
_ZERO, _NINE = b"09"

_LONG_WORDS = 300
FEWEST_APART = 12
"""Content words of a part of an answer that may be about something else; fewer say too little."""


class Digits(NamedTuple):
    """The digits of texts: where they stand among all characters, and in which text.

    Of each and the next one: whether they are neighbours, and the characters behind the one and
    before the other.
    """

    place: Ints
    text: Ints
    is_next: Mask
    behind: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]
    before: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]


class Pairs:
    """Pairs with the measures that several rules share, a column each, against a subject's words.

    Distinct words are counted, not their repeats: an answer earns nothing by saying `rose`
    forty times, and one acronym that another field shares (NPK) does not make a text ours.
    """

    def __init__(self, questions: Sequence[str], answers: Sequence[str], subject: Subject) -> None:
        """Read pairs; what no rule and no part of the score asks for is not measured."""
        self.questions, self.answers, self.subject = questions, answers, subject
        self.spoken = Spoken([*questions, *answers])
        self.is_plain = np.array(
            [asked.isascii() and answer.isascii() for asked, answer in self._texts()], np.bool_
        )
        """Whether a pair is ASCII, of which alone the marks of its words tell what is not in it."""

    def __len__(self) -> int:
        return len(self.answers)

    def _texts(self) -> Iterator[tuple[str, str]]:
        return zip(self.questions, self.answers, strict=True)

    def asked(self, *marks: str) -> Mask:
        """Return whether each question says a word of one of marks (marks.py)."""
        return self._marked(slice(None, len(self)), marks)

    def answered(self, *marks: str) -> Mask:
        """Return whether each answer says a word of one of marks (marks.py)."""
        return self._marked(slice(len(self), None), marks)

    def _marked(self, texts: slice, marks: Sequence[str]) -> Mask:
        bits = np.bitwise_or.reduce([BIT[mark] for mark in marks])
        marked: Mask = (self.spoken.text_marks[texts] & bits) != 0
        return marked

    def says(self, words: Sequence[str]) -> Mask:
        """Return whether each text says each of words, questions before answers: (texts, words)."""
        places = [self._place.get(word) for word in words]
        nowhere = np.zeros(2 * len(self), np.bool_)
        found = [nowhere if place is None else self._says_word[:, place] for place in places]
        return np.array(found, np.bool_).reshape(len(words), 2 * len(self)).T

    @cached_property
    def lowered(self) -> list[str]:
        """The answers in lower case."""
        return [answer.lower() for answer in self.answers]

    @cached_property
    def _place(self) -> dict[str, int]:
        return {word: place for place, word in enumerate(self.spoken.vocabulary)}

    @cached_property
    def digits(self) -> Digits:
        """The digits of questions and answers, which stand beside each other in numbers."""
        texts = [*self.questions, *self.answers]
        raw = np.frombuffer("\0".join(texts).encode("ascii", "replace"), np.uint8)
        place = np.flatnonzero((raw >= _ZERO) & (raw <= _NINE))
        past = np.cumsum(np.fromiter(map(len, texts), np.int64, count=len(texts)) + 1)
        text = np.searchsorted(past, place, side="right")
        behind, before = raw[place[:-1] + 1], raw[place[1:] - 1]
        return Digits(place, text, np.diff(place) == 1, behind, before)

    @cached_property
    def answer_words(self) -> Ints:
        """How many words each answer says."""
        return self.spoken.word_count[len(self) :]

    @cached_property
    def question_words(self) -> Ints:
        """How many words each question says."""
        return self.spoken.word_count[: len(self)]

    @cached_property
    def _says_word(self) -> Mask:
        """Whether each text says each word of the vocabulary, questions before answers."""
        found = np.zeros((2 * len(self), len(self.spoken.vocabulary)), np.bool_)
        found[self.spoken.word_text, self.spoken.word] = True
        return found

    @cached_property
    def _distinct(self) -> tuple[Ints, Ints]:
        """The distinct words of each text, as two columns of texts and places of words."""
        return np.divmod(np.flatnonzero(self._says_word), self._says_word.shape[1])

    @cached_property
    def _is_content(self) -> Mask:
        """Whether a word of the vocabulary can name a subject: no stop word, no bare number."""
        is_content: Mask = (self.spoken.marks & (BIT["stop"] | BIT["bare number"])) == 0
        return is_content

    def _counted(self, is_counted: Mask | None = None) -> Ints:
        """Return how many distinct words each answer says, of those of the vocabulary counted."""
        text, word = self._distinct
        text = text if is_counted is None else text[is_counted[word]]
        return np.bincount(text, minlength=2 * len(self))[len(self) :]

    @cached_property
    def distinct_share(self) -> Floats:
        """The share of distinct words among the answer's words (0-1)."""
        return self._counted() / np.maximum(1, self.answer_words)

    @cached_property
    def is_varied(self) -> Mask:
        """Whether the answer has so many distinct words that it cannot be repetitive.

        It spares 19 of 20 answers the costly measures. Text without spaces has no words to count.
        """
        chars = np.fromiter(map(len, self.answers), np.int64, count=len(self))
        has_spaces = self.answer_words * _LONGEST_MEAN_CHARS >= chars
        return has_spaces & (self.distinct_share > _VARIED_SHARE)

    @cached_property
    def repeats(self) -> Mask:
        """Whether sentences of some words, said before, take a seventh of an answer's words.

        Sentences of a text are taken for the same by their length, their first two words, the one
        in the middle and the last: rules look closer at what is found.
        """
        spoken = self.spoken
        long = np.flatnonzero(
            (spoken.past_word - spoken.first_word >= _SENTENCE_WORDS)
            & (spoken.sentence_text >= len(self))
        )
        first, past = spoken.first_word[long], spoken.past_word[long]
        key = spoken.sentence_text[long]
        for column in (past - first, *(spoken.word[at] for at in (first, first + 1, past - 1))):
            key = key * _PRIME + column
        key = key * _PRIME + spoken.word[(first + past) // 2]
        again = np.delete(np.arange(len(long)), np.unique(key, return_index=True)[1])
        length = (past - first)[again]
        text = spoken.sentence_text[long][again] - len(self)
        repeated_words = np.bincount(text, weights=length, minlength=len(self))
        repeated: Mask = repeated_words * _REPEATED_PART > self.answer_words
        return repeated

    @cached_property
    def parts_apart(self) -> Mapping[int, list[LoneSentences]]:
        """The parts of answers that share no word with the rest of their pair, by pair.

        Of long answers those alone are read that take up no word of their question: in the others
        a part shares a word by chance.
        """
        is_read = (self.answer_words <= _LONG_WORDS) | (self.taken_up == 0.0)
        return parts_apart(self.spoken, is_read, FEWEST_APART)

    @cached_property
    def measured_words(self) -> Ints:
        """How many distinct content words the answer says."""
        return self._counted(self._is_content)

    @cached_property
    def _is_ours(self) -> Mask:
        own = self.subject.words
        return np.array([word in own for word in self.spoken.vocabulary], np.bool_)

    @cached_property
    def specificity(self) -> Floats:
        """The share of the answer's distinct content words that the subject knows (0-1)."""
        known = self._counted(self._is_content & self._is_ours)
        return known / np.maximum(1, self.measured_words)

    @cached_property
    def asked_content(self) -> tuple[Ints, Ints]:
        """The distinct content words of each question, as columns of pairs and places of words."""
        text, word = self._distinct
        is_asked = (text < len(self)) & self._is_content[word]
        return text[is_asked], word[is_asked]

    @cached_property
    def asked_stems(self) -> list[list[str]]:
        """The stems of the distinct content words of each question."""
        found: list[list[str]] = [[] for _ in self.questions]
        pair, word = self.asked_content
        for at, place in zip(pair.tolist(), word.tolist(), strict=True):
            found[at].append(_stem(self.spoken.vocabulary[place]))
        return found

    @cached_property
    def taken_up(self) -> Floats:
        """The share of the question's content words that the answer takes up (0-1).

        In any inflection; 1 where the question has none.
        """
        pair, word = self.asked_content
        number = np.bincount(pair, minlength=len(self))
        is_missing = ~self._says_word[pair + len(self), word]
        absent = np.zeros(len(self), np.int64)
        for at, place in zip(pair[is_missing].tolist(), word[is_missing].tolist(), strict=True):
            absent[at] += _stem(self.spoken.vocabulary[place]) not in self.lowered[at]
        return 1.0 - absent / np.maximum(1, number)


def _stem(word: str) -> str:
    return word[: max(_STEM_CHARS, len(word) - _SUFFIX_CHARS)]
