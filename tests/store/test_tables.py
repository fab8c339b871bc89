"""Tables on disk: the same rows are the same bytes, whatever order they came in."""

from pathlib import Path
from typing import Any

import daft
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core import ranges
from pipeline.store.tables import (
    checked,
    checked_ranges,
    in_ranges,
    read_table,
    write_table,
    write_tables,
)

IDS = {"$id": "ids", "properties": {"pair_id": {"type": "string"}}}

ROW: dict[str, Any] = {
    "$id": "sample",
    "properties": {"pair_id": {"type": "string"}, "n": {"type": ["integer", "null"]}},
}
ids = st.lists(st.text("0123456789abcdef", min_size=8, max_size=8), unique=True, max_size=30)


def rows(keys: list[str]) -> daft.DataFrame:
    numbers = pa.array([int(key, 16) % 7 or None for key in keys], pa.int64())
    return daft.from_arrow(pa.table({"n": numbers, "pair_id": pa.array(keys, pa.large_string())}))


@given(ids, st.randoms(use_true_random=False), st.sampled_from([1, 3, 16]))
def test_row_order_changes_no_byte(
    tmp_path_factory: pytest.TempPathFactory, keys: list[str], random: Any, shards: int
) -> None:
    """Shuffled rows are written as the same files, and read back whole."""
    folder = tmp_path_factory.mktemp("tables")
    shuffled = random.sample(keys, len(keys))
    for name, order in (("a.parquet", keys), ("b.parquet", shuffled)):
        write_table(checked(rows(order), ROW), folder / name, shards)
    assert files(folder / "a.parquet") == files(folder / "b.parquet")
    assert sorted(read_table(folder / "a.parquet").to_pydict()["pair_id"]) == sorted(keys)
    assert list(pd.read_parquet(folder / "a.parquet")["pair_id"]) == sorted(keys)


def files(path: Path) -> dict[str, bytes]:
    parts = sorted(path.iterdir()) if path.is_dir() else [path]
    return {part.name if path.is_dir() else "": part.read_bytes() for part in parts}


@given(st.sets(st.integers(0, 60)), st.integers(1, 3))
def test_ranges_give_the_bytes_of_one_write(
    tmp_path_factory: pytest.TempPathFactory, ids: set[int], shards: int
) -> None:
    """A table that is written range by range is the file, or the parts, of one write."""
    folder = tmp_path_factory.mktemp("ranges")
    rows = pa.table({"pair_id": [f"{number:04x}" for number in ids]})
    rows = rows.cast(pa.schema([("pair_id", pa.large_string())]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranges, "ROWS_AT_ONCE", 7)
        found = in_ranges(daft.from_arrow(rows), IDS)
    assert len([*found.parts]) == max(1, -(-len(ids) // 7))
    write_tables(checked_ranges(found, IDS), folder / "ranges", shards)
    write_table(checked(daft.from_arrow(rows), IDS), folder / "whole", shards)
    assert content(folder / "ranges") == content(folder / "whole")


def content(path: Path) -> list[bytes]:
    files = sorted(path.glob("*")) if path.is_dir() else [path]
    return [file.read_bytes() for file in files]


def test_a_new_row_changes_one_part(tmp_path: Path) -> None:
    """With shards, a row's part depends on its key alone."""
    keys = [f"{n:02x}000000" for n in range(0, 256, 8)]
    write_table(checked(rows(keys), ROW), tmp_path / "a", 8)
    write_table(checked(rows([*keys, "ff000000"]), ROW), tmp_path / "b", 8)
    before, after = files(tmp_path / "a"), files(tmp_path / "b")
    assert len(before) == 8
    assert [name for name in before if before[name] != after[name]] == ["part-007.parquet"]


EDGE: dict[str, Any] = {
    "$id": "edges",
    "x-key": ["pair_id", "other_id"],
    "properties": {"pair_id": {"type": "string"}, "other_id": {"type": "string"}},
}
edges = st.lists(st.tuples(*[st.text("ab", min_size=1, max_size=2)] * 2), max_size=12)


@given(edges)
def test_a_key_of_several_columns_sorts_and_is_unique_as_a_whole(
    keys: list[tuple[str, str]],
) -> None:
    """Rows stand in the order of all columns of the key; only a whole key may not come twice."""
    columns = [pa.array([key[place] for key in keys], pa.large_string()) for place in (0, 1)]
    table = daft.from_arrow(pa.table(columns, names=["pair_id", "other_id"]))
    if len(set(keys)) < len(keys):
        with pytest.raises(ValueError, match="a pair_id and other_id comes twice"):
            checked(table, EDGE)
        return
    written = checked(table, EDGE)
    assert list(zip(*written.to_pydict().values(), strict=True)) == sorted(keys)


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        (daft.from_pydict({"pair_id": ["a", "a"], "n": [1, 2]}), "comes twice"),
        (daft.from_pydict({"pair_id": ["a"]}), "missing or unknown"),
        (daft.from_pydict({"pair_id": ["a"], "n": [1], "m": [1]}), "missing or unknown"),
        (daft.from_pydict({"pair_id": [None, "b"], "n": [1, 2]}), "null"),
    ],
)
def test_a_table_that_breaks_its_schema_is_not_written(table: daft.DataFrame, fault: str) -> None:
    """The run stops before the file changes."""
    with pytest.raises(ValueError, match=fault):
        checked(table, ROW)


def test_another_number_of_parts_replaces_what_was_there(tmp_path: Path) -> None:
    """One file becomes a folder of parts and the other way round, whoever wrote the one before."""
    table = checked(rows(["00ab", "80ab"]), ROW)
    for shards in (1, 4, 1):
        write_table(table, tmp_path / "rows.parquet", shards)
        assert read_table(tmp_path / "rows.parquet").count_rows() == 2
