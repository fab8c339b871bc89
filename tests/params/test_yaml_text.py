"""YAML that a careless reader would let pass, or that is none, is told with its line."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import UserError
from pipeline.params.yaml_text import parse_yaml

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(min_size=1, max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(plain)
def test_what_is_sound_is_read_as_ever(value: object) -> None:
    """Strictness changes no content: what YAML writes is read back."""
    assert parse_yaml(yaml.safe_dump(value).encode(), "x.yaml") == value


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"a: 1\nb: 2\na: 3\n", "line 3: key a stands twice, in line 1 and again"),
        (b"a:\n  b: 1\n  b: 2\n", "line 3: key b stands twice, in line 2 and again"),
        (b"a:\n\tb: 1\n", "line 2: a tab indents it"),
        (b"a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> x\n", "line 2: marks of a merge"),
        (b"a: 1\nb: \xff\n", "line 2: is not UTF-8"),
        (b"a: 1\n---\nb: 2\n", "line 2: is no YAML"),
        (b"a: !!python/object:os.system x\n", "line 1: is no YAML"),
        (b"{? [1]: 2}\n", "line 1: is no YAML"),
        (b"a: 2024-13-45\n", "is no YAML: month must be"),
        (b"yes: 1\ntrue: 2\n", "line 2: key true stands twice, in line 1"),
        (b"a:\n  1: 1\n  0x1: 2\n", "line 3: key 0x1 stands twice, in line 2"),
        (b"a: &a [*a]\n", "its aliases expand to more than 100,000 values"),
        (b"a: [\n" + b"[" * 100_000, "line 2: nested deeper than 200 levels"),
        (b"- " * 100_000, "line 1: nested deeper than 200 levels"),
        (b"".join(b" " * n + b"a:\n" for n in range(300)), "line 201: nested deeper than 200"),
    ],
)
def test_faults_are_told_with_their_line(content: bytes, sentence: str) -> None:
    """One sentence with the file, the line and what is wrong there."""
    with pytest.raises(UserError, match=r"^x\.yaml") as fault:
        parse_yaml(content, "x.yaml")
    assert sentence in str(fault.value)
    assert "\n" not in str(fault.value)


def test_merge_keys_and_a_mark_at_the_start_are_no_faults() -> None:
    """`<<` may stand in every mapping, and editors of another system write a mark first."""
    content = "\ufeffa: &a {x: 1}\nb:\n  <<: *a\n  y: 2\n".encode()
    assert parse_yaml(content, "x.yaml") == {"a": {"x": 1}, "b": {"x": 1, "y": 2}}
