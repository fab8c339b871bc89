"""Every made-up document is read as its golden file says, by the family that its kind names."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from pipeline.core.json_values import pretty
from pipeline.deliveries.families import families, family_of
from pipeline.deliveries.keys import roles_of
from pipeline.deliveries.parsing import parse
from pipeline.deliveries.reading import reading_of
from pipeline.deliveries.records import FamilyReading, Record
from pipeline.deliveries.shapes import SHAPES, shape_of
from tests.deliveries.documents import DOCUMENTS

CALLED = {
    "alpaca": "bare_list",
    "prompt_completion": "json_lines",
    "sharegpt": "conversation",
    "chat_messages": "conversation",
    "claude_export": "conversation",
    "chatgpt_export": "chat_tree",
}
"""What the books call a document, where that is not its own name here."""


def document_of(name: str) -> Any:
    file_name, content = DOCUMENTS[name]
    raw = content if isinstance(content, bytes) else orjson.dumps(content)
    return parse(file_name, raw, max_bytes=100_000)


def reading(name: str) -> FamilyReading:
    found = reading_of(document_of(name))
    assert isinstance(found, FamilyReading)
    return found


def test_every_family_has_a_document_here() -> None:
    """A family that nobody shows a document of is not tested."""
    shown = {family_of(document_of(name)) for name in DOCUMENTS}
    assert {family.NAME for family in families()} == {f.NAME for f in shown if f is not None}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_books_call_a_document_by_its_kind(name: str) -> None:
    """The order of families never lets one read what is another's."""
    assert reading(name).family == CALLED.get(name, name)


@pytest.mark.golden
@pytest.mark.parametrize("name", DOCUMENTS)
def test_reading_is_golden(name: str, golden: Callable[[str, bytes], None]) -> None:
    """Records come with their place, their fields and what encloses them."""
    found = reading(name)
    told = [
        {"pointer": r.pointer, "fields": r.fields, "context": r.context}
        if isinstance(r, Record)
        else {"pointer": r.pointer, "reason": r.reason, "message": r.message, "raw": r.raw}
        for r in found.records
    ]
    books = {"declared": found.declared, "mapping": list(found.mapping)}
    golden(f"families/{name}.json", pretty({**books, "records": told}))


@pytest.mark.parametrize("content", [{}, [], {"questions": [5]}, {"qa_pairs": 5}, 7, "text", None])
def test_what_holds_no_pairs_belongs_to_no_family(content: Any) -> None:
    """A document without records is left to the reason no_pairs."""
    assert family_of(parse("a.json", orjson.dumps(content), max_bytes=1000)) is None


def test_an_object_without_a_key_is_of_no_shape() -> None:
    """No shape need be asked for it: none recognises it."""
    assert shape_of({}) is None
    assert not any(shape.is_such({}, roles_of({})) for shape in SHAPES)
