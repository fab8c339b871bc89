"""Large documents are read as small ones are, from their file and not from memory."""

import json
import mmap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.core.validation import Validator
from pipeline.deliveries import content as contents
from pipeline.deliveries.content import is_blank, mapped, windows
from pipeline.deliveries.parsing import parse
from pipeline.deliveries.records import JsonDocument, JsonLines
from pipeline.deliveries.streamed import Items, streamed
from pipeline.plan.indicators import Plan
from tests.conftest import schema
from tests.deliveries.delivered import Delivered, read_delivery
from tests.deliveries.documents import DOCUMENTS
from tests.deliveries.test_reading import HOSTILE

RULES = Validator(schema("delivered_pair"))
WINDOWS = st.sampled_from([4, 7, 64, 1000])
JSON_DOCUMENTS = sorted(
    name for name, (file, _) in DOCUMENTS.items() if file.endswith((".json", ".jsonl"))
)


def raw(content: Any) -> bytes:
    return content if isinstance(content, bytes) else json.dumps(content).encode()


def read(name: str, content: bytes, streamed_from: int) -> Delivered:
    bounds = {"max_bytes": 20_000_000, "streamed_from": streamed_from}
    return read_delivery(name, content, plan=Plan([]), rules=RULES, **bounds)


Small = Callable[[int], None]


@pytest.fixture
def small_windows(monkeypatch: pytest.MonkeyPatch) -> Small:
    """Return what makes windows of that many bytes."""
    return lambda size: monkeypatch.setattr(contents, "WINDOW_BYTES", size)


def alike(name: str, content: bytes) -> None:
    assert read(name, content, 0) == read(name, content, 10**9)


@pytest.mark.parametrize("name", [*DOCUMENTS, *HOSTILE])
def test_a_document_reads_the_same_from_its_file(name: str) -> None:
    """Records, places, reasons, messages and claims do not depend on the size of a delivery."""
    hostile = HOSTILE.get(name)
    file_name, content = hostile[:2] if hostile else DOCUMENTS[name]
    alike(file_name, raw(content))


@given(
    st.sampled_from(JSON_DOCUMENTS),
    WINDOWS,
    st.lists(st.tuples(st.integers(0, 10_000), st.binary(max_size=3)), min_size=1, max_size=3),
)
@example("question_set", 4, [(388, b" ")])
def test_a_damaged_document_is_refused_the_same(
    small_windows: Small, family: str, size: int, changes: list[tuple[int, bytes]]
) -> None:
    """Whatever byte is exchanged wherever a window ends, both readers say the same of it."""
    name, content = DOCUMENTS[family]
    damaged = bytearray(raw(content))
    for place, put in changes:
        damaged[place % len(damaged) : place % len(damaged) + len(put)] = put
    small_windows(size)
    alike(name, bytes(damaged))


ROWS = st.sampled_from(
    [
        '{"instruction": "Why?", "input": "", "output": "So."}',
        '{"instruction": "Why?", "output": "So.", "output": "No."}',
        '{"instruction": "Why?", "instruction": "How?", "input": "x", "output": "So."}',
        '{"question": "Why?", "answer": "So.", "answer": "No."}',
        '{"question": "Why?", "answer": "So.", "notes": [{"a": 1, "a": 2}]}',
        '{"messages": [{"role": "user", "role": "user", "content": "Why?"}]}',
        '{"conversations": [{"from": "human", "value": "Why?", "value": "How?"}]}',
        '{"from": "human", "value": "Why?", "value": "How?"}',
        '{"from": "gpt", "value": "So."}',
        "7",
    ]
)
NAMED = st.sampled_from(["data", "conversations", "notes", "other", "questions", "qa_pairs"])


@given(st.lists(ROWS, min_size=1, max_size=3), st.lists(NAMED, max_size=2), WINDOWS)
def test_rows_that_name_a_key_twice_are_refused_the_same(
    small_windows: Small, rows: list[str], names: list[str], size: int
) -> None:
    """Alone or all of them, in a list by whatever name, from the file or from memory."""
    text = f"[{', '.join(rows)}]"
    for name in names:
        text = f'{{"{name}": {text}}}'
    small_windows(size)
    alike("a.json", text.encode())


