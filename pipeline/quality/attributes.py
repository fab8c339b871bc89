"""What an answer states otherwise than is known of a term: maker, years, periods, bounds."""

import re
from collections.abc import Callable, Iterable, Iterator

from pipeline.quality.known_senses import Sense

_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_SPEAKS_OF_IT = re.compile(
    r"\W*(?:it|they|its\svalues?|this|these|(?:the|this)\s(?:indicator|model|metric|oscillator"
    r"|index|ratio|theory|concept|tool|method|measure|formula))\b",
    re.IGNORECASE,
)
"""How a sentence opens that goes on with what was named before."""

_MADE_STEMS = (
    *("develop", "creat", "introduc", "invent", "devis", "propos", "design", "formulat"),
    *("conceiv", "coin"),
)
_MADE = rf"\b(?:{'|'.join(_MADE_STEMS)})ed(?:\sand\s\w+ed)?"
_MADE_BY = re.compile(
    _MADE + r"(?:\sin\s[^.,;]{4,30}?)?\sby\s(?!\w+ing\b)"
    r"(?:[a-z][\w'\u2019-]*,?\s){0,8}?[\"“]?((?:[A-Z][\w.'\u2019-]*)(?:\s(?:and\s|&\s)?[A-Z][\w.'\u2019-]*){0,4})"
)
_MADE_IN = re.compile(
    _MADE + r"\b[^.;\n]{0,60}?\bin\s(?:the\s)?(?:(?:early|late|mid)[\s-])?((?:1[89]|20)\d\ds?)\b"
)
_PERIOD = re.compile(r"(?<![\d.,])(\d{1,4})[- ](?:day|week|period)s?\b", re.IGNORECASE)
_NUMBER = r"([-\u2212]?\d+(?:\.\d+)?)"
_BOUND_STEMS = ("rang", "oscillat", "fluctuat", "bound", "scale", "swing")
_BOUNDS = re.compile(
    rf"\b(?:{'|'.join(_BOUND_STEMS)})\w*\b[^.;\n\d]{{0,30}}?\b(?:between|from)\s"
    rf"{_NUMBER}%?\s(?:and|to)\s\+?{_NUMBER}(?!\d|\.\d)",
    re.IGNORECASE,
)
_OFTEN = re.compile(
    r"\b(?:typically|usually|generally|historically|normally|commonly|mostly|mainly|often|around"
    r"|about|approximately|recently|tends?)\b",
    re.IGNORECASE,
)
"""Who says where values mostly lie does not say what bounds they have."""

_DECADE_END = "s"


def misstated(sense: Sense, answer: str, lowered: str) -> str | None:
    """Return the part of an answer that states a term's maker, years, periods or bounds wrongly.

    Read are the sentences that name the term or go on with it ("It was developed by ..."). An
    answer that gives a right one anywhere is right, whatever else it names beside it; one that
    gives none says nothing wrong. lowered is the answer in lower case.
    """
    searches = _searches(sense, answer, lowered)
    if not searches:
        return None
    on_it = list(_sentences_on(sense, answer))
    each = (search(sentence) for search in searches for sentence in on_it)
    return next((found for found in each if found), None)


def _searches(sense: Sense, answer: str, lowered: str) -> list[Callable[[str], str | None]]:
    """Return what sentences are looked through for: what is known, stated, and not rightly.

    The whole answer is searched before it is parted into sentences, since few have anything.
    """
    found: list[Callable[[str], str | None]] = []
    if _says(lowered, _MADE_STEMS):
        if sense.makers and not _says(lowered, sense.makers) and _MADE_BY.search(answer):
            found.append(lambda sentence: _text(_MADE_BY.search(sentence)))
        if sense.years and not _says(lowered, sense.years) and _MADE_IN.search(answer):
            found.append(lambda sentence: _other_year(sense, sentence))
    if sense.periods and (stated := _PERIOD.findall(answer)) and sense.periods.isdisjoint(stated):
        found.append(lambda sentence: _text(_PERIOD.search(sentence)))
    if sense.bounds is not None and _says(lowered, _BOUND_STEMS) and _BOUNDS.search(answer):
        found.append(lambda sentence: _other_bounds(sense, sentence))
    return found


def _says(lowered: str, parts: Iterable[str]) -> bool:
    return any(part in lowered for part in parts)


def _text(match: re.Match[str] | None) -> str | None:
    return match[0] if match else None


def _other_year(sense: Sense, sentence: str) -> str | None:
    """Return where a sentence gives a year or decade that holds none of the term's years."""
    made = _MADE_IN.search(sentence)
    if made is None:
        return None
    stated = made[1]
    is_decade = stated.endswith(_DECADE_END)
    is_known = any(
        year.startswith(stated[:3]) if is_decade else year == stated for year in sense.years
    )
    return None if is_known else made[0]


def _other_bounds(sense: Sense, sentence: str) -> str | None:
    """Return where a sentence gives bounds unlike the term's, in units or in percent."""
    stated = _BOUNDS.search(sentence)
    if stated is None or _OFTEN.search(sentence):
        return None
    numbers = tuple(float(number.replace("\u2212", "-")) for number in stated.groups())
    known = sense.bounds or ()
    scales = (known, tuple(100 * bound for bound in known))
    return None if numbers in scales else stated[0]


def _sentences_on(sense: Sense, answer: str) -> Iterator[str]:
    is_on = False
    for sentence in _SENTENCE.split(answer):
        names_it = sense.names.search(sentence.lower()) is not None
        is_on = names_it or (is_on and _SPEAKS_OF_IT.match(sentence) is not None)
        if is_on:
            yield sentence
