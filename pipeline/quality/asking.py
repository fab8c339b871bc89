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
_LEAD = re.compile(
    r"^[\W_]*(?:(?:and|so|but|ok|okay|please|hi|hello|q\d*|question|\d{1,4})\b[\s.:,)-]*)*",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"“”][^\"“”]+[\"“”]")
_QUERY = re.compile(r"[\"”]\s+(?:AND|OR)\s+[\"“]|\b(?:AND|OR)\s+[\"“]|[\"”]\s+(?:AND|OR)\b")
_JOINT = re.compile(
    r"""
    \b(?:and|in|for|on)\ (?:its|their|the)\ (?:\w+\ ){0,3}?
        (?:impact|effects?|influence|role|implications?|applications?|relationship|relation|use|integration|potential|importance|significance
        |relevance|contribution|connection|intersection)\b
    | \b(?:the\ )?(?:impact|effects?|influence|role|implications?|applications?|relationship
        |intersection|integration|use|importance|significance|potential)\ (?:of|in|on|for|between
        |with|to)\b
    | \b(?:in\ the\ context\ of|through\ the\ lens\ of|from\ the\ perspective\ of|in\ shaping
        |for\ the\ development\ of|to\ enable|to\ facilitate)\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_UNCHECKABLE = re.compile(
    r"\b(?:case stud\w+|interviews?|expert (?:opinions?|panel|insights?)|quotes?|testimonials?"
    r"|success stor\w+|historical (?:performance|accuracy)|latest research|latest news)\b",
    re.IGNORECASE,
)
"""What only somebody with sources at hand can answer: others invent it."""

_CONTENT_WORDS = re.compile(r"[^\W\d_][\w-]{2,}")
_ROOM_WORDS, _LONG_WORDS = 9, 24
_PHRASE, _QUERIED, _JOINED, _INVITING = 0.6, 0.3, 0.05, 0.4


def kind_of(question: str) -> Kind:
    """Return what a question asks for."""
    asked = _LEAD.sub("", question)
    return next((kind for kind, opening in _OPENED.items() if opening.match(asked)), "phrase")


def well_asked(question: str) -> float:
    """Return how far a question is one that somebody would ask (0-1).

    A sentence that asks is worth 1, a phrase less, a search engine's query ("x" AND "y") least;
    each link to another subject ("and its role in ...") costs, so does a phrase that goes on and
    on, and one that invites invention (interviews, case studies). What the subject is does not
    matter.
    """
    is_asked = kind_of(question) != "phrase" or question.rstrip(" \"'").endswith("?")
    worth = 1.0 if is_asked else _PHRASE
    if _QUERY.search(question) or len(_QUOTED.findall(question)) > 1:
        worth = min(worth, _QUERIED)
    worth -= _JOINED * len(_JOINT.findall(question))
    worth -= _INVITING * (_UNCHECKABLE.search(question) is not None)
    surplus = len(_CONTENT_WORDS.findall(question)) - _ROOM_WORDS
    if surplus > 0 and not is_asked:
        worth -= _PHRASE * surplus / (_LONG_WORDS - _ROOM_WORDS)
    return max(0.0, worth)
