"""Outputs that lie there: whoever reads them learns in one sentence what is wrong with them."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.core.errors import UserError
from pipeline.core.schemas import arrow_schema
from pipeline.store.fitting import fitting
from tests.conftest import schema

TABLES = ("pairs", "scores", "kept", "decisions", "assignments", "repairs", "similarity")


def written(root: Path, name: str, columns: pa.Schema, shards: int = 1) -> Path:
    """Write an empty table below root, in parts where shards are wanted; return its path there."""
    path = Path("data") / f"{name}.parquet"
    parts = [path / f"part-{part:03d}.parquet" for part in range(shards)] if shards > 1 else [path]
    for part in parts:
        (root / part).parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(columns.empty_table(), root / part)
    return path


@pytest.mark.parametrize("name", TABLES)
def test_a_table_without_any_one_of_its_columns_is_named(tmp_path: Path, name: str) -> None:
    """Law: what has all columns of its schema fits; without one, file and column are named."""
    columns = arrow_schema(schema(name), pa.schema([]))
    path = written(tmp_path, name, columns)
    assert fitting(tmp_path, path) == (tmp_path / path,)
    for place, column in enumerate(columns.names):
        written(tmp_path, name, columns.remove(place))
        with pytest.raises(UserError, match=f"{path} has no column '{column}'.*`faucet repro`"):
            fitting(tmp_path, path)


def test_a_field_deep_in_a_column_counts(tmp_path: Path) -> None:
    """The structs of a list are held to their schema, too, and a column that is no list."""
    columns = arrow_schema(schema("scores"))
    flags = columns.get_field_index("flags")
    bare = pa.large_list(pa.struct([("code", pa.large_string())]))
    path = written(tmp_path, "scores", columns.set(flags, pa.field("flags", bare)))
    with pytest.raises(UserError, match="has no field 'severity' in column 'flags'"):
        fitting(tmp_path, path)
    written(tmp_path, "scores", columns.set(flags, pa.field("flags", pa.large_string())))
    with pytest.raises(UserError, match="has no lists in column 'flags'"):
        fitting(tmp_path, path)


def test_the_part_of_a_table_that_is_wrong_is_named(tmp_path: Path) -> None:
    """Of a table of shards each part is looked at; a folder without parts is none."""
    columns = arrow_schema(schema("kept"))
    path = written(tmp_path, "kept", columns, shards=3)
    assert [file.name for file in fitting(tmp_path, path)] == [
        f"part-{part:03d}.parquet" for part in range(3)
    ]
    whole = (tmp_path / path / "part-001.parquet").read_bytes()
    (tmp_path / path / "part-001.parquet").write_bytes(whole[:-9])
    with pytest.raises(UserError, match=f"{path}/part-001.parquet is damaged"):
        fitting(tmp_path, path)
    for part in (tmp_path / path).iterdir():
        part.unlink()
    with pytest.raises(UserError, match="has no parts"):
        fitting(tmp_path, path)


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("coverage.csv", "category,indicator\nx,y\n", "has no column 'kept_pairs'"),
        ("coverage.csv", "", "has no column 'category'"),
        ("conflicts.json", "{}", "has no key 'conflicts'"),
        ("conflicts.json", '{"conf', "is damaged"),
        ("conflicts.json", json.dumps({"conflicts": [{"kind": "number"}]}), "has no key"),
        ("quarantine.jsonl", '{"agent": "zai"}\n', "has no key"),
        ("nothing.json", None, "is missing: run `faucet repro`"),
    ],
)
def test_what_other_outputs_lack_is_named(
    tmp_path: Path, name: str, content: Any, fault: str
) -> None:
    """Columns of CSV, keys of JSON and of its first entries; a file that is not there."""
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(UserError, match=f"{name} {fault}"):
        fitting(tmp_path, Path(name))


def test_lines_may_be_none(tmp_path: Path) -> None:
    """A book without a line lacks nothing."""
    (tmp_path / "quarantine.jsonl").touch()
    assert fitting(tmp_path, Path("quarantine.jsonl")) == (tmp_path / "quarantine.jsonl",)
