"""Small inputs that meet the corners of a format: every type, odd floats, odd characters."""

from typing import Any

import daft
import pyarrow as pa

FLOATS = [0.1, -0.0, 1e16, 1e22, 5e-324, 1.7976931348623157e308, 2 / 3, 100.0]
TEXTS = [
    "plain",
    "",
    "=1+1",
    'say "so"',
    "a,b;c",
    "line\nline\r\n",
    "a\rb",
    "é e\u0301 ￡ 𝔘 \u2028",
]
SCHEMA: dict[str, Any] = {
    "$id": "made",
    "properties": {
        "key": {"type": "string"},
        "text": {"type": ["string", "null"]},
        "number": {"type": "number"},
        "whole": {"type": "integer"},
        "yes": {"type": "boolean"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "origin": {
            "type": "array",
            "items": {"type": "object", "properties": {"agent": {"type": "string"}}},
        },
    },
}
REPORT = {"floats": FLOATS, "texts": TEXTS, "nested": {"b": [1, None, True], "a": 2**63}}


def rows(count: int = 40) -> list[dict[str, Any]]:
    """Return rows that repeat the odd values at different places."""
    return [
        {
            "key": f"{place * 1639:04x}",
            "text": None if place % 9 == 8 else TEXTS[place % len(TEXTS)],
            "number": FLOATS[place % len(FLOATS)],
            "whole": place - 3,
            "yes": place % 2 == 0,
            "tags": TEXTS[: place % 3],
            "origin": [{"agent": "zai"}] * (place % 2),
        }
        for place in range(count)
    ]


def table() -> daft.DataFrame:
    """Return the rows as a stage would."""
    kinds = {
        "key": pa.large_string(),
        "text": pa.large_string(),
        "number": pa.float64(),
        "whole": pa.int64(),
        "yes": pa.bool_(),
        "tags": pa.list_(pa.large_string()),
        "origin": pa.list_(pa.struct({"agent": pa.large_string()})),
    }
    return daft.from_arrow(pa.Table.from_pylist(rows(), schema=pa.schema(kinds)))
