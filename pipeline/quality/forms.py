"""Closed forms of a subject, and the words in which answers state them."""

import ast
import re
from collections.abc import Mapping
from typing import NamedTuple

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.quality.expressions import parsed_formula

NUMBER = r"[$€]?\s?(-?\d+(?:,\d{3})*(?:\.\d+)?)(?![\d.,]*\d|\s?%?\s?[-+*/\u00d7÷]\s?[\d(]|\s+or\b)"
_ABOUT = r"\s*(?:about |approximately |roughly |~)?"
_NOTE = r"(?:\s*\([^)\n]{0,40}\))?\s*"
_VERBS = r"=|≈|is|was|equals|comes to|would be|will be|of"
_IS = rf"{_NOTE}(?:{_VERBS}|:|are|at)?{_ABOUT}"
_RESULT = rf"{_NOTE}(?:value |line |reading )?(?:{_VERBS}|gives){_ABOUT}"
_LIST = r"((?:[$€]?\d+(?:\.\d+)?(?:, and |, | and |; )){2,60}[$€]?\d+(?:\.\d+)?)"
_PATTERN_NAME = re.compile(r"<([a-z][a-z_]*)>")
_FILE = "formulas.json:"


class Form(NamedTuple):
    """A closed form: patterns of its result and of each input, and how it is calculated.

    words are those without which no answer states it, so that most are not searched.
    """

    name: str
    words: frozenset[str]
    result: re.Pattern[str]
    inputs: Mapping[str, re.Pattern[str]]
    formula: ast.expr


class Averages(NamedTuple):
    """Averages of a list of numbers that an answer gives, plain or weighted 1, 2, 3 and so on.

    The pattern of the result has the number of values, the name of the average and the result.
    """

    words: frozenset[str]
    listed: re.Pattern[str]
    result: re.Pattern[str]
    weighted: frozenset[str]


class Forms(NamedTuple):
    """What a subject's worked numbers are calculated anew by."""

    closed: tuple[Form, ...] = ()
    averages: Averages | None = None


def forms_of(formulas: Json) -> Forms:
    """Return the forms that formulas.json states.

    Raises UserError for what is no pattern and no formula of its inputs.
    """
    patterns: Mapping[str, str] = formulas.get("patterns", {})
    listed = formulas.get("formulas", ())
    stated = formulas.get("averages")
    return Forms(
        tuple(_form(one, patterns) for one in listed), _averages(stated) if stated else None
    )


def _form(listed: Json, patterns: Mapping[str, str]) -> Form:
    place = f"{_FILE} formula {listed['name']!r}:"
    inputs = {
        name: _pattern(rf"{_filled(names, patterns)}{_IS}{NUMBER}", f"{place} input {name}")
        for name, names in listed["inputs"].items()
    }
    result = rf"{_filled(listed['result'], patterns)}{_RESULT}{NUMBER}"
    return Form(
        listed["name"],
        frozenset(listed["words"]),
        _pattern(result, f"{place} result"),
        inputs,
        parsed_formula(listed["formula"], set(inputs), place),
    )


def _averages(listed: Json) -> Averages:
    place = f"{_FILE} averages:"
    names = "|".join(map(re.escape, (*listed["simple"], *listed["weighted"])))
    return Averages(
        frozenset(listed["words"]),
        _pattern(rf"(?:{listed['list']})[^.\n\d]{{0,40}}{_LIST}", f"{place} list"),
        _pattern(rf"(?:(\d+)[- ](?:{listed['span']})s? )?\b({names}){_RESULT}{NUMBER}", place),
        frozenset(name.lower() for name in listed["weighted"]),
    )


def _filled(pattern: str, patterns: Mapping[str, str]) -> str:
    """Return a pattern with the named ones that it takes (`<name>`) in their places."""
    return _PATTERN_NAME.sub(lambda match: patterns.get(match[1], match[0]), pattern)


def _pattern(text: str, place: str) -> re.Pattern[str]:
    try:
        return re.compile(text, re.IGNORECASE)
    except re.error as fault:
        raise UserError(f"{place} is no pattern: {fault.msg}") from None
