"""params.yaml of a workspace, read and checked as a whole before anything runs."""

from pathlib import Path
from typing import Any

import orjson

from pipeline.core.errors import UserError
from pipeline.core.json_values import JsonSchema
from pipeline.params.checking import faults
from pipeline.params.yaml_text import load_yaml
from pipeline.workspace.git import Folder
from pipeline.workspace.layout import LOCAL_SETTINGS, PARAMS, SETTINGS, schema_path

_MOST_FAULTS = 3


def read_params(folder: Folder) -> dict[str, dict[str, Any]]:
    """Return params.yaml of the workspace at folder: one section per stage, and `engine`.

    Raises UserError with key, value and what is allowed where it breaks its schema anywhere,
    whichever stage is asked for: a file that is half right is not one that somebody meant.
    """
    return checked(load_yaml(Path(folder) / PARAMS), params_schema(folder))


def params_schema(folder: Folder) -> JsonSchema:
    """Return the schema of params; raises UserError where the workspace has none."""
    place = schema_path("params")
    try:
        schema: JsonSchema = orjson.loads((Path(folder) / place).read_bytes())
    except FileNotFoundError:
        raise UserError(f"{place.as_posix()} is missing: restore it from git") from None
    return schema


def checked(values: Any, schema: JsonSchema, name: str = PARAMS.name) -> dict[str, dict[str, Any]]:
    """Return values where they fit the schema; raises UserError with what does not.

    name says whose values they are.
    """
    if values is None or not isinstance(values, dict):
        held = "is empty" if values is None else f"holds a {type(values).__name__}"
        raise UserError(f"{name} {held}: it must hold one section per stage")
    refuse_old_section(values, name)
    found = faults(values, schema)
    if found:
        more = f"; and {len(found) - _MOST_FAULTS} more" if len(found) > _MOST_FAULTS else ""
        raise UserError(f"{name}: {'; '.join(found[:_MOST_FAULTS])}{more}")
    return values


def refuse_old_section(values: Any, name: str = PARAMS.name) -> None:
    """Raise UserError where values still have the section whose place faucet.yaml took."""
    if isinstance(values, dict) and "faucet" in values:
        raise UserError(
            f"{name}: section faucet has moved: its values belong into {SETTINGS} (the team's) or"
            f" {LOCAL_SETTINGS} (this machine's), remove it here"
        )
