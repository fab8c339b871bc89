"""Laws of copies without secrets: rows, order, types and all other texts stay."""

from pathlib import Path
from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from pipeline.secrets.hiding import masked
from pipeline.secrets.masking import without_secrets
from pipeline.store.remembered import DiskMemo

KEY = "binance api key: kQ5vW8xT2mZ7pL4rN9sB3dF6gH1jC0yA"
texts = st.sampled_from(["", "plain text", "0x" + "ab" * 20, KEY, f"two: {KEY}\n{KEY}", "é 7"])
rows = st.fixed_dictionaries(
    {
        "id": st.integers(0, 9),
        "text": texts | st.none(),
        "tags": st.lists(texts, max_size=3) | st.none(),
        "aliases": st.lists(st.fixed_dictionaries({"question": texts}), max_size=2),
        "other": texts,
    }
)
SCHEMA = pa.schema(
    {
        "id": pa.int64(),
        "text": pa.large_string(),
        "tags": pa.large_list(pa.large_string()),
        "aliases": pa.large_list(pa.struct({"question": pa.large_string()})),
        "other": pa.large_string(),
    }
)
COLUMNS = ("text", "tags", "aliases")


def holds_key(row: dict[str, Any]) -> bool:
    return KEY in str({name: row[name] for name in COLUMNS})


@given(st.lists(rows, max_size=8))
def test_a_copy_hides_drops_or_keeps(table: list[dict[str, Any]]) -> None:
    """Each mode does what its name says to rows with a secret, and nothing to the others."""
    arrow = pa.Table.from_pylist(table, schema=SCHEMA)
    spoiled = sum(map(holds_key, table))
    hidden = without_secrets(arrow, COLUMNS, "mask")
    assert (hidden.rows_with_secrets, hidden.table.schema) == (spoiled, SCHEMA)
    assert not any(map(holds_key, hidden.table.to_pylist()))
    for before, after in zip(table, hidden.table.to_pylist(), strict=True):
        assert (before == after) == (not holds_key(before))
        assert (before["id"], before["other"]) == (after["id"], after["other"])
    dropped = without_secrets(arrow, COLUMNS, "drop").table.to_pylist()
    assert dropped == [row for row in table if not holds_key(row)]
    assert without_secrets(arrow, COLUMNS, "keep") == (arrow, spoiled)


def test_what_was_found_before_changes_nothing(tmp_path: Path) -> None:
    """A copy with the memory of other rows, of all of them, or of none is the same."""
    table = [
        {
            "id": n,
            "text": f"{n} {KEY}" if n % 2 else str(n),
            "tags": [KEY],
            "aliases": [],
            "other": "",
        }
        for n in range(6)
    ]
    arrow = pa.Table.from_pylist(table, schema=SCHEMA)
    memo = DiskMemo(tmp_path, "code")
    for rows_known in (3, 6, 6):
        part = arrow.slice(0, rows_known)
        assert without_secrets(part, COLUMNS, "mask", memo) == without_secrets(
            part, COLUMNS, "mask"
        )


@given(texts)
def test_hiding_twice_changes_nothing(text: str) -> None:
    """What is hidden is no secret, and the rest of the text is as it was."""
    once = masked(text)
    assert masked(once) == once
    assert (once == text) == (KEY not in text)
