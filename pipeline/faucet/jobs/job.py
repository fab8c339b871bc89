"""A job at a provider, as its events tell it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.core.json_values import Json

_OVER = frozenset({"collected", "abandoned"})


class Ledger(NamedTuple):
    """Where jobs of one kind are kept, and the schemas of their events, later ones winning.

    noun is what their keys stand for, command what submits and collects them.
    """

    folder: Path
    schemas: tuple[str, ...]
    noun: str
    command: str


@dataclass(frozen=True)
class Job:
    """One job of the ledger: its first event says what it is, the later ones what became of it."""

    ledger: Ledger
    events: tuple[Json, ...]

    @property
    def plan(self) -> Json:
        """Return the first event."""
        return self.events[0]

    @property
    def job_id(self) -> str:
        """Return the id that names file and batch at the provider, too."""
        return str(self.plan["job_id"])

    @property
    def kind(self) -> str:
        """Return how its results come: batch, online, import."""
        return str(self.plan["kind"])

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the keys of what it asks for."""
        return tuple(self.plan["keys"])

    @property
    def step(self) -> str:
        """Return the last step: the event that its next one follows; retrying is none."""
        return [str(one["event"]) for one in self.events if one["event"] != "retried"][-1]

    @property
    def is_open(self) -> bool:
        """Return whether its results are still waited for."""
        return self.step not in _OVER

    @property
    def is_at_provider(self) -> bool:
        """Return whether its batch is known at the provider and not known to have ended."""
        return self.step in ("submitted", "cancelling")

    @property
    def part(self) -> str | None:
        """Return the name of the part that has its vectors; None without one, or once retried."""
        if self.events[-1]["event"] == "retried":
            return None
        found: str | None = self._last("collected", {}).get("part")
        return found

    @property
    def failed(self) -> Mapping[str, str]:
        """Return the reason of each request that failed, by key; none once they were retried."""
        if self.events[-1]["event"] == "retried":
            return {}
        found: Mapping[str, str] = self._last("collected", {}).get("failed", {})
        return found

    def value(self, field: str) -> Any:
        """Return a field of the last event that has it, None without one."""
        return next((one[field] for one in reversed(self.events) if field in one), None)

    def has(self, event: str) -> bool:
        """Return whether something was done, or begun."""
        return any(one["event"] == event for one in self.events)

    def _last(self, event: str, without: Json) -> Json:
        return next((one for one in reversed(self.events) if one["event"] == event), without)
