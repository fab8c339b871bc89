"""JSON that is kept for us is read whole and with one meaning, or refused with what is wrong."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.strict_json import BrokenJsonError, strict_json

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(values)
def test_what_is_sound_is_read_as_ever(value: object) -> None:
    """Strictness changes no value."""
    assert strict_json(orjson.dumps(value)) == value


@pytest.mark.parametrize(
    ("content", "fault", "line"),
    [
        (b'{"a": 1, "a": 1}', "key 'a' stands twice in one object", 1),
        (b'[{"b": [{"a": {"c": 1,\n"c": 2}}]}]', "key 'c' stands twice in one object", 1),
        (b'{"a": 1, "\\u0061": 2}', "key 'a' stands twice in one object", 1),
        (b'{"a": 1,\n"b": }', "no JSON", 2),
        (b"", "no JSON", 1),
        (b'\xef\xbb\xbf{"a": 1}', "no JSON", 1),
        (b'{"a": "\xff"}', "no JSON", 1),
        (b"[NaN]", "no JSON", 1),
        (b"[" * 600 + b"]" * 600, "nested deeper than 500 levels", 1),
        (b"[" * 100_000, "no JSON", 1),
    ],
)
def test_what_another_reader_resolves_is_told(content: bytes, fault: str, line: int) -> None:
    """A key named twice at any depth, other text than UTF-8, and levels without end."""
    with pytest.raises(BrokenJsonError, match=fault) as raised:
        strict_json(content)
    assert raised.value.line == line
