"""Params and schemas as this version of the engine comes with them."""

from functools import cache
from pathlib import Path

import orjson

from pipeline.core.json_values import JsonSchema
from pipeline.workspace.layout import schema_path

_PACKAGE = Path(__file__).parents[1]
_LAID_IN = _PACKAGE / "template"
"""What a wheel carries; in a checkout the repository itself is what workspaces are made of."""


def packaged(path: Path) -> bytes:
    """Return the content of a file that comes with the engine; path is from a workspace's root."""
    return ((_LAID_IN if _LAID_IN.is_dir() else _PACKAGE.parent) / path).read_bytes()


@cache
def packaged_json(format_name: str) -> JsonSchema:
    """Return the schema of a published format; whoever gets it changes nothing in it."""
    schema: JsonSchema = orjson.loads(packaged(schema_path(format_name)))
    return schema
