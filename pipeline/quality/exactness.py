"""How exact an answer is: formulas, levels, readings, definitions, numbers, limits, cases."""

import re
from itertools import chain
from typing import NamedTuple

from pipeline.quality.substance import Sentence

_DEFINES = re.compile(
    r"""
    \b(?:is|are)\ (?:an?|the)\b | \brefers?\ to\b | \bstands?\ for\b | \bmeans?\b(?!\ of)
    | \bmeasures?\b | \bis\ (?:defined|calculated|computed|obtained|derived)\b | \bdefined\ as\b
    | \b(?:consists?|composed)\ of\b | \bequals\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_FORMULA = re.compile(
    r"[\w)\]}%]\s?[=≈]\s?(?!(?:True|False|None)\b)[\w(\\$-]|\b(?:divided|multiplied)\ by\b"
    r"|\bdivid(?:es?|ing)\b[^.\n]{0,60}\bby\b|[∑Σ√]|\s[\u00d7÷]\s"
)
_URL = re.compile(r"\S*(?:://|www\.)\S*")
_CONDITIONS = frozenset(("when", "if", "above", "below", "over", "under"))
_READING = re.compile(
    r"""
    \b(?:when|if)\b[^.\n]{0,80}\b(?:above|below|crosses|exceeds|rises|falls|high|low|greater|less
        |increases|decreases)\b
    | \b(?:above|below|over|under)\s+[\d$€]
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LEVEL = re.compile(
    r"\b(?:above|below|exceeds?|(?:greater|less|higher|lower)\s+than)\s+(?:an?\s)?[-+$€]?\d"
    r"|[<>≥≤]\s?[-+$€]?\d",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_LIMITS = frozenset(
    """
    limitation limitations drawback drawbacks shortcoming shortcomings caveat caveats whipsaw
    whipsaws lagging lag lags unreliable inaccurate misleading mislead misleads fails fail cannot
    unless except weakness weaknesses tradeoff tradeoffs
    """.split()  # noqa: SIM905 - a page of quotes reads worse
)
_CASES = frozenset(("example", "instance", "suppose", "eg"))
_DEFINING_SENTENCES = 3
_ENOUGH_READINGS, _ENOUGH_SHARE = 4, 0.3
_WORTH = {
    "formulas": 0.45,
    "levels": 0.25,
    "readings": 0.1,
    "defines": 0.05,
    "numbers": 0.05,
    "limits": 0.05,
    "cases": 0.05,
}
"""What each is worth: a formula or a level can be checked, the others help."""


class Exactness(NamedTuple):
    """What an answer states exactly, each as a share of what is enough (0-1)."""

    formulas: float
    levels: float
    readings: float
    defines: float
    numbers: float
    limits: float
    cases: float


def exactness(parts: list[Sentence]) -> Exactness:
    """Return what the sentences of an answer state exactly.

    One formula is enough, so is a level in numbers ("above 70"), a definition near the beginning,
    a limit, a case. Readings are
    conditions with a consequence ("when it crosses above 70, ..."): four are enough, or three in
    ten of a short answer's sentences. Numbers are a share of its sentences, so that more of the
    same earns nothing. A year alone is no number.
    """
    number = max(1, len(parts))
    spoken = frozenset(chain.from_iterable(part.words for part in parts))
    readings = 0 if _CONDITIONS.isdisjoint(spoken) else sum(map(_states_reading, parts))
    return Exactness(
        formulas=float(any(map(_states_formula, parts))),
        levels=float(any(map(_states_level, parts))),
        readings=min(1.0, max(readings / _ENOUGH_READINGS, readings / number / _ENOUGH_SHARE)),
        defines=float(any(_DEFINES.search(part.text) for part in parts[:_DEFINING_SENTENCES])),
        numbers=min(1.0, sum(map(_states_number, parts)) / number / _ENOUGH_SHARE),
        limits=float(not _LIMITS.isdisjoint(spoken)),
        cases=float(not _CASES.isdisjoint(spoken)),
    )


def worth(exact: Exactness) -> float:
    """Return what is exact of an answer as one number (0-1)."""
    got: float = sum(share * _WORTH[name] for name, share in exact._asdict().items())
    return min(1.0, got)


def _states_reading(part: Sentence) -> bool:
    is_suspect = not _CONDITIONS.isdisjoint(part.words)
    return is_suspect and _READING.search(part.text) is not None


def _states_formula(part: Sentence) -> bool:
    text = part.text
    is_suspect = "=" in text or "divid" in text or "multiplied" in text or not text.isascii()
    return is_suspect and _FORMULA.search(_URL.sub("", text)) is not None


def _states_level(part: Sentence) -> bool:
    return _DIGIT.search(part.text) is not None and _LEVEL.search(part.text) is not None


def _states_number(part: Sentence) -> bool:
    if _DIGIT.search(part.text) is None:
        return False
    return any(word[0].isdigit() and not _is_year(word) for word in part.words[1:])


def _is_year(word: str) -> bool:
    return len(word) == 4 and word[:2] in ("19", "20") and word.isdecimal()  # noqa: PLR2004
