"""One pair, as the rules see it."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from pipeline.quality.arithmetic import Equation, equations
from pipeline.quality.cohesion import LoneSentences
from pipeline.quality.languages import is_foreign
from pipeline.quality.lexicon import Subject
from pipeline.quality.measures import Pairs

_ACRONYM = re.compile(r"\b[A-Z][A-Za-z]?[A-Z0-9]+\b")


class Reading:
    """A pair with the measures that several rules share, each made when it is first asked for.

    `specificity` is the share of the answer's distinct content words that the subject's lexicon
    knows (0-1), `measured_words` their number, `taken_up` the share of the question's content
    words that the answer takes up (0-1), `distinct_share` the share of distinct words among the
    answer's words (0-1), `subject` what is known of the subject.
    """

    def __init__(self, pairs: Pairs, at: int) -> None:
        """Take the pair at a place of pairs, which were measured together."""
        self._pairs, self._at = pairs, at
        self.question, self.answer = pairs.questions[at], pairs.answers[at]
        self.subject: Subject = pairs.subject

    @property
    def specificity(self) -> float:
        """Return the share of the answer's distinct content words that the subject knows."""
        return float(self._pairs.specificity[self._at])

    @property
    def measured_words(self) -> int:
        """Return how many distinct content words the answer says."""
        return int(self._pairs.measured_words[self._at])

    @property
    def taken_up(self) -> float:
        """Return the share of the question's content words that the answer takes up."""
        return float(self._pairs.taken_up[self._at])

    @property
    def distinct_share(self) -> float:
        """Return the share of distinct words among the answer's words."""
        return float(self._pairs.distinct_share[self._at])

    @property
    def answer_word_count(self) -> int:
        """Return how many words the answer says."""
        return int(self._pairs.answer_words[self._at])

    @property
    def question_word_count(self) -> int:
        """Return how many words the question says."""
        return int(self._pairs.question_words[self._at])

    @property
    def is_varied(self) -> bool:
        """Return whether the answer has so many distinct words that it cannot be repetitive."""
        return bool(self._pairs.is_varied[self._at])

    @property
    def repeats(self) -> bool:
        """Return whether sentences that it says again take a good part of the answer."""
        return bool(self._pairs.repeats[self._at])

    @property
    def has_run(self) -> bool:
        """Return whether a word of the answer has a long run of one letter."""
        return bool(self._pairs.answered("run")[self._at])

    @cached_property
    def question_words(self) -> list[str]:
        """The words of the question in lower case, in order and with repeats."""
        return self._pairs.spoken.text_words(self._at)

    @property
    def asked_stems(self) -> list[str]:
        """Return the stems of the question's distinct words that can name a subject."""
        return self._pairs.asked_stems[self._at]

    @cached_property
    def answer_words(self) -> list[str]:
        """The words of the answer in lower case, in order and with repeats."""
        return self._pairs.spoken.text_words(len(self._pairs) + self._at)

    @cached_property
    def is_foreign(self) -> bool:
        """Whether the answer is surely in another language than the subject's."""
        return is_foreign(self.answer, self.answer_words, self.subject.language)

    @cached_property
    def distinct_words(self) -> frozenset[str]:
        """The distinct words of the answer."""
        return self._pairs.spoken.distinct_words(len(self._pairs) + self._at)

    @property
    def lowered(self) -> str:
        """Return the answer in lower case."""
        return self._pairs.lowered[self._at]

    @cached_property
    def asked_of_subject(self) -> frozenset[str]:
        """The question's words that the subject knows, without acronyms that others share."""
        return self.subject.words.intersection(self.question_words) - self.subject.short_words

    @cached_property
    def acronyms(self) -> Mapping[str, tuple[tuple[str, ...], ...]]:
        """The question's acronyms that the plan spells out, and how."""
        known = self.subject.acronyms
        return {word: known[word] for word in _ACRONYM.findall(self.question) if word in known}

    @property
    def parts_apart(self) -> list[LoneSentences]:
        """Return the parts of the answer that share no word with the rest of the pair."""
        return self._pairs.parts_apart.get(self._at, [])

    def words_in(self, part: LoneSentences) -> tuple[list[str], list[str]]:
        """Return the words of a part of the answer, and those of the question and around it."""
        spoken, own = self._pairs.spoken, len(self._pairs) + self._at
        first, past = int(spoken.first_sentence[own]), int(spoken.past_sentence[own])
        inside = range(part.first, part.past)
        others = [*range(first, part.first), *range(part.past, past)]
        spoken_in, spoken_around = (
            [word for at in sentences for word in spoken.sentence_words(at)]
            for sentences in (inside, others)
        )
        return spoken_in, [*self.question_words, *spoken_around]

    def shown(self, part: LoneSentences) -> str:
        """Return a part of the answer as it is written."""
        sentences = (self._pairs.spoken.sentence(at) for at in range(part.first, part.past))
        return ". ".join(map(str.strip, sentences))

    @cached_property
    def equations(self) -> tuple[Equation, ...]:
        """The answer's equations of numbers."""
        return equations(self.answer)

    @cached_property
    def has_digits(self) -> bool:
        """Whether the answer states a number at all."""
        return bool(self._pairs.answered("number")[self._at])


def readings(pairs: Pairs) -> Iterator[Reading]:
    """Yield each of pairs as the rules see it."""
    return (Reading(pairs, at) for at in range(len(pairs)))


def read(question: str, answer: str, subject: Subject) -> Reading:
    """Return one pair as the rules see it, measured against the subject's words."""
    return Reading(Pairs([question], [answer], subject), 0)
