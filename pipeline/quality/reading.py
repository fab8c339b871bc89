"""One pair, read once for all rules."""

from dataclasses import dataclass

from pipeline.quality.words import content_words, words

LONG_WORD_CHARS = 16
"""Hardly a word of English is as long; runs of one letter and credentials are."""

_SUFFIX_CHARS = 3
_STEM_CHARS = 4


@dataclass(frozen=True, slots=True)
class Reading:
    """A pair with the measures that several rules share.

    `question_words` and `answer_words` keep order and repeats. `specificity` is the share of the
    answer's distinct content words that the domain's lexicon knows (0-1), `taken_up` the share
    of the question's content words that the answer takes up (0-1), `distinct_share` the share
    of distinct words among the answer's words (0-1), `long_words` those of them that have at
    least LONG_WORD_CHARS characters, `lowered` the answer in lower case.
    """

    question: str
    answer: str
    question_words: list[str]
    answer_words: list[str]
    specificity: float
    taken_up: float
    distinct_share: float
    long_words: tuple[str, ...]
    lowered: str


def read(question: str, answer: str, lexicon: frozenset[str]) -> Reading:
    """Return a pair as the rules see it, measured against lexicon (words in lower case).

    Distinct words are counted, not their repeats: an answer earns nothing by saying `bitcoin`
    forty times, and one acronym that another field shares (EMA) does not make a text ours.
    """
    lowered = answer.lower()
    asked, answered = words(question), words(answer)
    distinct = frozenset(answered)
    content = content_words(distinct)
    return Reading(
        question=question,
        answer=answer,
        question_words=asked,
        answer_words=answered,
        specificity=len(content & lexicon) / max(1, len(content)),
        taken_up=_taken_up(content_words(frozenset(asked)), distinct, lowered),
        distinct_share=len(distinct) / max(1, len(answered)),
        long_words=tuple(sorted(word for word in distinct if len(word) >= LONG_WORD_CHARS)),
        lowered=lowered,
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
