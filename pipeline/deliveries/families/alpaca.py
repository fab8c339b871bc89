"""Alpaca and its kin: {instruction, input, output}; Dolly: {instruction, context, response}."""

from collections.abc import Iterator
from typing import Any

from pipeline.deliveries import rows
from pipeline.deliveries.records import Document, Reading, Record

NAME = "alpaca"

_INPUTS = ("input", "context")
_OUTPUTS = ("output", "response")


def sniff(document: Document) -> bool:
    """Return whether document is rows with an instruction and an output, and no question."""
    return rows.are_rows(document, _is_instruction)


def read(document: Document) -> Reading:
    """Return one record per row; an input that is not empty follows the instruction.

    Where they are joined, the record keeps both as delivered.
    """
    note = ("answer <- output or response", "question <- instruction + input or context")
    return Reading(rows.each_mapped(document, _mapped), None, {}, note)


def _is_instruction(row: dict[str, Any]) -> bool:
    return "instruction" in row and any(key in row for key in _OUTPUTS)


def _mapped(place: str, row: dict[str, Any]) -> Iterator[Record]:
    fields = rows.without(row, "instruction", *_OUTPUTS)
    answers = [row[key] for key in _OUTPUTS if key in row]
    inputs = [row[key] for key in _INPUTS if isinstance(row.get(key), str) and row[key].strip()]
    fields["question"] = row.get("instruction")
    if inputs and isinstance(row.get("instruction"), str):
        fields["instruction"] = row["instruction"]
        fields["question"] = "\n\n".join((row["instruction"], *inputs))
    yield Record(place, {**fields, **({"answer": answers[0]} if answers else {})})
