"""How workers work: faucet.yaml, faucet.local.yaml, and what a queue file says of its agent.

The team's settings are committed, those of a machine are not; neither is an input of the DAG, so
that configuring an agent needs no run and stops no checkpoint.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.core.validation import Validator
from pipeline.params.yaml_text import load_yaml
from pipeline.workspace.layout import LOCAL_SETTINGS, PARAMS, SETTINGS, schema_path
from pipeline.workspace.params import refuse_old_section
from pipeline.workspace.workspace import Workspace


@dataclass(frozen=True)
class Worker:
    """How an agent's tasks are done: by a command, by computing worked examples, or by a person.

    command is an argument list, empty where there is none; reviews says whether it does tasks of
    kind review as well, which wait for a person otherwise. timeout_s bounds the whole run of a
    command, silence_s the time between two of its lines. environment names the variables that it
    gets beside those that every program gets (work/environment.py).
    """

    command: tuple[str, ...]
    reviews: bool
    worked_examples: bool
    timeout_s: int
    silence_s: int
    environment: tuple[str, ...] = ()


@dataclass(frozen=True)
class Settings:
    """What faucet.yaml holds; schemas/faucet_settings.schema.json describes each field."""

    remote: str | None
    branch: str
    lease_s: int
    rescan_s: float
    timeout_s: int
    silence_s: int
    checkpoint_gates: tuple[Json, ...]
    agents: Mapping[str, Json]
    environment: tuple[str, ...] = ()

    def worker(self, agent: str, own: Json | None = None) -> Worker:
        """Return how an agent's tasks are done; own is what its queue file says of that."""
        template: dict[str, Any] = {**self.agents.get(agent, {}), **(own or {})}
        return Worker(
            command=tuple(template.get("command", ())),
            reviews=template.get("reviews", False) and bool(template.get("command")),
            worked_examples=template.get("worked_examples", False),
            timeout_s=template.get("timeout_s", self.timeout_s),
            silence_s=template.get("silence_s", self.silence_s),
            environment=(*self.environment, *self.agents.get(agent, {}).get("environment", ())),
        )


def read_settings(workspace: Workspace) -> Settings:
    """Return the settings of a workspace: the team's, overridden by this machine's.

    Raises UserError with the file, the field and the rule where one breaks the schema, and where
    params.yaml still has the section that these files took the place of.
    """
    refuse_old_section(load_yaml(workspace / PARAMS))
    values = layered(workspace, SETTINGS, LOCAL_SETTINGS, "faucet_settings")
    lists = ("checkpoint_gates", "environment")
    return Settings(**{**values, **{name: tuple(values.get(name, ())) for name in lists}})


def layered(workspace: Workspace, ours: Path, local: Path, format_name: str) -> dict[str, Any]:
    """Return the team's settings of a file, overridden key by key by those of this machine.

    local may be missing. Raises UserError with the file, the field and the rule where one breaks
    schemas/<format_name>.schema.json.
    """
    fits = Validator(orjson.loads((workspace / schema_path(format_name)).read_bytes()))
    values: Any = {}
    for name in (ours, local):
        if name == local and not (workspace / name).is_file():
            continue
        values = _overridden(values, load_yaml(workspace / name) or {})
        fault = fits.first_fault(values)
        if fault:
            raise UserError(f"{name}: {fault}")
    return dict(values)


def _overridden(values: Any, by: Any) -> Any:
    """Return values with those of by in their place, key by key; lists are replaced whole."""
    if not isinstance(values, dict) or not isinstance(by, dict):
        return by
    return {**values, **{name: _overridden(values.get(name), by[name]) for name in by}}
