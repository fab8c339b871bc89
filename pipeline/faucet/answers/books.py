"""The books of integrate: what it counted of every delivery, whose balance every run keeps."""

import orjson

from pipeline.core.json_values import Json
from pipeline.workspace.workspace import Workspace

ACCOUNTING = "accounting.json"
QUARANTINE = "quarantine.jsonl"


def accounting(workspace: Workspace) -> list[Json]:
    """Return what integrate counted of every delivery; nothing where it has not run."""
    if not workspace.has(ACCOUNTING):
        return []
    rows: list[Json] = orjson.loads((workspace / workspace.output(ACCOUNTING)).read_bytes())[
        "deliveries"
    ]
    return rows
