"""A value changed in its place changes nothing but itself."""

import difflib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import UserError
from pipeline.params.checking import leaves, value_at
from pipeline.params.editing import with_value, with_values
from pipeline.params.yaml_text import parse_yaml
from tests.conftest import ROOT, schema

CONTENT = (ROOT / "params.yaml").read_bytes()
PARAMS = parse_yaml(CONTENT, "params.yaml")
KEYS = sorted(key for key, _ in leaves(schema("params")))
values = st.one_of(
    st.integers(), st.floats(allow_nan=False), st.booleans(), st.none(), st.text(max_size=12)
)


def changed_lines(before: bytes, after: bytes) -> list[str]:
    lines = difflib.ndiff(before.decode().splitlines(), after.decode().splitlines())
    return [line for line in lines if line[:1] in "-+"]


@given(st.dictionaries(st.sampled_from(KEYS), values, min_size=1, max_size=4))
def test_only_the_lines_of_changed_values_change(changes: dict[str, Any]) -> None:
    """Read again, the file holds the new values and all others; its other lines are the same."""
    edited = with_values(CONTENT, changes, "params.yaml")
    wanted = PARAMS
    for key, value in changes.items():
        wanted = with_value(wanted, key, value)
    assert parse_yaml(edited, "params.yaml") == wanted
    kept = [line for line in changed_lines(CONTENT, edited) if line.startswith("-")]
    assert len(kept) <= len(changes)


@given(st.sampled_from(KEYS), values)
def test_the_way_back_gives_the_same_bytes(key: str, value: Any) -> None:
    """A value set and set back leaves no trace, unless a comment had to move for it."""
    before = value_at(PARAMS, key)
    if before is None:
        return
    there = with_values(CONTENT, {key: value}, "params.yaml")
    back = with_values(there, {key: before}, "params.yaml")
    assert parse_yaml(back, "x") == PARAMS
    assert _without_spaces(back) == _without_spaces(CONTENT)


def _without_spaces(content: bytes) -> bytes:
    return content.replace(b" ", b"")


def test_a_comment_keeps_its_column() -> None:
    """The words behind a value stay below each other, where there is room."""
    content = b"a:\n  b: 90   # first\n  cc: 1    # second\n"
    assert with_values(content, {"a.b": 5}, "x") == b"a:\n  b: 5    # first\n  cc: 1    # second\n"
    assert with_values(content, {"a.b": 12345678}, "x").splitlines()[1] == b"  b: 12345678 # first"


def test_a_block_gives_way_to_one_value_and_comes_back() -> None:
    """A rule's limits give way to `false`, and a rule that is off takes limits again."""
    off = with_values(CONTENT, {"qa.rules.refusal": False}, "x")
    assert b"    refusal: false\n" in off
    assert off.count(b"\n") == CONTENT.count(b"\n") - 1
    again = with_values(off, {"qa.rules.refusal": {"opening_chars": 400}}, "x")
    assert b"    refusal: {opening_chars: 400}\n" in again
    assert parse_yaml(again, "x") == PARAMS


def test_what_stands_in_flow_style_is_changed_there() -> None:
    """Mappings on one line stay on one line."""
    assert with_values(b"a: {b: 1, c: 2} # x\n", {"a.b": 3}, "x") == b"a: {b: 3, c: 2} # x\n"
    assert with_values(b"a: {b: 1}\n", {"a.c": 3}, "x") == b"a: {c: 3, b: 1}\n"


@pytest.mark.parametrize("content", [b"a: &x 1\nb: *x\n", b"a: 1\nb:\n"])
def test_what_cannot_be_changed_alone_is_refused(content: bytes) -> None:
    """An anchor that others lean on, and a key without a mapping, are left to people."""
    key = "a" if b"&" in content else "b.c"
    with pytest.raises(UserError, match="by hand"):
        with_values(content, {key: 2}, "x.yaml")
