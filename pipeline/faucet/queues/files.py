"""Files of the task faucet: read strictly, held to their schema, written whole.

What cannot be read stops the faucet with one sentence, because a queue that is half understood
loses tasks. Keys keep the order in which they were written, so that a diff shows what changed.
"""

import errno
import os
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.core.validation import Validator
from pipeline.core.whole_file import whole_file
from pipeline.deliveries.json_text import parse_value
from pipeline.deliveries.records import Duplicated, Refusal
from pipeline.store.kept import write_kept
from pipeline.workspace.layout import schema_path
from pipeline.workspace.workspace import Workspace


def read(workspace: Workspace, path: Path, format_name: str) -> Json:
    """Return the content of a file below root that fits schemas/<format_name>.schema.json.

    Raises UserError where it cannot be read: the sentence names file, place, field and rule.
    """
    return parsed(workspace, path, content(workspace, path), format_name)


def content(workspace: Workspace, path: Path) -> bytes:
    """Return the bytes of a file below root; raises UserError where they cannot be had."""
    try:
        found = whole_file(workspace.root, path)
    except OSError as fault:
        raise UserError(f"{path.as_posix()}: {fault.strerror or fault}") from None
    if found is None:
        raise UserError(f"{path.as_posix()}: {os.strerror(errno.ENOENT)}")
    return found


def parsed(workspace: Workspace, path: Path, content: bytes, format_name: str) -> Json:
    """Return the value of content that fits schemas/<format_name>.schema.json.

    Raises UserError where it does not: the sentence names path, place, field and rule.
    """
    value: Any = parse_value(content, "")
    if isinstance(value, Refusal):
        raise UserError(f"{path.as_posix()}: {value.message}")
    twice = named_twice(value)
    if twice is not None:
        raise UserError(f"{path.as_posix()}: key {twice!r} is named twice in one object")
    check(workspace, path, value, format_name)
    document: Json = value
    return document


def write(workspace: Workspace, path: Path, value: Json, format_name: str) -> None:
    """Write a value that fits its schema to a file below root, whole or not at all.

    A copy is kept, by which `faucet fsck` knows it again (store/kept.py). Raises UserError where
    the value does not fit.
    """
    check(workspace, path, value, format_name)
    write_kept(workspace, path, as_bytes(value))


def check(workspace: Workspace, path: Path, value: Any, format_name: str) -> None:
    """Raise UserError where value breaks the schema of its format."""
    schema = workspace / schema_path(format_name)
    fault = _validator(schema.read_bytes()).first_fault(value)
    if fault:
        raise UserError(f"{path.as_posix()}: {fault}")


def as_bytes(value: object) -> bytes:
    """Return JSON with two spaces of indent, keys in their order, and a newline at the end."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


@cache
def _validator(schema: bytes) -> Validator:
    return Validator(orjson.loads(schema))


def named_twice(value: Any) -> str | None:
    """Return a key that an object within a value names twice, None where none does."""
    if isinstance(value, Duplicated):
        return str(value.twice)
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next((found for below in inner if (found := named_twice(below)) is not None), None)
