"""Equations of numbers in a text, calculated anew."""

import ast
import math
import operator
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

_SIDE_CHARS = 600
_MOST_NODES = 400
_LARGEST_POWER = 64
_OPERATIONS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_SPELLED = {
    "\u00d7": "*",
    "·": "*",
    "\u2217": "*",
    "÷": "/",
    "\u2212": "-",
    "\u2013": "-",
    "^": "**",
    "[": "(",
    "]": ")",
    "$": "",
    "€": "",
    "%": "",
}
_NORMAL = str.maketrans(_SPELLED)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_TIMES = re.compile(r"(?<=[\d)])\s*[xX]\s*(?=[\d(])")
_EXPRESSION = r"[-\d.()\[\]$€ %+*/^\u00d7\u2217·÷\u2212\u2013,xX]"
_LEFT = re.compile(rf"{_EXPRESSION}{{1,{_SIDE_CHARS}}}$")
_RIGHT = re.compile(rf"^{_EXPRESSION}{{1,{_SIDE_CHARS}}}")
_EQUALS = re.compile(r"(?<![<>=!:~≠+\-*/])(=|≈)(?![=>])")
_URL = re.compile(r"(?:https?://|www\.)\S+")
_FUNCTION = re.compile(
    r"(?:\b(?:ln|log\d*|sqrt|exp|max|min|abs|std|sum|root|floor|ceil|round)|[√Σ∑∏∫])\s*$",
    re.IGNORECASE,
)
_RESULTS = re.compile(r"[=≈]\s*[$€]?\s?[-\u2212]?[$€]?\d")
"""What no equation is without: a sign of equality and a number behind it."""

_BULLET = re.compile(r"^\s*(?:[-*•\u2013]\s+|\d{1,2}[.)]\s+)")
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
_OPERATION = re.compile(r"[\d)%]\s*(?:[-+*/^\u00d7÷·\u2212\u2013]|[xX]\s?[\d(])\s*[\d($]")
_STATED = re.compile(r"\s*[$€]?\s?[-\u2212]?[$€]?\d+(?:,\d{3})*(?:\.\d+)?")
_GOES_ON = re.compile(r"\s?%?\s*[-+\u00d7÷\u2212\u2013]\s*[\d($]|[A-Za-z_(]|\.\d|,\d")
_UNIT = re.compile(
    r"(?<=\d)\s?(kg|g|mg|ml|l|km|cm|mm|m|euros?|dollars?|coins|shares)(?=[\s.,;)]|$)"
)
"""Where a line has one unit alone, it counts for nothing."""

_SCALED = re.compile(r"\s?(?:[kKmMbB]\b|million|billion|trillion|thousand|bps|[eE][-+]?\d|\*|/|\^)")
_TOLERANCE, _ROUGH_TOLERANCE = 0.005, 0.02
_HALF_A_DIGIT = 0.6
_UNITS = (1.0, 100.0, 0.01, 1e3, 1e-3, 1e4, 1e6, 1e-6)
"""A result may be in percent, basis points, thousands or millions of what goes in."""


class Equation(NamedTuple):
    """An equation of numbers as a text states it: its left side, the stated and the true result."""

    text: str
    stated: float
    calculated: float
    is_right: bool


def equations(text: str) -> tuple[Equation, ...]:
    """Return the equations of text that hold numbers alone, each with what it comes to.

    "share = 100 - 100 / (1 + 1.5) = 60" is one, its right end the stated result. A side with a
    name in it is none. The result is right within half of its last digit and half a percent,
    since what goes in is rounded too (two percent behind ≈); a share may be in percent, a price in
    thousands.
    Nothing of text is executed: sides are parsed to a tree of the four operations and powers.
    """
    if not _may_state(text):
        return ()
    return tuple(
        found
        for line in text.splitlines()
        if _may_state(line)
        for found in _of_line(_BULLET.sub("", _URL.sub(" ", line)))
    )


def _may_state(text: str) -> bool:
    """Return whether a number stands behind a sign of equality, or may once a URL is cut out."""
    is_equal = "=" in text or "≈" in text
    return is_equal and bool("://" in text or "www." in text or _RESULTS.search(text))


