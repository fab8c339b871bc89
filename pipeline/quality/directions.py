"""Directions to whoever wrote a pair, left in its text."""

import re

from pipeline.quality.reading import Reading

_OPENS = re.compile(
    r"""
    \W*(?:
        you\ are\ an?\b[^.\n]{3,120}\.\s+(?:your\ (?:task|job|goal|role)|answer|write|explain
            |provide|respond|reply|generate|create|produce|summari[sz]e|give|use|please|do\ not
            |given)\b
        | \#{1,6}\s*(?:system|instructions?|prompt|task)\s*:?\s*\n
        | <?(?:system|user|human|prompt|instructions?)>?\s?:\s
        | (?:question|q|prompt)\s?:\s[^\n]{3,300}\n(?:[^\n]{0,120}\n){0,6}?
            \W*(?:answer|a|response)\s?:
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
OPENING = re.compile(
    r"\W*(?:you|system|instructions?|prompt|task|user|human|question|q)\b", re.IGNORECASE
)
"""How an answer opens that opens with a direction."""

ORDERING = ("question", "q&a", "q & a", "qa")
_DIRECTS = re.compile(
    r"""
    \b(?:respond|reply|answer|output|return)\ (?:only\ |strictly\ |back\ )?(?:in|with|as)
        \ (?:a\ |valid\ |the\ )?(?:single\ )?json\b
    | \b(?:make\ sure|ensure|note)\ (?:that\ )?(?:the|your|each|every)\ (?:answers?|responses?)
        \ (?:is|are|has|have|do|does|contains?|stays?|remains?|should)\b
    | \b(?:the|your|each)\ (?:answers?|responses?)\ (?:should|must|needs?\ to|has\ to|have\ to)
        \ (?:not\ )?(?:be|have|contain|include|exceed|start|begin|end|use|avoid|sound|cite)\b
    | \b(?:do\ not|don['\u2019]t|avoid|never|without)\ (?:mention|say|reveal)(?:ing)?
        \ (?:that\ )?you(?:\ are|['\u2019]re)\ an?\ (?:ai|language|assistant|model)\b
    | \b(?:do\ not|don['\u2019]t)\ (?:include|add|write)\ (?:any\ )?(?:explanations?|preamble
        |markdown|commentary|extra\ text|introductions?|code\ fences)\b
    | \bkeep\ (?:the|your)\ (?:answer|response)\ (?:under|below|within|to|between|short|concise)\b
    | \bwrite\ (?:the|your|an?)\ (?:\w+\ ){0,3}answer
        \ (?:in|of|with|using|to\ the\ (?:following|above))\b
    | \banswer\ the\ (?:following\ )?questions?
        \ (?:below|above|in\ (?:about\ )?\d|using\ (?:only\ )?the\ context)\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ORDERS_PAIRS = re.compile(
    r"""
    \b(?:write|generate|create|produce|compose|draft|make|give\ me|come\ up\ with)\b[^.?\n]{0,40}
        \b(?:questions?(?:[-\ ]and[-\ ]|\s?&\s?|\s?/\s?|-)answers?|q\s?&\s?a|qa)\b
    | \b(?:write|generate|create|produce|compose|draft|come\ up\ with)\ (?:\w+\ ){0,3}
        (?:\d+|ten|five|twenty|several|some|diverse|unique)\ (?:\w+\ ){0,3}questions\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ABOUT_WRITING = re.compile(
    r"\b(?:prompt\w*|language models?|llms?|gpt\w*|chat\w*|assistants?|agents?|apis?|json"
    r"|surveys?|quiz\w*|exams?|essays?|interview\w*|customer|support|tickets?|emails?"
    r"|fine-?tun\w*|datasets?)\b",
    re.IGNORECASE,
)


def direction_residue(reading: Reading) -> str | None:
    """Return the direction to a writer that stands in a pair ("You are an analyst. Answer ...").

    An answer that opens with a role and an order, with the turns of a chat or with the fields of a
    record; one that says how the answer should be; a question that orders questions. Left alone
    are answers to questions about prompts, programs that answer, and surveys.
    """
    asked = reading.question.lower()
    may_order = any(sign in asked for sign in ORDERING)
    ordered = _ORDERS_PAIRS.search(asked) if may_order else None
    if ordered:
        return ordered[0]
    opening = _OPENS.match(reading.answer)
    directed = _DIRECTS.search(reading.answer)
    if (opening is None and directed is None) or _ABOUT_WRITING.search(reading.question):
        return None
    return (
        opening[0].strip() if opening else reading.answer[directed.start() :] if directed else None
    )
