"""Answers that open with yes or no and go on with the opposite."""

import re

from pipeline.core.stems import stem
from pipeline.quality.words import STOP_WORDS, words

OPENS = re.compile(r"[\s*_#>\"']{0,8}(yes|no)\b[\s*_]{0,4}[.,:;!\u2013\u2014-]", re.IGNORECASE)
_ASKS = re.compile(
    r"\W{0,8}(?:is|are|was|were|do|does|did|can|could|should|must|may|will|would|has|have|need)\b",
    re.IGNORECASE,
)
_CLAUSES = re.compile(r"[.!?;,:\u2014]\s|\n|\s(?:and|so|as|since|because|which|where)\s")
_DENIES = re.compile(
    r"\b(?:not|never|cannot|no|nor|neither|without)\b|n['\u2019]t\b", re.IGNORECASE
)
_LIMITS = re.compile(
    r"\b(?:if|when|unless|while|whereas|but|although|though|otherwise|except|or|depend\w*|until"
    r"|only|alone|always|necessarily|just|every|all|exactly|itself|own|directly|however|usually"
    r"|entirely|fully|completely|than|too|guarantee\w*|sometimes|often|some|many|most|can|could"
    r"|may|might|merely|mere|simply|both|from|before|after|with)\b",
    re.IGNORECASE,
)
_FEWEST_WORDS, _MORE_WORDS = 2, 3
_OPENING_CHARS = 600


def turned_round(question: str, answer: str) -> str | None:
    """Return the clause that denies the yes which an answer opens with, or affirms its no.

    The clause says every word of the question that can name a subject, hardly more, and nothing
    that limits it ("only", "always", "if").
    """
    opening = OPENS.match(answer)
    if opening is None or not _ASKS.match(question) or _DENIES.search(question):
        return None
    asked = _stems(question)
    if len(asked) < _FEWEST_WORDS:
        return None
    is_yes = opening[1].lower() == "yes"
    for clause in _CLAUSES.split(answer[opening.end() : _OPENING_CHARS]):
        stated = _stems(clause)
        if not asked <= stated or len(stated) > len(asked) + _MORE_WORDS:
            continue
        if len(_DENIES.findall(clause)) == is_yes and not _LIMITS.search(clause):
            return f"{opening[1]} / {clause.strip()}"
    return None


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words(text) if word not in STOP_WORDS)
