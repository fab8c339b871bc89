"""Arrow's column checks and a JSON Schema validator must never disagree."""

from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from pipeline.core.schemas import arrow_schema, faults
from tests.conftest import schema

ROW: dict[str, Any] = {
    "$id": "sample",
    "type": "object",
    "required": ["key", "score", "split", "parts", "origin"],
    "additionalProperties": False,
    "properties": {
        "key": {"type": "string", "pattern": "^[a-c]+$", "minLength": 2},
        "score": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
        "split": {"type": "string", "enum": ["train", "test"]},
        "parts": {"type": "array", "items": {"type": "integer", "minimum": 0}},
        "origin": {
            "type": "object",
            "required": ["agent"],
            "properties": {"agent": {"type": "string", "minLength": 1}},
        },
    },
}
rows = st.fixed_dictionaries(
    {
        "key": st.text("abcd", max_size=4),
        "score": st.none() | st.floats(-0.5, 1.5, allow_nan=False),
        "split": st.sampled_from(["train", "test", "other"]),
        "parts": st.lists(st.integers(-1, 5), max_size=3),
        "origin": st.fixed_dictionaries({"agent": st.text("x", max_size=2)}),
    }
)


@given(st.lists(rows, max_size=4))
def test_column_checks_agree_with_a_json_schema_validator(table: list[dict[str, Any]]) -> None:
    """A table has faults exactly when one of its rows breaks the row's JSON Schema."""
    arrow = pa.Table.from_pylist(table, schema=arrow_schema(ROW))
    validator = Draft202012Validator(ROW)
    assert bool(faults(arrow, ROW)) == any(not validator.is_valid(row) for row in table)


def test_null_in_a_required_column_is_a_fault() -> None:
    """A column whose type has no null takes none."""
    row = {"$id": "one", "properties": {"key": {"type": "string"}}}
    table = pa.table({"key": pa.array(["a", None], pa.large_string())})
    assert faults(table, row) == ["column key: 1 of 2 values are null"]


def test_vector_column_takes_its_length_from_the_table() -> None:
    """The dimension is a param's; the format says only that vectors are float32."""
    given_schema = pa.schema(
        [(f"{role}_vector", pa.list_(pa.float32(), 8)) for role in ("question", "document")]
    )
    made = arrow_schema(schema("vectors"), given_schema)
    assert made.field("question_vector").type.list_size == 8
    assert made.field("document_vector").type.list_size == 8
