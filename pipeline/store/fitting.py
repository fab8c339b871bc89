"""Outputs of an earlier run, held to what this program reads: whole, and with every column.

A run checks what it writes. What lies there may still be of another version of the program, or
cut off by a full disk: whoever only looks learns it in one sentence, and not by a traceback.
"""

import csv
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from pipeline.core.errors import UserError
from pipeline.core.json_values import JsonSchema
from pipeline.store.installed import template_root
from pipeline.workspace.git import Folder
from pipeline.workspace.layout import schema_path

if TYPE_CHECKING:
    import pyarrow as pa

_MEND = "`faucet repro` makes it anew"


def fitting(folder: Folder, path: Path, columns: Collection[str] | None = None) -> tuple[Path, ...]:
    """Return the files of an output, in order of their rows; a table of shards has several.

    They are held to the schemas of this program, not to those of the workspace, which may be as
    old as the output: of tables the columns, and the fields of their lists, of JSON the keys of
    the whole and of its first entries. Values are not read; a run checks them.

    columns: the only columns that a table needs, None where it needs all.

    Raises UserError where the output is missing, damaged, or lacks what its schema names.
    """
    place = Path(folder) / path
    if not place.exists():
        raise UserError(f"{path} is missing: run `faucet repro`, which makes what it depends on")
    files = tuple(sorted(place.glob("part-*.parquet"))) if place.is_dir() else (place,)
    if not files:
        raise UserError(f"{path} has no parts: {_MEND}")
    for file in files:
        shown = path / file.name if place.is_dir() else path
        try:
            schema = _schema_of(path.name.partition(".")[0])
            missing = next(_missing(file, _only(schema, columns)), None)
        except (OSError, ValueError, KeyError, csv.Error) as damage:
            raise UserError(f"{shown} is damaged ({_first_line(damage)}): {_MEND}") from None
        if missing is not None:
            raise UserError(
                f"{shown} has no {missing}: another version of this program wrote it; {_MEND}"
            )
    return files


@cache
def _schema_of(name: str) -> JsonSchema:
    """Return the schema of a format as this program has it."""
    schema: JsonSchema = orjson.loads((template_root() / schema_path(name)).read_bytes())
    return schema


def _only(schema: JsonSchema, columns: Collection[str] | None) -> JsonSchema:
    """Return a schema of some of the columns alone."""
    if columns is None:
        return schema
    return {**schema, "properties": {name: schema["properties"][name] for name in columns}}


def _missing(file: Path, schema: JsonSchema) -> Iterator[str]:
    """Yield what a file lacks of its schema."""
    if file.suffix == ".parquet":
        from pyarrow.parquet import read_schema  # noqa: PLC0415 - JSON needs none of it

        yield from _missing_columns(read_schema(file), schema)
    elif file.suffix == ".csv":
        with file.open(encoding="utf-8", newline="") as rows:
            header = next(csv.reader(rows), [])
        yield from (f"column {name!r}" for name in schema["properties"] if name not in header)
    else:
        yield from _missing_keys(_first_value(file), schema)


def _missing_columns(given: "pa.Schema", schema: JsonSchema) -> Iterator[str]:
    in_metadata = schema.get("x-constant", ())
    for name, column in schema["properties"].items():
        if name in given.names:
            yield from _missing_fields(given.field(name).type, column, name)
        elif name not in in_metadata:
            yield f"column {name!r}"


def _missing_fields(given: "pa.DataType", column: JsonSchema, where: str) -> Iterator[str]:
    """Yield the fields that the structs of a column lack, however deep."""
    if "items" in column:
        if hasattr(given, "value_type"):
            yield from _missing_fields(given.value_type, column["items"], where)
        else:
            yield f"lists in column {where!r}"
    for name, inner in column.get("properties", {}).items():
        if hasattr(given, "get_field_index") and given.get_field_index(name) >= 0:
            yield from _missing_fields(given.field(name).type, inner, where)
        else:
            yield f"field {name!r} in column {where!r}"


def _missing_keys(value: Any, schema: JsonSchema) -> Iterator[str]:
    """Yield the keys that a JSON value lacks, of lists those of the first entry."""
    if isinstance(value, dict):
        yield from (f"key {key!r}" for key in schema.get("required", ()) if key not in value)
        for key, inner in schema.get("properties", {}).items():
            yield from _missing_keys(value.get(key), inner)
    elif isinstance(value, list) and value:
        yield from _missing_keys(value[0], schema.get("items", {}))


def _first_value(file: Path) -> Any:
    """Return what a JSON file holds, of lines the first; nothing of a file without lines."""
    if file.suffix != ".jsonl":
        return orjson.loads(file.read_bytes())
    with file.open("rb") as lines:
        first = lines.readline()
    return orjson.loads(first) if first else None


def _first_line(damage: Exception) -> str:
    """Return what a library says of damage, without the path that it may name."""
    return (str(damage).splitlines() or [type(damage).__name__])[0].partition(": ")[0][:120]
