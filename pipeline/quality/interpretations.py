"""What an answer says that a value means, where it never means that."""

import re

from pipeline.quality.known_senses import Interpretation, Sense

_CLAUSES = re.compile(
    r"""
    [.!?;\n]
    | ,?\ (?:while|whereas|but|although|however|conversely)\b
    | ,\ (?:and\ )?(?=(?:an?|when|if|low|lower|high|higher|negative|positive|decreasing|increasing
        |rising|falling)\b)
    """,
    re.VERBOSE,
)
_ASIDE = re.compile(r"\s?\([^()]*\)")
_TURNS_ROUND = re.compile(
    r"""
    \b(?:reduc\w+|decreas\w+|lower|low|less\w*|declin\w+|fewer|no|not|lack|absence|reliev\w+|eas\w+
        |diminish\w*|weak\w*|fall\w*|drop\w*|minimal|without|rather\ than|limit\w*|alleviat\w+
        |decelerat\w+|mitigat\w+|end|counter\w*|prevent\w*|avoid\w*|during|amid|after|following|because
        |due)\b
    | \bor\W*$
    """,
    re.VERBOSE,
)
_BEFORE_CHARS, _BEHIND_CHARS, _NEAR_CHARS = 25, 90, 40


def misread(sense: Sense, lowered: str) -> str | None:
    """Return the clause of an answer that says of a value what it never means.

    Of each clause that names a value ("net inflows"), the words behind it are read. A clause that
    says both meanings, two values, or a word that turns its sense round ("lower", "without") tells
    nothing; an answer that says the right meaning of the value anywhere is right. Notes in
    parentheses are passed over. lowered is the answer in lower case.
    """
    if not sense.readings or not any(one.value.search(lowered) for one in sense.readings):
        return None
    clauses = _CLAUSES.split(_ASIDE.sub("", lowered))
    return next((found for one in sense.readings if (found := _turned(one, sense, clauses))), None)


def _turned(reading: Interpretation, sense: Sense, clauses: list[str]) -> str | None:
    wrong = None
    for clause in clauses:
        value = reading.value.search(clause)
        if value is None or reading.apart.search(clause) or _names_others(reading, sense, clause):
            continue
        behind = clause[value.end() : value.end() + _BEHIND_CHARS]
        right, never = reading.means.search(behind), reading.never.search(behind)
        found = right or never
        if found is None or (right and never):
            continue
        before = clause[max(0, value.start() - _BEFORE_CHARS) : value.start()]
        near = behind[max(0, found.start() - _NEAR_CHARS) : found.start()]
        if _TURNS_ROUND.search(before) or _TURNS_ROUND.search(near):
            continue
        if right:
            return None
        wrong = wrong or f"{value[0]}{behind[: found.end()]}"
    return wrong


def _names_others(reading: Interpretation, sense: Sense, clause: str) -> bool:
    """Return whether a clause names a value of another reading of the term too."""
    return any(one.value.search(clause) for one in sense.readings if one is not reading)
