"""One JSON Schema per published format: what it means for Arrow tables, and who breaks it.

A table's schema describes one row. Its properties, in order, are the columns; what JSON has no
word for (float32, fixed-size lists) stands under `x-arrow`. Tables are checked column by column
with Arrow's kernels, which gives the same verdicts as a JSON Schema validator over the rows for
the keywords used here and costs a hundredth; a test holds the two to each other.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.core.json_values import JsonSchema

_PLAIN = {
    "string": pa.large_string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
}
_NARROW = {"float32": pa.float32(), "int32": pa.int32(), "int16": pa.int16(), "int64": pa.int64()}
_VECTOR = "vector<float32>"

TABLE_KEYWORDS = frozenset(
    {"type", "description", "enum", "minimum", "maximum", "minLength", "pattern", "items"}
    | {"properties", "required", "additionalProperties", "x-arrow"}
)
"""The keywords that a column's schema may use; a contract test refuses others."""


def arrow_schema(row: JsonSchema, given: pa.Schema | None = None) -> pa.Schema:
    """Return the Arrow schema of a table whose rows row describes.

    The length of a vector column is a param's, not the format's: it is taken from given, the
    schema that the table has, where it has such a column, and is zero otherwise.
    """
    return pa.schema(
        [
            _vector_field(name, given) if _is_vector(column) else _field(name, column)
            for name, column in row["properties"].items()
        ]
    )


def faults(table: pa.Table, row: JsonSchema) -> list[str]:
    """Return one sentence per column rule that table breaks; an empty list says that it holds.

    table must already have the types of arrow_schema(row). Lists and structs are checked down
    to their leaves.
    """
    return [
        f"column {where}: {fault}"
        for name, column in row["properties"].items()
        for where, fault in _column_faults(name, table[name].combine_chunks(), column)
    ]


def _field(name: str, column: JsonSchema) -> pa.Field:
    return pa.field(name, _arrow_type(column), nullable="null" in _types(column))


def _is_vector(column: JsonSchema) -> bool:
    return column.get("x-arrow") == _VECTOR


def _vector_field(name: str, given: pa.Schema | None) -> pa.Field:
    length = given.field(name).type.list_size if given is not None else 0
    return pa.field(name, pa.list_(pa.float32(), length), nullable=False)


def _types(column: JsonSchema) -> list[str]:
    declared = column["type"]
    return [declared] if isinstance(declared, str) else list(declared)


def _arrow_type(column: JsonSchema) -> pa.DataType:
    exact = column.get("x-arrow")
    if exact in _NARROW:
        return _NARROW[exact]
    if exact is not None:
        raise ValueError(f"x-arrow has no meaning for {exact!r}")
    kind = next(name for name in _types(column) if name != "null")
    if kind == "array":
        return pa.large_list(_field("element", column["items"]))
    if kind == "object":
        return pa.struct([_field(name, inner) for name, inner in column["properties"].items()])
    return _PLAIN[kind]


def _column_faults(where: str, values: pa.Array, column: JsonSchema) -> Iterator[tuple[str, str]]:
    if values.null_count and "null" not in _types(column):
        yield where, f"{values.null_count} of {len(values)} values are null"
    present = values.drop_null() if values.null_count else values  # it copies in any case
    for keyword, broken in _RULES.items():
        if keyword in column and len(present):
            count = pc.sum(broken(present, column[keyword])).as_py() or 0
            if count:
                yield where, f"{count} of {len(present)} values break {keyword} {column[keyword]}"
    yield from _nested_faults(where, present, column)


def _nested_faults(where: str, present: pa.Array, column: JsonSchema) -> Iterator[tuple[str, str]]:
    if pa.types.is_struct(present.type):
        for name, inner in column["properties"].items():
            yield from _column_faults(f"{where}.{name}", pc.struct_field(present, name), inner)
    elif _is_list(present.type):
        yield from _column_faults(f"{where}[]", pc.list_flatten(present), column["items"])


def _is_list(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_large_list(kind) or pa.types.is_list(kind) or pa.types.is_fixed_size_list(kind)
    )


_RULES: dict[str, Callable[[pa.Array, Any], pa.Array]] = {
    "enum": lambda values, allowed: pc.invert(
        pc.is_in(values, value_set=pa.array([a for a in allowed if a is not None], values.type))
    ),
    "minimum": lambda values, bound: pc.invert(pc.greater_equal(values, bound)),
    "maximum": lambda values, bound: pc.invert(pc.less_equal(values, bound)),
    "minLength": lambda values, bound: pc.less(pc.utf8_length(values), bound),
    "pattern": lambda values, rule: pc.invert(pc.match_substring_regex(values, rule)),
}
