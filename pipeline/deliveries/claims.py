"""What a delivery says that it holds, in words or in numbers, whether or not it holds it."""

import re
from collections.abc import Iterator
from typing import Any

from pipeline.deliveries import envelopes, keys
from pipeline.deliveries.records import Document, JsonDocument, JsonLines, TextDocument
from pipeline.deliveries.streamed import is_list

_CLAIM = re.compile(
    r"(?:Q\s?&\s?A|Question[- ](?:and[- ])?Answer) Pairs[ \w]{0,30}"
    r"(?::|\x1b\[[\d;]*m|\*\*|[ \t]){1,6}([\d,]{1,12})\b",
    re.IGNORECASE,
)
_MOST_VALUES = 100_000
_END = object()


def declared(document: Document) -> int | None:
    """Return how many pairs a delivery claims to hold, None where it claims none."""
    if isinstance(document, JsonDocument) and isinstance(document.value, dict):
        return envelopes.declared_count(document.value)
    return declared_in(document.head) if isinstance(document, TextDocument) else None


def declared_in(text: str) -> int | None:
    """Return the first count that a text gives as its "Q&A pairs", None where it gives none."""
    match = _CLAIM.search(text)
    digits = match[1].replace(",", "") if match else ""
    return int(digits) if digits else None


def may_hold_pairs(document: Document) -> bool:
    """Return whether a delivery that no family reads could hold pairs all the same.

    A text does not: every text with questions and answers that are marked as such is read. JSON
    does where any object in it has a question, or where it is too large to look through.
    """
    if isinstance(document, TextDocument):
        return False
    if isinstance(document, JsonDocument):
        return _has_question(iter([document.value]))
    return not isinstance(document, JsonLines) or _has_question(
        value for _, value in document.lines
    )


def _has_question(values: Iterator[Any]) -> bool:
    """Return whether an object has a question, or there are more values than are looked at."""
    open_lists = [values]
    for _ in range(_MOST_VALUES):
        while open_lists and (value := next(open_lists[-1], _END)) is _END:
            open_lists.pop()
        if not open_lists:
            return False
        if isinstance(value, dict):
            if envelopes.has_field(value, keys.QUESTION):
                return True
            open_lists.append(iter(value.values()))
        elif is_list(value):
            open_lists.append(iter(value))
    return True
