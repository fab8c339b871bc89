"""JSON and YAML inside other text: in fences with prose around, or as the text's own lines."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

from pipeline.deliveries import json_text, superset, yaml_text
from pipeline.deliveries.records import Refusal

_FENCE = re.compile(
    r"^[ \t]{0,3}(?P<mark>`{3,}+|~{3,4}+(?!~)|~{5,}+(?=[ \t]*+\w))"
    r"[ \t]*+(?P<info>[\w+-]*+)[^\n]*+\n(?P<body>.*?)"
    r"(?:^[ \t]{0,3}(?P=mark)[`~]*+[ \t]*+$|\Z)",
    re.MULTILINE | re.DOTALL,
)
"""A long line of tildes alone is a rule between records, not a fence."""
_MOST_FENCES = 10_000
_DELIMITERS = {"csv": ",", "tsv": "\t"}


def values_in(text: str) -> list[tuple[int, Any]]:
    """Return (offset, value) of the values in a text in which records stand.

    Fences come before the rest: what stands outside of them is prose where they hold records. A
    list that the end of the text cuts off has its whole records, and the refusal of the last one.
    """
    fenced = [found for found in _fenced(text) if _holds(found[1])]
    if fenced:
        return fenced
    plain = [found for found in json_text.values_in(text) if _holds(found[1])]
    if plain:
        return plain
    opening = _first_opening(text)
    if opening is None:
        return []
    value = _value(text[opening:], "")
    return [(opening, value)] if _holds(value) else []


def spans_in(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of the fences of a text."""
    found = zip(range(_MOST_FENCES), _FENCE.finditer(text), strict=False)
    return [match.span() for _, match in found]


def _holds(value: Any) -> bool:
    from pipeline.deliveries.envelopes import holds_records  # noqa: PLC0415 - it reads shapes, which read us

    return holds_records(value)


def _first_opening(text: str) -> int | None:
    match = re.search(r"^[ \t]*(?=[\[{])", text, re.MULTILINE)
    return None if match is None else match.end()


def _fenced(text: str) -> Iterator[tuple[int, Any]]:
    for _, match in zip(range(_MOST_FENCES), _FENCE.finditer(text), strict=False):
        body = match["body"]
        if body.strip():
            value = _value(body, match["info"].lower())
            if value is not None:
                yield match.start("body"), value


def _table(body: str, delimiter: str) -> list[list[str]] | None:
    """Return the rows of a table of delimited texts, None where it is not quoted as one."""
    try:
        rows = list(csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return [row for row in rows if any(row)]


def _value(body: str, info: str) -> Any:
    """Return the value that a text is: JSON, its superset, its lines, cut JSON, YAML, a table."""
    if info in _DELIMITERS:
        return _table(body, _DELIMITERS[info])
    content = body.encode("utf-8", "surrogatepass")
    if info not in ("yaml", "yml"):
        value = json_text.parse_value(content, "")
        if not isinstance(value, Refusal):
            return value
        found = superset.read(body)
        if found is not None:
            return (
                [*found.value, found.cut]
                if found.cut and isinstance(found.value, list)
                else found.value
            )
    if info in ("yaml", "yml") or (not info and "\n" in body and ":" in body):
        value = yaml_text.parse(body)
        return None if isinstance(value, Refusal) else value
    return None
