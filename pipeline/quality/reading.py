"""One pair, read once for all rules."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

from pipeline.quality.arithmetic import Equation, equations
from pipeline.quality.lexicon import Subject
from pipeline.quality.substance import Sentence, sentences
from pipeline.quality.words import content_words, words

LONG_WORD_CHARS = 16
"""Hardly a word of English is as long; runs of one letter and credentials are."""

_ACRONYM = re.compile(r"\b[A-Z][A-Za-z]?[A-Z0-9]+\b")
_SUFFIX_CHARS = 3
_STEM_CHARS = 4


@dataclass(frozen=True, slots=True)
class Reading:
    """A pair with the measures that several rules share.

    `question_words` and `answer_words` keep order and repeats. `specificity` is the share of the
    answer's distinct content words that the subject's lexicon knows (0-1), `measured_words` their
    number, `taken_up` the share
    of the question's content words that the answer takes up (0-1), `distinct_share` the share
    of distinct words among the answer's words (0-1), `distinct_words` those words, `long_words`
    those of them that have at least LONG_WORD_CHARS characters, `lowered` the answer in lower
    case, `asked_of_subject` the question's words that the subject knows, without acronyms, which
    other fields share, `acronyms` the question's acronyms that the plan spells out, and how,
    `sentences` those of the answer, `equations` its equations of numbers, `has_digits` whether it
    states a number at all, `subject` what is known of the subject.
    """

    question: str
    answer: str
    question_words: list[str]
    answer_words: list[str]
    specificity: float
    measured_words: int
    taken_up: float
    distinct_share: float
    distinct_words: frozenset[str]
    long_words: tuple[str, ...]
    lowered: str
    asked_of_subject: frozenset[str]
    acronyms: Mapping[str, tuple[tuple[str, ...], ...]]
    sentences: list[Sentence]
    equations: tuple[Equation, ...]
    has_digits: bool
    subject: Subject


def read(question: str, answer: str, subject: Subject) -> Reading:
    """Return a pair as the rules see it, measured against the subject's words.

    Distinct words are counted, not their repeats: an answer earns nothing by saying `rose`
    forty times, and one acronym that another field shares (NPK) does not make a text ours.
    """
    lowered = answer.lower()
    parts = sentences(answer)
    asked, answered = words(question), list(chain.from_iterable(part.words for part in parts))
    distinct = frozenset(answered)
    content = content_words(distinct)
    return Reading(
        question=question,
        answer=answer,
        question_words=asked,
        answer_words=answered,
        specificity=len(content & subject.words) / max(1, len(content)),
        measured_words=len(content),
        taken_up=_taken_up(content_words(frozenset(asked)), distinct, lowered),
        distinct_share=len(distinct) / max(1, len(answered)),
        distinct_words=distinct,
        long_words=tuple(sorted(word for word in distinct if len(word) >= LONG_WORD_CHARS)),
        lowered=lowered,
        asked_of_subject=subject.words.intersection(asked) - subject.short_words,
        acronyms={
            word: subject.acronyms[word]
            for word in _ACRONYM.findall(question)
            if word in subject.acronyms
        },
        sentences=parts,
        equations=equations(answer),
        has_digits=any(word.isdecimal() for word in distinct),
        subject=subject,
    )


def _taken_up(asked: frozenset[str], answered: frozenset[str], lowered: str) -> float:
    """Return the share of asked words that the answer uses, in any inflection; 1 for none."""
    missing = asked - answered
    if not missing:
        return 1.0
    absent = [word for word in missing if _stem(word) not in lowered]
    return 1.0 - len(absent) / len(asked)


def _stem(word: str) -> str:
    return word[: max(_STEM_CHARS, len(word) - _SUFFIX_CHARS)]
