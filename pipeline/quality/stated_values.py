"""Answers that give two numbers for one named thing."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pipeline.core.stems import stem
from pipeline.quality.words import SPELLED_NUMBERS, STOP_WORDS, words

_NUMBER = rf"[$€£]?(?:\d+(?:[.,:]\d+)*|(?:{'|'.join(SPELLED_NUMBERS)})(?=\s))"
_ALONE = (
    r"(?![\w.,:/]{0,9}\d)(?!,?\s(?:and|or|to)\s\S|,\s\S{1,20}\sand\s"
    r"|\s?[-\u2013+*/=\u00d7]\s?[\w(])"
)
_STATES = re.compile(
    rf"(?P<what>(?:[\w'%/-]{{1,30}}\s){{0,8}}?[\w'%/-]{{1,30}})\s"
    rf"(?:is|are|was|lasts?|takes?|costs?|equals?)\s(?:set\s(?:to|at)\s|always\s|exactly\s)?"
    rf"(?P<number>{_NUMBER}){_ALONE}(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_DEFAULT = re.compile(
    r"\bdefault(?:\s(?!of\b|is\b|at\b)[a-z]{1,20})?(?:\sof\s(?!\d)(?:[\w%'-]{1,30}\s){0,4}[\w%'-]{1,30})?"
    rf"\s(?:is|of|at)\s(?P<number>{_NUMBER}){_ALONE}|\s(?P<given>\d{{1,9}})\sby\sdefault\b",
    re.IGNORECASE,
)
_LIMITS = re.compile(
    r"\b(?:if|when|unless|while|whereas|although|though|otherwise|except|or|depend\w*|until|some"
    r"|older|newer|earlier|later|previous\w*|former\w*|another|others?|versions?|instead|now|today"
    r"|example|instance|suppose|say|about|around|roughly|between|than|step|day|then|next)\b",
    re.IGNORECASE,
)
_SCOPES = re.compile(
    r"\W*(?:\w+\s+)?(?:for|in|on|at|with|as|during|under|per|among|by|below|above)\b", re.IGNORECASE
)
_UNIT = re.compile(r"[\s-]{0,2}([a-z]+)", re.IGNORECASE)
_ARTICLES = frozenset(("the", "a", "an", "its", "their", "this", "your", "our"))
_DEFAULTS = ("default",)


class _Value(NamedTuple):
    what: tuple[str, ...]
    number: str
    unit: str
    sentence: str


def two_values(question: str, sentences: Iterable[str]) -> str | None:
    """Return two sentences that give one thing of the question, or one default, two numbers.

    "The period is 14 days" and "the period is 30 days" where the question asks for the period. A
    sentence with a condition, a case or a group of its own ("for members") gives its own number.
    """
    asked = {stem(word) for word in words(question)}
    known: list[_Value] = []
    for value in _values(sentences):
        for other in known:
            is_other = value.what == other.what and value.number != other.number
            if is_other and (value.unit == other.unit or "" in (value.unit, other.unit)):
                return f"{other.sentence} / {value.sentence}"
        if value.what == _DEFAULTS or asked.issuperset(value.what):
            known.append(value)
    return None


def _values(sentences: Iterable[str]) -> Iterator[_Value]:
    for sentence in sentences:
        if _LIMITS.search(sentence):
            continue
        given = _DEFAULT.search(sentence)
        if given:
            yield _Value(_DEFAULTS, _plain(given["number"] or given["given"]), "", sentence)
            continue
        match = _STATES.match(sentence)
        if match is None or _SCOPES.match(match["rest"]):
            continue
        what = tuple(stem(word) for word in words(match["what"]) if word not in _ARTICLES)
        if any(word not in STOP_WORDS for word in what):
            yield _Value(what, _plain(match["number"]), _unit(match["rest"]), sentence)


def _unit(rest: str) -> str:
    """Return the word behind a number, "" for one that names no unit."""
    found = _UNIT.match(rest)
    word = found[1].lower() if found else ""
    return "" if word in STOP_WORDS else stem(word)


def _plain(number: str) -> str:
    return str(SPELLED_NUMBERS.get(number.lower(), number.lstrip("$€£")))