def value(expression: str) -> float | None:
    """Return what an expression of numbers comes to, None where it is not one."""
    spelled = _TIMES.sub("*", _THOUSANDS.sub("", expression)).translate(_NORMAL).strip()
    if not spelled or "//" in spelled or len(spelled) > 2 * _SIDE_CHARS:
        return None
    try:
        tree = ast.parse(spelled, mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    if sum(1 for _ in ast.walk(tree)) > _MOST_NODES:
        return None
    try:
        found = _calculated(tree.body)
    except (ZeroDivisionError, OverflowError):
        return None
    return found if found is not None and math.isfinite(found) else None


def is_close(stated: str, calculated: float, tolerance: float = _TOLERANCE) -> bool:
    """Return whether a number as it is written is calculated, as exactly as it is written."""
    number = _NUMBER.search(_THOUSANDS.sub("", stated).translate(_NORMAL))
    if number is None:
        return False
    digits = len(number[0].partition(".")[2])
    room = _HALF_A_DIGIT * 10.0**-digits + tolerance * abs(calculated)
    return abs(float(number[0]) - calculated) <= room


def _of_line(line: str) -> Iterator[Equation]:
    if len(set(_UNIT.findall(line))) == 1:
        line = _UNIT.sub("", line)
    parts = _EQUALS.split(line)
    for at in range(0, len(parts) - 2, 2):
        left, sign, right = parts[at : at + 3]
        expression = _left_side(left, is_first=at == 0)
        stated = _right_side(right)
        if expression is None or stated is None:
            continue
        calculated = value(expression)
        if calculated is not None:
            yield _equation(expression, sign, stated, calculated)


def _equation(expression: str, sign: str, stated: str, calculated: float) -> Equation:
    tolerance = _TOLERANCE if sign == "=" else _ROUGH_TOLERANCE
    is_right = any(is_close(stated, calculated * unit, tolerance) for unit in _UNITS)
    number = float(_THOUSANDS.sub("", stated).translate(_NORMAL))
    return Equation(f"{expression.strip()} {sign} {stated.strip()}", number, calculated, is_right)


def _left_side(text: str, *, is_first: bool) -> str | None:
    """Return the expression that a side ends on, None where it is a part of a longer one."""
    match = _LEFT.search(text)
    if match is None or len(match[0]) == _SIDE_CHARS:
        return None
    before, expression = text[: match.start()], match[0]
    lead = expression[: len(expression) - len(expression.lstrip())]
    expression = expression.strip(" ,")
    if _FUNCTION.search(before):
        return None
    is_joined = bool(before) and not lead and before[-1] not in ":;,\"'“(|`"
    begins = expression[:1]
    if is_joined or begins in "+*/^\u00d7÷·xX)%.," or (begins in "-\u2212\u2013" and not is_first):
        return None
    if begins in "-\u2212\u2013" and before.strip():
        return None
    is_whole = _OPERATION.search(expression) and ", " not in expression
    return expression if is_whole else None


def _right_side(text: str) -> str | None:
    """Return the number that a side opens with and that stands alone there."""
    match = _STATED.match(text)
    if match is None or _SCALED.match(text, match.end()):
        return None
    rest = text[match.end() :]
    return None if _GOES_ON.match(rest) else match[0]


def _calculated(node: ast.AST) -> float | None:
    if isinstance(node, ast.Constant):
        number = node.value
        is_number = isinstance(number, int | float) and not isinstance(number, bool)
        return float(str(number)) if is_number else None
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        inner = _calculated(node.operand)
        return inner if inner is None or isinstance(node.op, ast.UAdd) else -inner
    if not isinstance(node, ast.BinOp) or type(node.op) not in _OPERATIONS:
        return None
    left, right = _calculated(node.left), _calculated(node.right)
    if left is None or right is None:
        return None
    if isinstance(node.op, ast.Pow) and (abs(right) > _LARGEST_POWER or left < 0):
        return None
    return _OPERATIONS[type(node.op)](left, right)
