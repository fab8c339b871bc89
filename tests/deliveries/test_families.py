"""Every family reads its golden document and no other's."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from pipeline.core.json_values import pretty
from pipeline.deliveries.families import families, family_of
from pipeline.deliveries.parsing import parse
from pipeline.deliveries.records import Record, Refusal
from tests.deliveries.documents import DOCUMENTS


def document_of(family: str) -> Any:
    name, content = DOCUMENTS[family]
    raw = content if isinstance(content, bytes) else orjson.dumps(content)
    return parse(name, raw, max_bytes=100_000)


def test_every_family_has_a_document_here() -> None:
    """A family that nobody shows a document of is not tested."""
    assert sorted(DOCUMENTS) == [family.NAME for family in families()]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_exactly_one_family_recognises_a_document(name: str) -> None:
    """Sniffs are strict: a document belongs to one family and its reading is no matter of order."""
    assert [f.NAME for f in families() if f.sniff(document_of(name))] == [name]


@pytest.mark.golden
@pytest.mark.parametrize("name", DOCUMENTS)
def test_reading_is_golden(name: str, golden: Callable[[str, bytes], None]) -> None:
    """Records come with their place, their fields and what encloses them."""
    family = family_of(document_of(name))
    assert family is not None
    reading = family.read(document_of(name))
    told = [
        {"pointer": r.pointer, "fields": r.fields, "context": r.context}
        if isinstance(r, Record)
        else {"pointer": r.pointer, "reason": r.reason, "message": r.message, "raw": r.raw}
        for r in reading.records
        if isinstance(r, (Record, Refusal))
    ]
    books = {"declared": reading.declared, "mapping": list(reading.mapping)}
    golden(f"families/{name}.json", pretty({**books, "records": told}))


@pytest.mark.parametrize("content", [{}, [], {"questions": [5]}, {"qa_pairs": 5}, 7, "text", None])
def test_what_holds_no_pairs_belongs_to_no_family(content: Any) -> None:
    """A document without a list of pairs is left to the reason unknown_format."""
    assert family_of(parse("a.json", orjson.dumps(content), max_bytes=1000)) is None
