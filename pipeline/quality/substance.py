"""How much of an answer says something that its question does not."""

from functools import cached_property

import numpy as np

from pipeline.quality.marks import BIT
from pipeline.quality.measures import Floats, Pairs
from pipeline.quality.spoken import Ints, Mask

_HEADING_WORDS = 3
_COURTEOUS = frozenset(("certainly", "sure", "absolutely", "okay", "ok", "great", "here", "below"))
_OFFERING = ("i d be happy", "i would be happy", "i ll provide", "i can provide", "i will provide")
_CLOSING_WORDS = 3
_NEW_WORDS = 4
"""Informative words that neither the question nor an earlier sentence has: so many make a sentence
full, fewer a share of one."""

_LOOKED_AT = 8
_EARLY_SENTENCES, _OWN_WORDS = 3, 3
"""The sentences that are first, of those that have so many informative words of their own."""


class Bodies:
    """The sentences of answers between the courtesy they open with and their sources.

    `first` and `past` (exclusive) are where those of each answer stand among the sentences of
    pairs.spoken, `number` how many they are.
    """

    def __init__(self, pairs: Pairs) -> None:
        """Take pairs; they are read once for all measures of their sentences."""
        self.pairs = pairs
        spoken = pairs.spoken
        self.first = spoken.first_sentence[len(pairs) :].copy()
        self.past = spoken.past_sentence[len(pairs) :].copy()
        self._begin_behind_courtesy()
        self._end_before_sources()
        self.number = self.past - self.first

    def _begin_behind_courtesy(self) -> None:
        spoken = self.pairs.spoken
        is_suspect = (spoken.marks[spoken.word[spoken.first_word]] & BIT["courteous"]) != 0
        has_body = np.flatnonzero(self.first < self.past)
        for at in has_body[is_suspect[self.first[has_body]]].tolist():
            while self.first[at] < self.past[at] - 1 and self._is_courtesy(int(self.first[at])):
                self.first[at] += 1

    def _is_courtesy(self, sentence: int) -> bool:
        opening = self.pairs.spoken.sentence_words(sentence)
        return opening[0] in _COURTEOUS or " ".join(opening[:4]).startswith(_OFFERING)

    def _end_before_sources(self) -> None:
        spoken = self.pairs.spoken
        text = spoken.sentence_text - len(self.pairs)
        for at in np.flatnonzero(self.opening("sources", _HEADING_WORDS)).tolist():
            answer = text[at]
            if answer >= 0 and self.first[answer] < at < self.past[answer]:
                length = spoken.past_word[at] - spoken.first_word[at]
                is_heading = length <= _HEADING_WORDS
                if is_heading or spoken.sentence(at).lstrip(" *-#").startswith("Source"):
                    self.past[answer] = at

    def opening(self, mark: str, number: int) -> Mask:
        """Return whether each sentence says a word of a mark among its first ones."""
        spoken = self.pairs.spoken
        found = np.zeros(len(spoken.first_word), np.bool_)
        marked = np.flatnonzero((spoken.marks[spoken.word] & BIT[mark]) != 0)
        sentence = spoken.word_sentence[marked]
        found[sentence[marked - spoken.first_word[sentence] < number]] = True
        return found

    @cached_property
    def sentences(self) -> tuple[Ints, Ints]:
        """The sentences of all bodies in order, as columns of pairs and sentences."""
        pair = np.repeat(np.arange(len(self.pairs)), self.number)
        return pair, np.arange(len(pair)) + np.repeat(
            self.first - np.cumsum(self.number) + self.number, self.number
        )

    @cached_property
    def is_within(self) -> Mask:
        """Whether a sentence belongs to the body of an answer."""
        found = np.zeros(len(self.pairs.spoken.first_word), np.bool_)
        found[self.sentences[1]] = True
        return found

    @cached_property
    def _stems(self) -> Ints:
        """The number of each word's stem in the vocabulary; the highest is of what says nothing."""
        spoken = self.pairs.spoken
        is_empty = (spoken.marks & BIT["empty"]) != 0
        stems: Ints = np.where(is_empty, spoken.cut.max(initial=-1) + 1, spoken.cut)
        return stems

    def _known(self, pair: Ints, word: Ints) -> Mask:
        """Return which stems say nothing beside words that a question says, by pair and stem."""
        known = np.zeros((len(self.pairs), self.pairs.spoken.cut.max(initial=-1) + 2), np.bool_)
        known[pair, self._stems[word]] = True
        known[:, -1] = True
        return known

    def _informative(self, known: Mask, words: Ints) -> tuple[Ints, Ints, Ints]:
        """Return the pairs, sentences and stems of those of words that are not known."""
        pair = self.pairs.spoken.word_text[words] - len(self.pairs)
        stem = self._stems[self.pairs.spoken.word[words]]
        is_new = ~known[pair, stem]
        return pair[is_new], self.pairs.spoken.word_sentence[words[is_new]], stem[is_new]

    @cached_property
    def _words(self) -> Ints:
        """Where the words of bodies stand among those of pairs.spoken."""
        return np.flatnonzero(self.is_within[self.pairs.spoken.word_sentence])

    @cached_property
    def _asked(self) -> tuple[Ints, Ints]:
        """The words of questions, as columns of pairs and places of words."""
        spoken = self.pairs.spoken
        words = np.flatnonzero(spoken.word_text < len(self.pairs))
        return spoken.word_text[words], spoken.word[words]

    def substance(self) -> Floats:
        """Return the mean share of content of the sentences of each answer (0-1).

        A sentence is full where _NEW_WORDS of its words are neither asked, nor filler
        (filler_words.txt), nor said in a sentence before; numbers count. Saying the question
        again in other frames earns nothing, and neither does saying it at length.
        """
        known = self._known(*self._asked)
        pair, sentence, stem = self._informative(known, self._words)
        fresh = sentence[_first_times(pair, stem, known.shape)]
        worth = np.minimum(1.0, np.bincount(fresh, minlength=len(self.is_within)) / _NEW_WORDS)
        worth[self.opening("closing", _CLOSING_WORDS)] = 0.0
        of_pair, of_sentence = self.sentences
        full = np.bincount(of_pair, weights=worth[of_sentence], minlength=len(self.pairs))
        share: Floats = full / np.maximum(1, self.number)
        return share

    def taken_up_early(self) -> Floats:
        """Return the share of asked content words that first sentences take up (0-1), 1 for none.

        Who comes to the point speaks of all that was asked at once. Sentences and headings that
        say the question again and nothing of their own are passed over.
        """
        spoken, pairs = self.pairs.spoken, len(self.pairs)
        is_early = np.zeros(len(self.is_within), np.bool_)
        is_early[self._telling()] = True
        words = np.flatnonzero(is_early[spoken.word_sentence])
        cuts = spoken.cut.max(initial=-1) + 1
        taken = np.zeros((pairs, cuts), np.bool_)
        taken[spoken.word_text[words] - pairs, spoken.cut[spoken.word[words]]] = True
        asked_by, asked = self.pairs.asked_content
        pair, cut = np.divmod(np.unique(asked_by * cuts + spoken.cut[asked]), max(1, cuts))
        number = np.bincount(pair, minlength=pairs)
        found = np.bincount(pair[taken[pair, cut]], minlength=pairs)
        return np.where(number, found / np.maximum(1, number), 1.0)

    def _telling(self) -> Ints:
        """Return the first sentences of each body that have words enough of their own.

        Nearly always they are among the very first, which are looked at before all others.
        """
        known = self._known(*self.pairs.asked_content)
        place = np.arange(len(self.is_within)) - self.first[self._pair_of_sentence]
        first = self._telling_of(known, self._words[(place < _LOOKED_AT)[self._sentence_of_word]])
        found = np.bincount(self._pair_of_sentence[first], minlength=len(self.pairs))
        is_open = (found < _EARLY_SENTENCES) & (self.number > _LOOKED_AT)
        if not is_open.any():
            return first
        is_left = is_open[self._pair_of_sentence]
        rest = self._telling_of(known, self._words[is_left[self._sentence_of_word]])
        return np.concatenate([first[~is_left[first]], rest])

    @cached_property
    def _sentence_of_word(self) -> Ints:
        return self.pairs.spoken.word_sentence[self._words]

    @cached_property
    def _pair_of_sentence(self) -> Ints:
        """The pair of each sentence, of a question too."""
        return self.pairs.spoken.sentence_text % max(1, len(self.pairs))

    def _telling_of(self, known: Mask, words: Ints) -> Ints:
        """Return the first telling sentences of each body among those of words."""
        _, sentence, stem = self._informative(known, words)
        distinct = np.unique(sentence * known.shape[1] + stem) // known.shape[1]
        number = np.bincount(distinct, minlength=len(self.is_within))
        telling = np.flatnonzero(number >= _OWN_WORDS)
        is_start = np.diff(self._pair_of_sentence[telling], prepend=-1) != 0
        rank = np.arange(len(telling)) - np.flatnonzero(is_start)[np.cumsum(is_start) - 1]
        first: Ints = telling[rank < _EARLY_SENTENCES]
        return first


def _first_times(row: Ints, column: Ints, shape: tuple[int, ...]) -> Ints:
    """Return where each pair of row and column stands for the first time."""
    cell, place = row * shape[1] + column, np.arange(len(row), dtype=np.int32)
    first = np.full(shape[0] * shape[1], len(row), np.int32)
    np.minimum.at(first, cell, place)
    return np.flatnonzero(first[cell] == place)
