"""Every family reads its golden document and no other's."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from pipeline.core.json_values import pretty
from pipeline.deliveries.families import families, family_of
from pipeline.deliveries.parsing import parse
from pipeline.deliveries.records import Record, Refusal

DOCUMENTS: dict[str, tuple[str, Any]] = {
    "pair_list": (
        "rsi.json",
        {
            "indicator_name": "RSI",
            "total_pairs": 3,
            "qa_pairs": [
                {"question": "What is RSI?", "answer": "An oscillator."},
                "stray",
                {"Q": "?"},
            ],
        },
    ),
    "nested_lists": (
        "groups.json",
        {
            "session_number": 7,
            "qa_pairs": [
                {"indicator": "ATR", "questions_answers": [{"question": "a?", "answer": "b"}]},
                {"question": "stray?", "answer": "pair"},
                None,
            ],
        },
    ),
    "sessions": (
        "sessions.json",
        {
            "metadata": {"total_pairs": 2},
            "sessions": [
                {"session": 101, "topic": "bridges", "pairs": [{"question": "a?", "answer": "b"}]},
                {"session": 102, "topic": "vaults", "qa_pairs": []},
            ],
        },
    ),
    "bare_list": ("list.json", [{"question": "a?", "answer": "b"}, 5]),
    "single_pair": ("one.json", {"question": "a?", "answer": "b", "topic": "x"}),
    "json_lines": (
        "lines.jsonl",
        b'{"question": "a?", "answer": "b"}\n[1]\n{"broken"\n',
    ),
}


def document_of(family: str) -> Any:
    name, content = DOCUMENTS[family]
    raw = content if isinstance(content, bytes) else orjson.dumps(content)
    return parse(name, raw, max_bytes=10_000)


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
    golden(f"families/{name}.json", pretty({"declared": reading.declared, "records": told}))


@pytest.mark.parametrize(
    "content", [{}, [], {"questions": ["a?"]}, {"qa_pairs": 5}, 7, "text", None]
)
def test_what_holds_no_pairs_belongs_to_no_family(content: Any) -> None:
    """A document without a list of pairs is left to the reason unknown_format."""
    assert family_of(parse("a.json", orjson.dumps(content), max_bytes=1000)) is None  # type: ignore[arg-type]
