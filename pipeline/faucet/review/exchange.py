"""A review in an annotation tool: what is open as its JSON, and its JSON with the answers back."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import orjson

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.core.strict_json import BrokenJsonError, strict_json
from pipeline.faucet.review import argilla, label_studio
from pipeline.faucet.review.items import Item
from pipeline.store.atomic import write_bytes

FORMS: dict[str, Callable[[Item], Json]] = {
    "argilla": argilla.record,
    "label-studio": label_studio.task,
}
"""How an item is written for each tool."""

_READERS: tuple[tuple[Callable[[Json], bool], Callable[[Json], Iterator[Json]]], ...] = (
    (argilla.is_record, argilla.answers),
    (label_studio.is_task, label_studio.answers),
)
"""Whose record a JSON object is, and what reads its answers; the first that knows it reads it."""

Answer = tuple[str, Json | str]
"""Where an answer stands, and its cells as texts or what is wrong with it."""


def export_records(items: Iterable[Item], path: Path, form: str) -> int:
    """Write items as a JSON array for a tool, one record each; count them.

    Raises UserError where path exists: it may hold answers that nobody imported yet.
    """
    if path.exists():
        raise UserError(f"{path} exists: import what it holds, or name another file")
    records = [FORMS[form](item) for item in items]
    write_bytes(path, orjson.dumps(records, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    return len(records)


def read_answers(path: Path) -> Iterator[Answer]:
    """Yield every answer of an export of Argilla or Label Studio, whichever it is.

    An open record yields cells without a verdict. Raises UserError where the file is no JSON
    array of records.
    """
    try:
        records = strict_json(path.read_bytes())
    except BrokenJsonError as broken:
        raise UserError(f"{path} line {broken.line}: {broken}") from None
    if not isinstance(records, list):
        raise UserError(f"{path} is no JSON array of records or tasks")
    for number, value in enumerate(records, start=1):
        yield from _answers(f"record {number}", value)


def _answers(place: str, value: object) -> Iterator[Answer]:
    """Yield the answers of one record; what is wrong with it is one of them."""
    if not isinstance(value, dict):
        yield place, "it is no object"
        return
    read = next((answers for is_one, answers in _READERS if is_one(value)), None)
    if read is None:
        yield place, "it is no record of Argilla (fields, responses) and no task of Label Studio"
        return
    try:
        found = list(read(value))
    except (KeyError, TypeError, AttributeError) as fault:
        yield place, f"its answers cannot be read ({type(fault).__name__}: {fault})"[:200]
        return
    for cells in found or [{"verdict": "", "pair_id": ""}]:
        yield place, _as_texts(cells)


def _as_texts(cells: Json) -> Json | str:
    """Return cells that are all texts, when as the book writes a moment; or what is wrong."""
    for name, value in cells.items():
        if not isinstance(value, str):
            return f"{name} is no text"
    return {**cells, "when": _moment(cells.get("when", ""))}


def _moment(text: str) -> str:
    """Return a moment in UTC as the book has it; what is none stays, and is refused by its rule."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return text
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z")
