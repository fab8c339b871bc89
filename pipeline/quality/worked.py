"""Worked numbers, calculated anew from what the answer states."""

import re
from collections.abc import Iterator, Mapping

from pipeline.quality.arithmetic import is_close
from pipeline.quality.expressions import calculated
from pipeline.quality.forms import Averages, Form
from pipeline.quality.reading import Reading

_PARAGRAPHS = re.compile(r"\n\s*\n")
_LIST_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_ROUNDING = 0.01
"""1 %: inputs are stated with fewer digits than they were calculated with."""

SHORT_CHARS = 600
"""What numbers in words come to is read in answers of so many characters at most."""

_AMOUNT = r"[$€£]?(\d[\d,]*(?:\.\d+)?)\s?(?:euros?|dollars?|pounds?|cents?|usd|eur|[$€£])?"
_PRODUCT = re.compile(
    rf"(?<![\d.,])(\d+)\s[A-Za-z]+\s(?:at|for)\s{_AMOUNT}(?:\s(?:each|apiece|per\s\w+))?\s"
    rf"(?:are|is|costs?|makes?|comes?\sto|totals?|equals?|gives?)\s{_AMOUNT}(?![\d%])",
    re.IGNORECASE,
)
_AVERAGED = re.compile(
    r"\b(\d+)[- ](?:day|week|month|hour|period|bar)\s(?:\w+\s)?moving\saverage\b"
    r"[^.;\n\d]{0,40}\b(?:average|mean)\sof\s(?:the\s)?(?:closing\sprices?\s(?:of|over)\s(?:the\s)?)?"
    r"(?:last|past|previous|most\srecent|latest)\s(\d+)\s"
    r"(?:days?|weeks?|months?|hours?|periods?|bars?|closes|closing|prices|values)\b",
    re.IGNORECASE,
)
_SEVERAL = re.compile(r"\d, (?:and )?[$€]?\d[\d.]*(?:, | and )")


def wrong_number(reading: Reading) -> str | None:
    """Return a number of an answer that comes out otherwise, and what it should be.

    Equations of numbers are calculated anew, whatever they are about. Where a paragraph states
    the inputs of one of the subject's forms and its result in words ("a length of 3 m and a width
    of 2 m give an area of 7"), the result is too; a paragraph that states an input twice with two
    values compares cases, and is left alone.
    """
    wrong = next((one for one in reading.equations if not one.is_right), None)
    if wrong is not None:
        return f"{wrong.text}: it is {_shown(wrong.calculated)}"
    if not reading.has_digits:
        return None
    short = _wrong_product(reading) or _other_period(reading) if _is_short(reading) else None
    return short or next(_wrong_forms(reading), None)


def _is_short(reading: Reading) -> bool:
    return len(reading.answer) <= SHORT_CHARS


def _wrong_product(reading: Reading) -> str | None:
    """Return a number of things at a price each whose stated sum is another ("4 at 12 are 58")."""
    for match in _PRODUCT.finditer(reading.answer):
        cost = float(match[1]) * float(match[2].replace(",", ""))
        if not is_close(match[3], cost, _ROUNDING):
            return f"{match[0]}: it is {_shown(cost)}"
    return None


def _other_period(reading: Reading) -> str | None:
    """Return a moving average of so many values that is said to be the mean of another number."""
    match = _AVERAGED.search(reading.answer)
    return match[0] if match and match[1] != match[2] else None


def _wrong_forms(reading: Reading) -> Iterator[str]:
    spoken = reading.distinct_words
    closed, averages = reading.subject.forms
    forms = [form for form in closed if form.words <= spoken]
    if averages and (averages.words.isdisjoint(spoken) or not _SEVERAL.search(reading.answer)):
        averages = None
    if not forms and averages is None:
        return
    for paragraph in _PARAGRAPHS.split(reading.answer):
        if len(_LIST_NUMBER.findall(paragraph)) < 2:  # noqa: PLR2004 - an input and a result
            continue
        if averages is not None:
            yield from _wrong_averages(paragraph, averages)
        for form in forms:
            stated = _only(form.result, paragraph)
            if stated is None:
                continue
            given = {name: _only(pattern, paragraph) for name, pattern in form.inputs.items()}
            if all(given.values()):
                yield from _compared(form, stated, {name: str(given[name]) for name in given})


def _compared(form: Form, stated: str, given: Mapping[str, str]) -> Iterator[str]:
    try:
        found = calculated(form.formula, {name: float(text) for name, text in given.items()})
    except (ArithmeticError, ValueError):
        return
    if not is_close(stated, found, _ROUNDING):
        from_what = ", ".join(f"{name} {text}" for name, text in given.items())
        yield f"{form.name} {stated}: it is {_shown(found)} from {from_what}"


def _wrong_averages(paragraph: str, known: Averages) -> Iterator[str]:
    listed, averages = known.listed.findall(paragraph), known.result.findall(paragraph)
    if len(listed) != 1 or len(averages) != 1:
        return
    closes = [float(number) for number in _LIST_NUMBER.findall(listed[0])]
    periods, kind, stated = averages[0]
    if periods and int(periods) != len(closes):
        return
    weights = range(1, len(closes) + 1) if kind.lower() in known.weighted else [1] * len(closes)
    found = sum(w * close for w, close in zip(weights, closes, strict=True)) / sum(weights)
    if not is_close(stated, found, _ROUNDING):
        yield f"{kind} {stated}: it is {_shown(found)} from {listed[0]}"


def _only(pattern: re.Pattern[str], text: str) -> str | None:
    """Return the one number that text states for a pattern; None for none and for several."""
    found = {match[1].replace(",", "") for match in pattern.finditer(text)}
    return found.pop() if len(found) == 1 else None


def _shown(number: float) -> str:
    return f"{number:.6g}"
