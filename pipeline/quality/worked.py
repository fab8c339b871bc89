"""Worked numbers, calculated anew from what the answer states."""

import re
from collections.abc import Iterator, Mapping

from pipeline.quality.arithmetic import is_close
from pipeline.quality.forms import COMPILED, NUMBER, RESULT, Form
from pipeline.quality.reading import Reading

_PARAGRAPHS = re.compile(r"\n\s*\n")
_LIST_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_ROUNDING = 0.01
"""1 %: inputs are stated with fewer digits than they were calculated with."""

_LIST = r"((?:[$€]?\d+(?:\.\d+)?(?:, and |, | and |; )){2,60}[$€]?\d+(?:\.\d+)?)"


_AVERAGES = frozenset(("sma", "wma", "average"))
_WEIGHTED = ("wma", "weighted moving average")
_CLOSES = re.compile(rf"(?:clos(?:es|ing prices)|prices)[^.\n\d]{{0,40}}{_LIST}", re.IGNORECASE)
_SEVERAL = re.compile(r"\d, (?:and )?[$€]?\d[\d.]*(?:, | and )")
_AVERAGE = re.compile(
    r"(?:(\d+)[- ](?:period|day|hour)s? )?"
    rf"\b(SMA|simple moving average|WMA|weighted moving average){RESULT}{NUMBER}",
    re.IGNORECASE,
)


def wrong_number(reading: Reading) -> str | None:
    """Return a number of an answer that comes out otherwise, and what it should be.

    Equations of numbers are calculated anew, whatever they are about. Where a paragraph states
    the inputs of one of FORMS and its result in words ("an average gain of 1.5 and an average
    loss of 0.5 give an RSI of 60"), the result is too; a paragraph that states an input twice
    with two values compares cases, and is left alone.
    """
    wrong = next((one for one in reading.equations if not one.is_right), None)
    if wrong is not None:
        return f"{wrong.text}: it is {_shown(wrong.calculated)}"
    if not reading.has_digits:
        return None
    return next(_wrong_forms(reading), None)


def _wrong_forms(reading: Reading) -> Iterator[str]:
    spoken = reading.distinct_words
    forms = [one for one in COMPILED if one[0].words <= spoken]
    is_average = not _AVERAGES.isdisjoint(spoken) and _SEVERAL.search(reading.answer) is not None
    if not forms and not is_average:
        return
    for paragraph in _PARAGRAPHS.split(reading.answer):
        if len(_LIST_NUMBER.findall(paragraph)) < 2:  # noqa: PLR2004 - an input and a result
            continue
        if is_average:
            yield from _wrong_averages(paragraph)
        for form, result, inputs in forms:
            stated = _only(result, paragraph)
            if stated is None:
                continue
            given = {name: _only(pattern, paragraph) for name, pattern in inputs.items()}
            if all(given.values()):
                yield from _compared(form, stated, {name: str(given[name]) for name in given})


def _compared(form: Form, stated: str, given: Mapping[str, str]) -> Iterator[str]:
    try:
        calculated = form.formula(**{name: float(text) for name, text in given.items()})
    except ZeroDivisionError:
        return
    if not is_close(stated, calculated, _ROUNDING):
        from_what = ", ".join(f"{name} {text}" for name, text in given.items())
        yield f"{form.name} {stated}: it is {_shown(calculated)} from {from_what}"


def _wrong_averages(paragraph: str) -> Iterator[str]:
    listed, averages = _CLOSES.findall(paragraph), _AVERAGE.findall(paragraph)
    if len(listed) != 1 or len(averages) != 1:
        return
    closes = [float(number) for number in _LIST_NUMBER.findall(listed[0])]
    periods, kind, stated = averages[0]
    if periods and int(periods) != len(closes):
        return
    weights = range(1, len(closes) + 1) if kind.lower() in _WEIGHTED else [1] * len(closes)
    calculated = sum(w * close for w, close in zip(weights, closes, strict=True)) / sum(weights)
    if not is_close(stated, calculated, _ROUNDING):
        yield f"{kind} {stated}: it is {_shown(calculated)} from {listed[0]}"


def _only(pattern: re.Pattern[str], text: str) -> str | None:
    """Return the one number that text states for a pattern; None for none and for several."""
    found = {match[1].replace(",", "") for match in pattern.finditer(text)}
    return found.pop() if len(found) == 1 else None


def _shown(calculated: float) -> str:
    return f"{calculated:.6g}"
