"""Test sets on disk: every text of every item, with its file and line."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import daft
import pyarrow as pa

from pipeline.core.errors import UserError
from pipeline.core.strict_json import BrokenJsonError, strict_json
from pipeline.workspace.layout import TEST_SETS

_SCHEMA = pa.schema({"file": pa.large_string(), "line": pa.int64(), "text": pa.large_string()})


def read_test_sets(root: Path) -> daft.DataFrame:
    """Return file (from root), line (from 1) and text of each text in the test sets below root.

    JSONL and Parquet are read; other files are passed over. Raises UserError with file and line
    where one cannot be read.
    """
    files = sorted((root / TEST_SETS).rglob("*"))
    rows = [row for path in files for row in _rows(path, path.relative_to(root).as_posix())]
    return daft.from_arrow(pa.Table.from_pylist(rows, schema=_SCHEMA))


def _rows(path: Path, name: str) -> Iterator[dict[str, Any]]:
    for line, item in _items(path, name):
        for text in _texts(item):
            yield {"file": name, "line": line, "text": text}


def _items(path: Path, name: str) -> Iterator[tuple[int, Any]]:
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq  # noqa: PLC0415 - most workspaces have none

        try:
            yield from enumerate(pq.read_table(path).to_pylist(), start=1)
        except (pa.ArrowException, OSError) as fault:
            raise UserError(f"{name} cannot be read as Parquet: write it anew") from fault
    elif path.suffix == ".jsonl":
        for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
            if line.strip():
                yield number, _parsed(line, f"{name} line {number}")


def _parsed(line: bytes, place: str) -> Any:
    try:
        return strict_json(line)
    except BrokenJsonError as fault:
        raise UserError(f"{place}: {fault}: mend the line, or leave it out") from None


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
