"""What a question asks for, and whether it is one that somebody would ask."""

import re
from typing import Literal, get_args

Kind = Literal["definition", "number", "yes_no", "comparison", "list", "reason", "way", "phrase"]
PHRASE: Kind = "phrase"
KINDS: tuple[str, ...] = get_args(Kind)
"""Kinds of questions, by the words they open with; a phrase asks nothing."""

_OPENINGS: dict[Kind, str] = {
    "comparison": r"""
        .{0,120}\b(?:differ(?:s|ence|ences|ent)?|compared?\ (?:to|with)|comparison|versus|vs\.?
            |better\ than|rather\ than)\b
    """,
    "number": r"""
        (?:how\ (?:many|much|often|long|large|high|low|far|old)|when|at\ what
            |what\ (?:percentage|share|number|value|time|date|year|period|level))\b
    """,
    "definition": r"""
        what\ (?:is|are|does|do|was|were)\ .{0,80}\b
            (?:means?|stands?\ for|represents?|measures?|tells?|indicates?|signals?|shows?)\b
        | what(?:['\u2019]s|\ is|\ was)\ | who\ | define\b | explain\ what
    """,
    "list": r"(?:which|what\ (?:are|were)|list|name|give)\b",
    "reason": r"(?:why|what\ causes?|what\ makes)\b",
    "yes_no": r"""
        (?:is|are|was|were|do|does|did|can|could|should|would|will|has|have|may|must|am)\b
    """,
    "way": r"""
        (?:how|in\ what\ way|what|where|walk|show|provide|explain|describe|calculate|compute)\b
    """,
}
_OPENED = {
    kind: re.compile(pattern, re.VERBOSE | re.IGNORECASE) for kind, pattern in _OPENINGS.items()
}
_OTHERS = {kind: opening for kind, opening in _OPENED.items() if kind != "comparison"}
_COMPARING = ("differ", "compar", "versus", "vs", "better", "rather")
"""What every comparison holds, in ASCII."""

_LEAD = re.compile(
    r"^[\W_]*(?:(?:and|so|but|ok|okay|please|hi|hello|q\d*|question|\d{1,4})\b[\s.:,)-]*)*",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"“”][^\"“”]+[\"“”]")
_QUERY = re.compile(r"\b(?:AND|OR)\s+[\"“]|[\"”]\s+(?:AND|OR)\b")
_UNCHECKABLE = re.compile(
    r"\b(?:case stud\w+|interviews?|expert (?:opinions?|panel|insights?)|quotes?|testimonials?"
    r"|success stor\w+|historical (?:performance|accuracy)|latest research|latest news)\b",
    re.IGNORECASE,
)
_UNCHECKED = ("stud", "interview", "expert", "quote", "testimonial", "stor", "latest")
"""What only somebody with sources at hand can answer: others invent it."""

_PHRASE, _QUOTED_PART, _INVITING = 0.8, 0.3, 0.3


def kind_of(question: str) -> Kind:
    """Return what a question asks for."""
    lead = _LEAD.match(question)
    asked = question[lead.end() :] if lead else question
    openings = _OPENED if _may_compare(asked) else _OTHERS
    return next((kind for kind, opening in openings.items() if opening.match(asked)), "phrase")


def _may_compare(asked: str) -> bool:
    lowered = asked.lower()
    return not asked.isascii() or any(word in lowered for word in _COMPARING)


def asks(question: str, kind: Kind | None = None) -> bool:
    """Return whether a question asks: by the words that it opens with, or by its mark.

    kind is what it asks for, where that is known already.
    """
    return (kind or kind_of(question)) != PHRASE or question.rstrip(" \"'").endswith("?")


def well_asked(question: str, kind: Kind | None = None) -> float:
    """Return how far a question is one that somebody would ask (0-1).

    A sentence that asks is worth 1, a phrase less, and least a search engine's query, which puts
    a part of itself in quotation marks ("x" AND "y", "x" in gardens). What invites invention
    (interviews, case studies) costs both. What the subject is does not matter; what a whole base
    attaches to its questions is counted there (attached.py). kind is what it asks for, where that
    is known already.
    """
    worth = 1.0
    if not asks(question, kind):
        is_query = _QUERY.search(question) is not None or _quotes_a_part(question)
        worth = _PHRASE - _QUOTED_PART * is_query
    worth -= _INVITING * _is_uncheckable(question)
    return max(0.0, worth)


def _is_uncheckable(question: str) -> bool:
    lowered = question.lower()
    is_suspect = not question.isascii() or any(word in lowered for word in _UNCHECKED)
    return is_suspect and _UNCHECKABLE.search(question) is not None


def _quotes_a_part(question: str) -> bool:
    """Return whether a part stands in quotation marks; a question wholly in them has none."""
    quoted = _QUOTED.search(question)
    return quoted is not None and quoted[0] != question.strip()
