"""Questions that ask nothing and name nothing."""

import re

from pipeline.quality.reading import Reading

_LONGEST_CHARS = 200
_NOTHING = re.compile(
    r"""
    \W*
    | \W*(?:q|question|item|no|nr|number|entry|row|id|case|sample|prompt|record)?[\s._\#:-]*
        \d{1,6}\W*
    | (?:https?://|www\.)\S+
    | \W*(?:asdf\w*|qwert\w*|foo|bar|baz|test(?:ing)?|lorem(?:\ ipsum\b.*)?|xxx+|hello|hi|hey|dummy
        |placeholder|null|none|n/?a|undefined|nan|todo|tbd|untitled|question|query|prompt|q|sample)
        (?:\s+(?:asdf\w*|qwert\w*|test(?:ing)?|foo|bar|baz|world|there|question|text|\d+))*\W*
    | \W*(?:many\ )?(?:thanks?|thank\ you|thx|cheers|perfect|awesome|great|nice|cool|got\ it
        |okay|ok)(?:\ (?:so\ much|a\ lot|again|you|job|work|answer|very\ much))?
        (?:\W*|[,.!:;-]\s[^?]{0,80})
    | \W*(?:here(?:['\u2019]s|\ is|\ are)|please\ find|attached\ (?:is|are)|below\ (?:is|are)
        |see\ (?:attached|below)|as\ (?:requested|discussed|promised|agreed))\b[^?]{0,160}
    | \W*(?:i|we)(?:['\u2019]ve|\ have)\ (?:now\ |just\ |already\ )?
        (?:finished|completed|done|updated|written|added|created|attached)\b[^?]{0,160}
    """,
    re.VERBOSE | re.IGNORECASE,
)
_STATES = re.compile(
    r"(?:the|an?|this|these|its|their|when|if|once|although|because|while|there|it|they|in|most|many)\b"
    r"[^?]{20,}[a-z)]\.",
    re.IGNORECASE,
)
"""A sentence that opens as a statement and ends on a full stop; orders open with a verb."""

_FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|can|may|must|does|do|did|takes?|says?|means?|shows?"
    r"|gives?|makes?|becomes?|needs?|rises?|falls?)\b",
    re.IGNORECASE,
)
_ORDERS = re.compile(
    r"\b(?:explain|describe|discuss|compare|define|list|name|give|show|tell|provide|calculate|write"
    r"|how|what|why|which|who|where|whether|outline|summari[sz]e|analy[sz]e|evaluate|identify|find"
    r"|please|suppose|assume|consider|true or false|agree)\b",
    re.IGNORECASE,
)


def asks_nothing(reading: Reading) -> str | None:
    """Return a question that asks nothing and names nothing ("Q12", "Thanks!", an address).

    A statement that ends on a full stop asks nothing either; an order does, and a phrase names
    what is to be told of.
    """
    question = reading.question.strip()
    if len(question) <= _LONGEST_CHARS and _NOTHING.fullmatch(question):
        return question or "(empty)"
    if not question.endswith(".") or _ORDERS.search(question) or question.endswith("etc."):
        return None
    return question if _STATES.fullmatch(question) and _FINITE.search(question) else None
