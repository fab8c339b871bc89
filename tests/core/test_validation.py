"""Laws of the one validator: it decides, it explains, and it never raises."""

import sys
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Any

import orjson
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.schemas import faults
from pipeline.core.validation import Validator
from tests.conftest import ROOT, schema
from tests.thoroughness import LONG


@cache
def odd_characters() -> list[str]:
    """Return white space, digits, line ends and format characters of all of Unicode."""
    kinds = ("Nd", "Zs", "Zl", "Zp", "Cc", "Cf")
    characters = map(chr, range(sys.maxunicode + 1))
    return [one for one in characters if one.isspace() or unicodedata.category(one) in kinds]


FILES = sorted((ROOT / "schemas").glob("*.json"))


def patterns(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("pattern"), str):
            yield value["pattern"]
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from patterns(inner)


BLANK_RULE = r"\S"  # of delivered pairs, which are no table
PATTERNS = sorted(
    {rule for path in FILES for rule in patterns(orjson.loads(path.read_bytes()))} - {BLANK_RULE}
)
SAMPLES = ["a1", "zai_2", "2024-01-02", "2024-01-02T03:04:05Z", "0" * 32, "f" * 64, "qa.mean", ""]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_tables_and_values_are_held_to_one_meaning_of_a_pattern(pattern: str) -> None:
    """Arrow's and JSON's reading of every pattern agree on every odd character at any place.

    The short form has every character in two of the samples, at places in turn.
    """
    texts = [text for sample in SAMPLES for text in _spoiled(sample)][:: 1 if LONG else 11]
    validator = Validator({"type": "string", "pattern": pattern})
    row = {"$id": "x", "properties": {"x": {"type": "string", "pattern": pattern}}}
    by_value = [text for text in texts if validator.first_fault(text) is None]
    table = pa.table({"x": pa.array(by_value, pa.large_string())})
    assert faults(table, row) == []
    refused = sorted(set(texts) - set(by_value))
    broken = pa.table({"x": pa.array(refused, pa.large_string())})
    told = f"column x: {len(refused)} of {len(refused)} values break pattern {pattern}"
    assert faults(broken, row) == ([told] if refused else [])


def _spoiled(sample: str) -> Iterator[str]:
    yield sample
    for odd in odd_characters():
        yield sample + odd
        yield odd + sample
        if sample:
            yield sample[:-1] + odd


@pytest.mark.parametrize("name", [path.name.removesuffix(".schema.json") for path in FILES])
@given(
    value=st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(st.deferred(lambda: st.sampled_from([*odd_characters(), "\ud800", "a", "1"]))),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=3)
        ),
        max_leaves=6,
    )
)
def test_a_value_is_right_or_has_one_sentence(name: str, value: Any) -> None:
    """Whatever it is given, a validator says nothing or one short line, and never raises."""
    told = RULES[name].first_fault(value)
    assert told is None or (told.startswith("field ") and len(told) <= 200 and "\n" not in told)


RULES = {
    path.name.removesuffix(".schema.json"): Validator(orjson.loads(path.read_bytes()))
    for path in FILES
}


def test_every_blank_answer_is_told() -> None:
    """A pair whose answer is one odd character is right, or says that its field answer is not."""
    validator = Validator(schema("delivered_pair"))
    told = {
        odd: validator.first_fault({"question": "q", "answer": odd * 3}) for odd in odd_characters()
    }
    assert set(told.values()) == {None, r"field answer: breaks pattern '\\S'"}
    blank = {odd for odd, fault in told.items() if fault is not None}
    assert blank == set(filter(is_blank_in_json_schema, told))


def is_blank_in_json_schema(odd: str) -> bool:
    """Return whether it is white space for ECMA-262, whose dialect JSON Schema asks for."""
    return odd in "\t\n\v\f\r\ufeff" or unicodedata.category(odd) in ("Zs", "Zl", "Zp")


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"question": "q"}, "field the whole value: 'answer' is a required property"),
        ({"question": "q", "answer": 3}, "field answer: breaks type 'string'"),
        ({"question": "q", "answer": "a", "tags": ["x", 3]}, "field tags/1: breaks type 'string'"),
        ([], "field the whole value: breaks type 'object'"),
        (
            {"question": "q", "answer": "\ud800"},
            "field the whole value: is no JSON: UnicodeEncodeError",
        ),
    ],
)
def test_a_fault_names_field_and_rule(value: Any, told: str) -> None:
    """The sentence holds the place, the rule and what it asks for."""
    assert Validator(schema("delivered_pair")).first_fault(value) == told
