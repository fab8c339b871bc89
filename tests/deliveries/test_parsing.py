"""Strict parsing: what is not exactly JSON is refused with its place; nothing raises."""

import gzip
import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.json_depth import DEEPEST
from pipeline.deliveries import json_text
from pipeline.deliveries.parsing import parse
from pipeline.deliveries.records import (
    Document,
    Duplicated,
    JsonDocument,
    JsonLines,
    Refusal,
    TextDocument,
)
from tests.thoroughness import LONG

LIMIT = 10_000_000
HALF = json_text._LONGEST_RUN_BYTES // 2 // (1 if LONG else 100)
"""Of a string that is too long; the short form has a limit of a hundredth."""


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
        ('{"a": 1}'.encode("utf-16-le"), "invalid_json"),
        ('{"a": 1}'.encode("utf-16") + b"\x00", "not_utf8"),
        (b"\xfe\xff\xd8\x00\x00a", "not_utf8"),
        ('{"a": 1}'.encode("utf-32"), "invalid_json"),
        (rb'["\ud800"]', "lone_surrogate"),
        (rb'["a\udc00b"]', "lone_surrogate"),
        (gzip.compress(b"[]", mtime=0)[:-9], "bad_gzip"),
        (b"\x1f\x8bno gzip", "bad_gzip"),
        (gzip.compress(b"[]", mtime=0) + b"more", "bad_gzip"),
        (gzip.compress(bytes(9_000_000), mtime=0), "packed_bomb"),
        (gzip.compress(gzip.compress(b"[]", mtime=0), mtime=0), "not_utf8"),
        (b'{"a": ' + b"8" * 80 + b"}", "number_out_of_range"),
        (b'{"a": 1e400}', "number_out_of_range"),
        (b"[" * 100_000, "too_deep"),
        (b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), "too_deep"),
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


@pytest.mark.parametrize("frames", [0, 200])
def test_how_deep_json_may_nest_hangs_on_no_stack(frames: int) -> None:
    """Python's reader stops at its own stack; ours stops at one depth, for every caller."""

    def below(frames: int, content: bytes) -> Document | Refusal:
        return below(frames - 1, content) if frames else read(content)

    assert isinstance(below(frames, b"[" * DEEPEST + b"]" * DEEPEST), JsonDocument)
    half = DEEPEST // 2
    deeper = below(frames, b'[{"a":' * half + b"[]" + b"}]" * half)
    assert isinstance(deeper, Refusal)
    assert deeper.reason == "too_deep"


def test_prose_is_a_text_and_no_broken_json() -> None:
    """A file that never meant to be JSON is not blamed for its commas."""
    assert read(b"Session complete.", "claim.txt") == TextDocument("Session complete.", ".txt")
    assert read(b"[sic] is no list", "a.md") == TextDocument("[sic] is no list", ".md")


def test_a_nul_in_a_text_is_refused() -> None:
    """UTF-16 without its mark is told apart from text, and told so."""
    refusal = read("Q: a?".encode("utf-16-le"), "a.txt")
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "nul_byte"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_a_byte_order_mark_names_the_encoding(encoding: str) -> None:
    """UTF-16 with its mark is read like the UTF-8 that it stands for."""
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    assert read((mark + '{"a": "\u20ac"}').encode(encoding)) == JsonDocument({"a": "\u20ac"})


def test_gzip_is_read_as_what_it_holds() -> None:
    """One gzip stream or several in a row, with the name of what is inside."""
    packed = gzip.compress(b'{"a": 1}\n', mtime=0) + gzip.compress(b'{"a": 2}\n', mtime=0)
    assert read(packed, "a.jsonl.gz") == JsonLines([(1, {"a": 1}), (2, {"a": 2})])


def test_gzip_never_expands_beyond_what_a_delivery_may_hold() -> None:
    """What unpacks to more than max_bytes is refused, however well it packs."""
    packed = gzip.compress(orjson.dumps([str(number) for number in range(1000)]), mtime=0)
    refusal = parse("a.json", packed, max_bytes=5000)
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "packed_bomb"


def test_lines_and_values_are_told_apart_by_what_they_are() -> None:
    """Lines in a .json and one value in a .jsonl are read for what they plainly are."""
    lines = JsonLines([(1, {"a": 1}), (2, {"a": 2})])
    assert read(b'{"a": 1}\n{"a": 2}\n', "a.json") == lines
    assert read(b'[\n{"a": 1}\n]\n', "a.jsonl") == JsonDocument([{"a": 1}])


@pytest.mark.parametrize("before", [0, 1, HALF - 1, HALF + 1])
def test_a_string_without_end_is_refused_wherever_it_stands(
    before: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten million bytes without a quotation mark are found; five million are not held against."""
    monkeypatch.setattr(json_text, "_LONGEST_RUN_BYTES", 2 * HALF)
    head = b'["' + b"x" * before + b'", "'
    refusal = parse("a.json", head + b"y" * (2 * HALF + 1) + b'"]', max_bytes=10**9)
    assert isinstance(refusal, Refusal)
    assert (refusal.reason, refusal.raw) == ("string_too_long", None)
    document = parse("a.json", head + b"y" * HALF + b'"]', max_bytes=10**9)
    assert isinstance(document, JsonDocument)


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


@pytest.mark.parametrize("level", ["[", "{", "- ", "? ", "{a: "])
def test_levels_without_end_are_refused_and_end_no_process(level: str) -> None:
    """The composer of YAML follows each level on the stack: 100,000 of them ended the run."""
    found = parse("a.yaml", (level * 100_000).encode(), max_bytes=LIMIT)
    assert isinstance(found, Refusal)
    assert found.reason in ("too_deep", "bad_yaml", "invalid_json")


def test_a_table_in_a_table_is_read_once() -> None:
    """Thirty tables in each other take no more work than thirty beside each other."""
    page = "<html><body>" + "<table><tr><td>cell " * 30
    found = parse("a.html", page.encode(), max_bytes=LIMIT)
    assert isinstance(found, TextDocument)
    assert found.text.count("cell") < 2_000


@pytest.mark.parametrize("name", ["a.html", "a.xml"])
def test_what_lies_too_deeply_in_a_page_is_not_lost_unsaid(name: str) -> None:
    """Elements below the depth that is read refuse the page: their text would be missing."""
    page = "<r>" + "<div>" * 250 + "Q: Is it here?<br/>A: Yes." + "</div>" * 250 + "</r>"
    found = parse(name, page.encode(), max_bytes=LIMIT)
    assert isinstance(found, Refusal)
    assert found.reason == "too_deep"
