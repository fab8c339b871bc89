"""Answers that owe the number, the date or the name which their question asks for."""

import re

from pipeline.quality.reading import Reading

_ASKED = re.compile(
    r"""
    (?:^|[.,;:]\s+|\b(?:and|or)\s+)(?:
        how\ (?:much|many|long|often|old|far|tall|high|large|big)\b
            (?![^?]{0,60}\b(?:affects?|influences?|impacts?|helps?|improves?|matters?|differs?)\b)
        | (?:in|since)\ (?:which|what)\ (?:year|month|century)\b
        | what\ (?:percentage|share|year|number|date|time)\b
        | when\ (?:was|were|did)\b
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ASKS_YEAR = re.compile(r"\b(?:in|since)\s(?:which|what)\syear\b", re.IGNORECASE)
_YEAR = re.compile(
    r"\b(?:1[0-9]|20)\d\d|\bcentury|\b\d0s\b|\b(?:year|known|recorded|unclear|documented|disputed)\b"
)
_QUANTITIES = frozenset(
    """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety
    hundred hundreds thousand thousands million millions billion billions dozen dozens half quarter
    quarters third thirds fifth tenth once twice thrice single double triple couple pair several few
    both none nothing never always forever indefinitely unlimited infinite infinitely endless
    permanent permanently lifetime free nobody any anytime every each daily hourly weekly monthly
    quarterly yearly annually annual nightly constantly continuously immediately instantly now today
    yesterday tomorrow soon until till since before after during overnight minute minutes second
    seconds hour hours day days week weeks month months year years decade decades century centuries
    january february march april may june july august september october november december monday
    tuesday wednesday thursday friday saturday sunday spring summer autumn winter depends depending
    vary varies varied variable unknown unclear undisclosed majority minority most all rarely
    seldom sometimes occasionally frequently usually regularly often real-time time times percent
    percentage limited maximum minimum enough sufficient average slightly significantly much many
    little less more fewer considerable substantial small large low high early late recently
    """.split()  # noqa: SIM905 - a page of quotes reads worse
)


def no_amount(reading: Reading) -> str | None:
    """Return the words of a question that ask for an amount or a date which its answer never gives.

    That is an answer without a digit and without any word of quantity, time or degree ("how long
    is it valid?" and a page on how to apply for it); where a year is asked for, one without any.
    """
    asked = _ASKED.search(reading.question)
    if asked is None:
        return None
    if _ASKS_YEAR.search(asked[0]):
        return None if _YEAR.search(reading.lowered) else f"{asked[0]}: {reading.answer}"
    if any(map(str.isdigit, reading.answer)):
        return None
    if not _QUANTITIES.isdisjoint(reading.distinct_words):
        return None
    return f"{asked[0].strip(' ,;:.')}: {reading.answer}"
