"""Strict parsing: what is not exactly JSON is refused with its place; nothing raises."""

import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.deliveries.parsing import parse
from pipeline.deliveries.records import Document, Duplicated, JsonDocument, JsonLines, Refusal

LIMIT = 10_000_000


def read(content: bytes, name: str = "a.json") -> Document | Refusal:
    return parse(name, content, max_bytes=LIMIT)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty_file"),
        (b" \n\t", "empty_file"),
        (b'{"a": 1', "invalid_json"),
        (b'{"a": NaN}', "invalid_json"),
        (b'{"a": Infinity}', "invalid_json"),
        (b"{'a': 1}", "invalid_json"),
        (b'{"a": 1,}', "invalid_json"),
        (b'["a\x00b"]', "invalid_json"),
        (b'{"a": "\xff"}', "not_utf8"),
        ('{"a": 1}'.encode("utf-16"), "not_utf8"),
        (b'{"a": ' + b"8" * 80 + b"}", "number_out_of_range"),
        (b'{"a": 1e400}', "number_out_of_range"),
        (b"[" * 100_000, "too_deep"),
        (b"[" * 1010 + b"]" * 1010, "too_deep"),
        (b'["' + b"x" * LIMIT + b'"]', "too_large"),
        (b"<html>", "invalid_json"),
    ],
)
def test_what_is_no_json_is_refused_with_its_reason(content: bytes, reason: str) -> None:
    """Each kind of broken file has one reason code and one short sentence."""
    refusal = read(content)
    assert isinstance(refusal, Refusal)
    assert refusal.reason == reason
    assert 0 < len(refusal.message) <= 200
    assert "\n" not in refusal.message


def test_prose_is_an_unknown_format_and_no_broken_json() -> None:
    """A file that never meant to be JSON is not blamed for its commas."""
    refusal = read(b"Session complete.", "claim.txt")
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "unknown_format"


def test_utf8_with_a_byte_order_mark_is_utf8() -> None:
    """The mark that Windows editors write is no fault."""
    assert read(b'\xef\xbb\xbf{"a": 1}') == JsonDocument({"a": 1})


def test_a_key_named_twice_is_marked_where_it_stands() -> None:
    """The object that would lose a value says so; its neighbours are untouched."""
    document = read(b'{"list": [{"q": 1, "q": 2}, {"q": 3}]}')
    assert isinstance(document, JsonDocument)
    first, second = document.value["list"]
    assert isinstance(first, Duplicated)
    assert first.twice == "q"
    assert not isinstance(second, Duplicated)


def test_a_broken_line_stops_no_other_line() -> None:
    """JSONL is refused line by line, and the refused line is kept whole."""
    document = read(b'{"a": 1}\n{"b": \n\n{"c": "\xe2\x80\xa8"}\r\n', "a.jsonl")
    assert isinstance(document, JsonLines)
    numbers, values = zip(*document.lines, strict=True)
    assert numbers == (1, 2, 4)
    assert values[0] == {"a": 1}
    assert values[2] == {"c": "\u2028"}
    assert isinstance(values[1], Refusal)
    assert (values[1].pointer, values[1].raw) == ("line 2", '{"b": ')


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc"), inner, max_size=3),
    max_leaves=10,
)


@given(json_values)
def test_json_comes_back_as_it_was_written(value: object) -> None:
    """Every JSON value survives parsing unchanged."""
    assert read(orjson.dumps(value)) == JsonDocument(value)


@given(st.binary(max_size=200))
def test_no_bytes_raise(content: bytes) -> None:
    """Whatever the bytes are, the answer is a document that JSON readers agree on, or a refusal."""
    got = read(content)
    if isinstance(got, JsonDocument):
        assert got.value == json.loads(content.removeprefix(b"\xef\xbb\xbf"))