FAULTS = [
    b'{"qa_pairs": [1, 2,]}',
    b'{"qa_pairs": [1 2]}',
    b'{"qa_pairs": [1, NaN]}',
    b'{"qa_pairs": [1], }',
    b'{"qa_pairs": [1]} 5',
    b'{"qa_pairs" [1]}',
    b'{"qa_pairs": ["\\ud800"]}',
    b'{"qa_pairs": [1e400]}',
    b'{"qa_pairs": [123456789012345678901234567890]}',
    b'{"qa_pairs": [{"question": "a?", "answer": "b"}',
    b'{"qa_pairs": [{"question": "a?", "answer": "b',
    b'{"qa_pairs": [], "qa_pairs": [{"question": "a?", "answer": "b"}]}',
    b'[{"question": "a?", "answer": "b"}, tru]',
    b"[" * 1020 + b"]" * 1020,
    b'{"qa_pairs": ' + b"[" * 100_000,
]


@pytest.mark.parametrize("content", FAULTS)
@pytest.mark.parametrize("size", [4, 1000])
def test_faults_have_the_place_that_they_have_in_the_whole(
    small_windows: Small, content: bytes, size: int
) -> None:
    """A fault found item by item is told as reading the whole tells it."""
    small_windows(size)
    alike("a.json", content)


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False,
        allow_infinity=False) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=8,
)  # fmt: skip


@given(st.lists(values, max_size=5), WINDOWS, st.booleans())
def test_items_are_the_list(
    small_windows: Small, items: list[Any], size: int, is_indented: bool
) -> None:
    """A list left in its file is as long as the list and holds the same, iterated or indexed."""
    small_windows(size)
    options = orjson.OPT_INDENT_2 if is_indented else 0
    for document in (items, {"a": 1, "qa_pairs": items}):
        found = streamed(orjson.dumps(document, option=options))
        listed = found["qa_pairs"] if isinstance(document, dict) else found
        assert isinstance(listed, Items)
        assert (len(listed), list(listed), list(listed)) == (len(items), items, items)
        assert listed[1:3] == items[1:3]
        assert [listed[place] for place in range(len(items))] == items


def test_lists_and_lines_of_a_large_document_stay_in_its_file(tmp_path: Path) -> None:
    """What a document holds in memory is the way to its records, not the records."""
    pairs = [{"question": f"{n}?", "answer": "b"} for n in range(1000)]
    path = tmp_path / "large.json"
    path.write_bytes(orjson.dumps({"total_pairs": 1000, "qa_pairs": pairs}))
    with mapped(str(path)) as content:
        assert isinstance(content, mmap.mmap)
        document = parse("large.json", content, max_bytes=10**6, streamed_from=1000)
        assert isinstance(document, JsonDocument)
        assert isinstance(document.value["qa_pairs"], Items)
        assert list(document.value["qa_pairs"]) == pairs
    path.write_bytes(b"\n".join(map(orjson.dumps, pairs)))
    with mapped(str(path)) as content:
        lines = parse("large.jsonl", content, max_bytes=10**6, streamed_from=1000)
        assert isinstance(lines, JsonLines)
        assert not isinstance(lines.lines, list)
        assert [value for _, value in lines.lines] == pairs


@given(st.text(), st.integers(4, 20))
def test_windows_are_the_content_cut_between_characters(
    small_windows: Small, text: str, size: int
) -> None:
    """Joined they are the content; each of them is whole characters."""
    small_windows(size)
    content = text.encode("utf-8", "replace")
    found = list(windows(content))
    assert b"".join(window for _, window in found) == content
    assert [window.decode() for _, window in found if not window] == []
    assert is_blank(content) == (not content.strip())


@given(st.binary(max_size=60), st.integers(4, 9))
def test_what_is_no_utf8_is_told_at_its_byte(
    small_windows: Small, content: bytes, size: int
) -> None:
    """The first byte that is no UTF-8 is named wherever a window ends."""
    small_windows(size)
    alike("a.txt", content)
