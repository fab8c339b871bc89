"""What an answer states otherwise than is known of a term: who made it, over which periods."""

import re
from collections.abc import Iterator

from pipeline.quality.known_senses import Sense

_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_SPEAKS_OF_IT = re.compile(
    r"\W*(?:it|they|this|these|(?:the|this)\s(?:indicator|model|metric|oscillator|index|ratio"
    r"|theory|concept|tool|method|measure|formula))\b",
    re.IGNORECASE,
)
"""How a sentence opens that goes on with what was named before."""

_MADE_BY = re.compile(
    r"\b(?:develop|creat|introduc|invent|devis|propos|design|formulat|conceiv|coin)ed"
    r"(?:\sand\s\w+ed)?(?:\sin\s[^.,;]{4,30}?)?\sby\s"
    r"(?:[a-z][\w'\u2019-]*,?\s){0,8}?[\"“]?((?:[A-Z][\w.'\u2019-]*)(?:\s(?:and\s|&\s)?[A-Z][\w.'\u2019-]*){0,4})"
)
_PERIOD = re.compile(r"(?<![\d.,])(\d{1,4})[- ](?:day|week|period)s?\b", re.IGNORECASE)


def misstated(sense: Sense, answer: str) -> str | None:
    """Return the part of an answer that gives a term's maker or periods as others than is known.

    Read are the sentences that name the term or go on with it ("It was developed by ..."). An
    answer that gives a right one anywhere is right, whatever else it names beside it; one that
    gives none says nothing wrong.
    """
    lowered = answer.lower()
    if sense.makers and not any(maker in lowered for maker in sense.makers):
        for sentence in _sentences_on(sense, answer):
            if made := _MADE_BY.search(sentence):
                return made[0]
    if sense.periods and sense.periods.isdisjoint(_PERIOD.findall(answer)):
        for sentence in _sentences_on(sense, answer):
            if period := _PERIOD.search(sentence):
                return period[0]
    return None


def _sentences_on(sense: Sense, answer: str) -> Iterator[str]:
    is_on = False
    for sentence in _SENTENCE.split(answer):
        names_it = sense.names.search(sentence.lower()) is not None
        is_on = names_it or (is_on and _SPEAKS_OF_IT.match(sentence) is not None)
        if is_on:
            yield sentence
