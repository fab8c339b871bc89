"""Formulas that divide the other way round than the words beside them."""

import re
from itertools import islice

from pipeline.core.stems import stem
from pipeline.quality.reading import Reading
from pipeline.quality.words import STOP_WORDS, words

_SIDE = r"[^.,;:=\n()]{2,80}"
_ENDS = r"(?=[.,;:=\n()]|$)"
_DIVIDES = re.compile(
    rf"\bdivid(?:es?|ing)\s(?P<over>{_SIDE}?)\sby\s(?P<under>{_SIDE}){_ENDS}"
    rf"|\bdivided\sby\s(?P<second>{_SIDE}){_ENDS}",
    re.IGNORECASE,
)
_BEFORE = re.compile(rf"{_SIDE}$")
_FORMULA = re.compile(
    r"=\s?(?:100\s?[*\u00d7x]\s?)?\(?(?P<over>[A-Za-z][\w' -]{1,60}?)\)?\s?[/\u00f7]\s?\(?"
    r"(?P<under>[A-Za-z][\w' -]{1,60})"
    r"|\\frac\{(?:\\text\{)?(?P<top>[\w' -]{2,60})\}{1,2}\{(?:\\text\{)?(?P<bottom>[\w' -]{2,60})\}"
)
_READ_BACK_CHARS, _MOST_READ = 80, 20


def turned_formula(reading: Reading) -> str | None:
    """Return words and a formula that divide the same two things, each the other way round."""
    answer = reading.answer
    formulas = list(islice(_FORMULA.finditer(answer), _MOST_READ))
    for match in islice(_DIVIDES.finditer(answer), _MOST_READ) if formulas else ():
        before = _BEFORE.search(answer[max(0, match.start() - _READ_BACK_CHARS) : match.start()])
        top = _stems(match["over"] or (before[0] if before else ""))
        bottom = _stems(match["under"] or match["second"])
        for formula in formulas:
            over = _stems(formula["over"] or formula["top"])
            under = _stems(formula["under"] or formula["bottom"])
            is_crossed = _alike(over, bottom) and _alike(under, top)
            if is_crossed and not _alike(over, top) and not _alike(under, bottom):
                return f"{match[0].strip()} / {formula[0].strip()}"
    return None


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words(text) if word not in STOP_WORDS)


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Return whether half of the words of the shorter one are the other's."""
    shared = len(one & other)
    return shared > 0 and 2 * shared >= min(len(one), len(other))
