"""How the made-up team of the fortnight is kept busy, what goes wrong, and what follows."""

import csv
from pathlib import Path
from typing import NamedTuple

from pipeline.faucet.tasks.documents import task_of
from pipeline.faucet.tasks.state import Task


class Faults(NamedTuple):
    """What goes wrong: a share of attempts, the rest per hour of work; waits are means in s."""

    missed_gates: float = 0.08
    transient_an_hour: float = 1 / 20
    quota_an_hour: float = 1 / 40
    crashes_an_hour: float = 1 / 50
    quota_wait_s: float = 1_800
    restart_s: float = 120


class Policy(NamedTuple):
    """How the team is kept busy, beyond the queues as they are given.

    is_flowing makes an integration task of every landed delivery, and a check of what was
    integrated. raised_by is added to all targets of the plan before its gaps run out. retry_h says
    how often a person gives dead tasks their attempts back. Queues are refilled after every
    completion and failure, and after claims where the policy says so.
    """

    is_flowing: bool = True
    raised_by: int = 0
    retry_h: float = 24
    is_refilled_after_claims: bool = True


def follow_up(task_id: str, agent: str, delivers: str = "", turn: int = 0) -> Task:
    """Return a task of ten minutes that follows a delivery, and judges it where it is named."""
    told = {"delivers": delivers, "turn_of": turn} if delivers else {}
    entry = {
        "task_id": task_id,
        "priority": 2,
        "status": "ready",
        "estimated_time": "10 minutes",
        "dependencies": [],
        "kind": "stage",
        **told,
    }
    return task_of(entry, agent)


def plan_targets(root: Path) -> dict[str, int]:
    """Return the pairs wanted of every indicator of the master plan."""
    with (root / "data/domain/plan.csv").open(encoding="utf-8", newline="") as rows:
        return {row["name"]: int(row["target"]) for row in csv.DictReader(rows)}
