"""How workers work: section `faucet` of params.yaml, and what a queue file says of its agent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.core.validation import Validator
from pipeline.workspace.layout import schema_path
from pipeline.workspace.workspace import Workspace


@dataclass(frozen=True)
class Worker:
    """How an agent's tasks are done: by a command, by computing worked examples, or by a person.

    command is an argument list, empty where there is none; reviews says whether it does tasks of
    kind review as well, which wait for a person otherwise. timeout_s bounds the whole run of a
    command, silence_s the time between two of its lines.
    """

    command: tuple[str, ...]
    reviews: bool
    worked_examples: bool
    timeout_s: int
    silence_s: int


@dataclass(frozen=True)
class Settings:
    """Section `faucet` of params.yaml; schemas/faucet_settings.schema.json describes each field."""

    remote: str | None
    branch: str
    lease_s: int
    rescan_s: float
    timeout_s: int
    silence_s: int
    checkpoint_gates: tuple[Json, ...]
    agents: Mapping[str, Json]

    def worker(self, agent: str, own: Json | None = None) -> Worker:
        """Return how an agent's tasks are done; own is what its queue file says of that."""
        told: dict[str, Any] = {**self.agents.get(agent, {}), **(own or {})}
        return Worker(
            command=tuple(told.get("command", ())),
            reviews=told.get("reviews", False) and bool(told.get("command")),
            worked_examples=told.get("worked_examples", False),
            timeout_s=told.get("timeout_s", self.timeout_s),
            silence_s=told.get("silence_s", self.silence_s),
        )


def read_settings(workspace: Workspace) -> Settings:
    """Return the settings of the workspace at root.

    Raises UserError with the field and the rule where params.yaml breaks the schema.
    """
    told = workspace.dag.params.get("faucet")
    fault = Validator(
        orjson.loads((workspace / schema_path("faucet_settings")).read_bytes())
    ).first_fault(told)
    if fault:
        raise UserError(f"params.yaml: section faucet: {fault}")
    section: dict[str, Any] = dict(told or {})
    return Settings(**{**section, "checkpoint_gates": tuple(section["checkpoint_gates"])})
