"""What a stage returns, written by the suffix of the file that dvc.yaml names."""

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import Any

import daft
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.core.json_values import Json, JsonSchema, compact, pretty
from pipeline.core.ranges import Ranges
from pipeline.core.schemas import arrow_schema, faults
from pipeline.core.spreadsheets import FORMULA_START
from pipeline.core.validation import Validator
from pipeline.store.atomic import replacing, write_bytes
from pipeline.store.row_groups import FAST
from pipeline.store.sqlite_file import write_database
from pipeline.store.tables import checked_ranges, in_ranges, write_tables


class Outputs:
    """Writes the outputs of one stage.

    A table is written range by range, into all its formats at once: it is computed once, and a
    range of it is in memory.

    schemas maps a file's stem to its JSON Schema. shards maps a table's stem to its number of
    Parquet parts, 1 where it is not named: what others open by name is one file. With
    is_csv_exact cells of tables are written as they are, also where a spreadsheet would run them.
    """

    def __init__(
        self,
        schemas: Mapping[str, JsonSchema],
        shards: Mapping[str, int],
        *,
        is_csv_exact: bool = False,
    ) -> None:
        self._schemas = schemas
        self._shards = shards
        self._is_csv_exact = is_csv_exact

    def write(self, value: Any, *paths: Path) -> None:
        """Write value to paths of one stem, after holding it to the schema of that name."""
        schema = self._schemas.get(paths[0].stem)
        if isinstance(value, daft.DataFrame | Ranges):
            self._write_rows(value, paths, _named(schema, paths[0]))
            return
        for path in paths:
            _WRITERS[path.suffix](value, path, schema)

    def write_numbered(self, batches: Iterable[Iterable[Json]], folder: Path, stem: str) -> None:
        """Write batches as <stem>_1.jsonl, <stem>_2.jsonl ... into a folder, and read them back.

        Every line has a field `key` or `custom_id`. Raises ValueError where a line that was
        written is not found again with its key in its place: whoever sends these files off pays
        per line.
        """
        for number, batch in enumerate(batches, start=1):
            path = folder / f"{stem}_{number}.jsonl"
            keys: list[str] = []
            _write_jsonl(_noting(batch, keys), path, self._schemas.get(stem))
            _read_back(path, keys)

    def write_files(self, files: Mapping[str, Iterable[Json] | Json], folder: Path) -> None:
        """Write rows as JSON lines below a folder, each file by its path without suffix.

        The schema of the folder's name describes a row by the folder that its file lies in. Keys
        of a row keep their order, as people who open such a file expect it. A value that is one
        object is a JSON file, which the schema describes by its own name. What an earlier run
        left in the folder is gone.
        """
        clear_folder(folder)
        described = self._schemas[folder.name]["properties"]
        for name, rows in files.items():
            path = folder / f"{name}.jsonl"
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(rows, dict):
                _write_json(rows, path.with_suffix(".json"), described[name])
            else:
                _write_jsonl(rows, path, described[path.parent.name], line=orjson.dumps)

    def _write_rows(
        self, value: daft.DataFrame | Ranges, paths: Sequence[Path], row: JsonSchema
    ) -> None:
        ranges = value if isinstance(value, Ranges) else in_ranges(value, row)
        tables = checked_ranges(ranges, row)
        binary = [path for path in paths if path.suffix == ".parquet"]
        for path in paths:
            if path.suffix == ".json":
                tables = _through_json(tables, path)
            elif path.suffix == ".csv":
                tables = _through_csv(tables, path, is_exact=self._is_csv_exact)
        for path in binary:
            tables, metadata = without_constants(tables, row)
            level = row.get("x-zstd-level", FAST)
            write_tables(tables, path, self._shards.get(path.stem, 1), metadata, level)
        for _ in () if binary else tables:
            pass


def _named(schema: JsonSchema | None, path: Path) -> JsonSchema:
    if schema is None:
        raise ValueError(f"no schema is named for the table {path.name}")
    return schema


def without_constants(
    tables: Iterator[pa.Table], schema: JsonSchema
) -> tuple[Iterator[pa.Table], dict[str, str]]:
    """Return tables without the columns of their schema's x-constant, and the value of each.

    They hold the same in every row, and stand in the schema of the file instead; the first table
    says what. Raises ValueError where one holds two values.
    """
    names = schema.get("x-constant", [])
    first = next(tables)
    values = {name: str(first[name][0].as_py()) for name in names if first.num_rows}

    def others() -> Iterator[pa.Table]:
        for table in chain([first], tables):
            for name in names:
                if set(map(str, table[name].unique().to_pylist())) - {values.get(name)}:
                    raise ValueError(f"table {schema['$id']}: {name} is one value for all rows")
            yield table.drop_columns(names)

    return others(), values


