"""How workers work: faucet.yaml, faucet.local.yaml, and what a queue file says of its agent.

The team's settings are committed, those of a machine are not; neither is an input of the DAG, so
that configuring an agent needs no run and stops no checkpoint.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.core.validation import Validator
from pipeline.faucet.portion import PORTION_PAIRS
from pipeline.params.yaml_text import load_yaml
from pipeline.workspace.layout import LOCAL_SETTINGS, PARAMS, SETTINGS, schema_path
from pipeline.workspace.params import refuse_old_section
from pipeline.workspace.workspace import Workspace

BUDGET_USD = 5.0
"""Dollars that one call of an agent may cost, where its command takes a bound."""


class Cap(NamedTuple):
    """What may be spent at most: tokens of input and output, and dollars."""

    tokens: int
    usd: float


class ModelWorker(NamedTuple):
    """A model of providers.yaml that does an agent's tasks, asked from here.

    task_cap bounds what it may be asked for one task in all, run_cap what in one `faucet run`;
    batches says whether its requests go to the provider as batches, and are collected later.
    """

    model: str
    task_cap: Cap = Cap(500_000, 1.0)
    run_cap: Cap = Cap(5_000_000, 10.0)
    requests_at_once: int = 4
    pairs_per_request: int = 8
    batches: bool = False


@dataclass(frozen=True)
class Worker:
    """How an agent's tasks are done: by a command or a model, by worked examples, or by a person.

    command is an argument list, empty where there is none; reviews says whether it does tasks of
    kind review as well, which wait for a person otherwise. timeout_s bounds the whole run of a
    command, silence_s the time between two of its lines. environment names the variables that it
    gets beside those that every program gets (work/environment.py). portion_pairs are asked for in
    one call, budget_usd is what {budget_usd} in the command stands for. setup_exit_codes say that
    the agent is not set up here; delivers_output, that what it prints is its delivery.
    """

    command: tuple[str, ...]
    reviews: bool
    worked_examples: bool
    timeout_s: int
    silence_s: int
    environment: tuple[str, ...] = ()
    portion_pairs: int = PORTION_PAIRS
    budget_usd: float = BUDGET_USD
    setup_exit_codes: Mapping[str, str] = field(default_factory=dict)
    delivers_output: bool = False
    model: ModelWorker | None = None

    @property
    def writes(self) -> bool:
        """Return whether it delivers on whatever it is asked for."""
        return bool(self.command) or self.model is not None


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
    portion_pairs: int = PORTION_PAIRS
    landing: Mapping[str, int] = field(default_factory=dict)
    presets: Mapping[str, Json] = field(default_factory=dict)

    def worker(self, agent: str, own: Json | None = None) -> Worker:
        """Return how an agent's tasks are done; own is what its queue file says of that."""
        template = self.template(agent, own)
        return Worker(
            command=tuple(template.get("command", ())),
            reviews=template.get("reviews", False) and bool(template.get("command")),
            worked_examples=template.get("worked_examples", False),
            timeout_s=template.get("timeout_s", self.timeout_s),
            silence_s=template.get("silence_s", self.silence_s),
            environment=(*self.environment, *self._environment(agent)),
            portion_pairs=template.get("portion_pairs", self.portion_pairs),
            budget_usd=template.get("budget_usd", BUDGET_USD),
            setup_exit_codes=template.get("setup_exit_codes", {}),
            delivers_output=template.get("delivers_output", False),
            model=self._model(agent),
        )

    def template(self, agent: str, own: Json | None = None) -> dict[str, Any]:
        """Return all that is set for an agent: its preset's, over it its own, over it own.

        Raises UserError where it names a preset that is none.
        """
        named: dict[str, Any] = {**self.agents.get(agent, {}), **(own or {})}
        if "preset" not in named:
            return named
        if named["preset"] not in self.presets:
            known = ", ".join(sorted(self.presets)) or "none"
            message = f"field agents.{agent}.preset: {named['preset']} is no preset ({known})"
            raise UserError(f"{SETTINGS}: {message}")
        return {**self.presets[named["preset"]], **named}

    def _model(self, agent: str) -> ModelWorker | None:
        """Return the model that the settings, never a queue file, give an agent: it costs money."""
        own = self.agents.get(agent, {})
        if own.get("kind") != "model":
            return None
        if "command" in own or "preset" in own:
            message = f"field agents.{agent}: a command and kind model are two: keep one of them"
            raise UserError(f"{SETTINGS}: {message}")
        caps = {
            name: ModelWorker._field_defaults[name]._replace(**own.get(name, {}))
            for name in ("task_cap", "run_cap")
        }
        numbers = {
            name: own[name]
            for name in ("requests_at_once", "pairs_per_request", "batches")
            if name in own
        }
        return ModelWorker(own["model"], **caps, **numbers)

    def _environment(self, agent: str) -> tuple[str, ...]:
        """Return the variables that the settings, never a queue file, name for an agent."""
        of_settings = self.agents.get(agent, {})
        preset = self.presets.get(of_settings.get("preset", ""), {})
        return (*preset.get("environment", ()), *of_settings.get("environment", ()))


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
        if name == local and not os.path.lexists(workspace / name):
            continue
        values = _overridden(values, load_yaml(workspace / name) or {})
        fault = fits.first_fault(values)
        if fault:
            raise UserError(f"{name}: {fault}")
    return dict(values)


def entry_defaults(workspace: Workspace, format_name: str, section: str) -> dict[str, Any]:
    """Return what the entries of a section have where they say nothing, by the schema."""
    schema = orjson.loads((workspace / schema_path(format_name)).read_bytes())
    fields = schema["properties"][section]["additionalProperties"]["properties"]
    return {name: rule["default"] for name, rule in fields.items() if "default" in rule}


def _overridden(values: Any, by: Any) -> Any:
    """Return values with those of by in their place, key by key; lists are replaced whole."""
    if not isinstance(values, dict) or not isinstance(by, dict):
        return by
    return {**values, **{name: _overridden(values.get(name), by[name]) for name in by}}
