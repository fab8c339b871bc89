"""Rows of a prompt and its completion (or response, output, chosen answer)."""

from collections.abc import Iterator
from typing import Any

from pipeline.deliveries import rows
from pipeline.deliveries.records import Document, Reading, Record

NAME = "prompt_completion"

_PROMPTS = ("prompt", "input")
_COMPLETIONS = ("completion", "response", "output", "chosen")


def sniff(document: Document) -> bool:
    """Return whether document is rows of text with a prompt and a completion, and no question."""
    return rows.are_rows(document, _is_prompt)


def read(document: Document) -> Reading:
    """Return one record per row."""
    note = ("answer <- completion, response, output or chosen", "question <- prompt or input")
    return Reading(rows.each_mapped(document, _mapped), None, {}, note)


def _is_prompt(row: dict[str, Any]) -> bool:
    return "instruction" not in row and _text(row, _PROMPTS) and _text(row, _COMPLETIONS)


def _text(row: dict[str, Any], names: tuple[str, ...]) -> bool:
    return any(isinstance(row.get(name), str) for name in names)


def _mapped(place: str, row: dict[str, Any]) -> Iterator[Record]:
    prompt = next((name for name in _PROMPTS if name in row), "")
    completion = next((name for name in _COMPLETIONS if name in row), "")
    fields = rows.without(row, prompt, completion)
    yield Record(place, {**fields, "question": row.get(prompt), "answer": row.get(completion)})