def clear_folder(folder: Path) -> None:
    """Remove a folder that a stage is about to fill, so that no file of an earlier run stays."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def _write_json(value: Json, path: Path, schema: JsonSchema | None) -> None:
    fault = Validator(schema).first_fault(value) if schema is not None else None
    if fault is not None:
        raise ValueError(f"{path.name}: {fault}")
    write_bytes(path, pretty(value))


def _line(row: Json) -> bytes:
    return compact(row).encode()


def _write_jsonl(
    rows: Iterable[Json],
    path: Path,
    schema: JsonSchema | None,
    line: Callable[[Json], bytes] = _line,
) -> None:
    validator = Validator(schema) if schema is not None else None
    with replacing(path) as temporary, temporary.open("wb") as lines:
        for number, row in enumerate(rows, start=1):
            fault = validator.first_fault(row) if validator is not None else None
            if fault is not None:
                raise ValueError(f"{path.name} line {number}: {fault}")
            lines.write(line(row) + b"\n")


def _noting(rows: Iterable[Json], keys: list[str]) -> Iterator[Json]:
    for row in rows:
        keys.append(_key(row))
        yield row


def _key(row: Json) -> str:
    return str(row["key"] if "key" in row else row["custom_id"])


def _read_back(path: Path, keys: list[str]) -> None:
    with path.open("rb") as lines:
        found = [_key(orjson.loads(line)) for line in lines]
    if found != keys:
        raise ValueError(f"{path.name}: {len(keys)} lines were written, {len(found)} read back")


def _through_json(tables: Iterator[pa.Table], path: Path) -> Iterator[pa.Table]:
    """Yield tables, and write their rows as a JSON array with one object a line, as diff likes it.

    The file is there when all tables have passed.
    """
    with replacing(path) as temporary, temporary.open("wb") as lines:
        opening = b"[\n"
        for table in tables:
            for batch in table.to_batches(max_chunksize=1024):
                for row in batch.to_pylist():
                    lines.write(opening + orjson.dumps(row))
                    opening = b",\n"
            yield table
        lines.write(b"[]\n" if opening == b"[\n" else b"\n]\n")


def _through_csv(tables: Iterator[pa.Table], path: Path, *, is_exact: bool) -> Iterator[pa.Table]:
    """Yield tables, and write them for spreadsheets: lists as JSON text, formulas made text.

    The file is there when all tables have passed.
    """
    import pyarrow.csv as pa_csv  # noqa: PLC0415 - few stages write CSV

    options = pa_csv.WriteOptions(quoting_style="needed")
    with replacing(path) as temporary, ExitStack() as files:
        writer = None
        for table in tables:
            cells = {name: _flat(table[name], is_exact=is_exact) for name in table.column_names}
            flat = pa.table(cells)
            if writer is None:
                made = pa_csv.CSVWriter(temporary, flat.schema, write_options=options)
                writer = files.enter_context(made)
            writer.write_table(flat)
            yield table


def _write_csv(value: pa.Table, path: Path, schema: JsonSchema | None) -> None:
    table = value if schema is None else value.cast(arrow_schema(schema))
    broken = [] if schema is None else faults(table, schema)
    if broken:
        raise ValueError(f"{path.name}: " + "; ".join(broken))
    for _ in _through_csv(iter([table]), path, is_exact=False):
        pass


def _flat(column: pa.ChunkedArray, *, is_exact: bool = False) -> pa.ChunkedArray | pa.Array:
    if pa.types.is_nested(column.type):
        return pa.array([compact(value) for value in column.to_pylist()], pa.large_string())
    if not is_exact and (pa.types.is_large_string(column.type) or pa.types.is_string(column.type)):
        return pc.replace_substring_regex(column, f"({FORMULA_START})", r"'\1")
    return column


def _write_text(value: str, path: Path, schema: JsonSchema | None) -> None:  # noqa: ARG001
    write_bytes(path, value.encode("utf-8"))


_WRITERS: dict[str, Callable[[Any, Path, JsonSchema | None], None]] = {
    ".csv": _write_csv,
    ".html": _write_text,
    ".json": _write_json,
    ".jsonl": _write_jsonl,
    ".md": _write_text,
    ".png": lambda value, path, _: write_bytes(path, value.png),
    ".sqlite": lambda value, path, _: write_database(value, path),
    ".svg": lambda value, path, _: write_bytes(path, value.svg.encode("utf-8")),
}
