"""Refill of the queues of a workspace, from the coverage that the last run found."""

import csv
from collections.abc import Collection
from datetime import datetime

from pipeline.core.errors import UserError
from pipeline.faucet.queues.board import Board
from pipeline.faucet.tasks.operations import AddTask, NoteDry, Rejected
from pipeline.faucet.tasks.refill import Able, Gap, dry_agents, refill
from pipeline.faucet.tasks.state import Task
from pipeline.store.fitting import fitting
from pipeline.workspace.workspace import Workspace

COVERAGE = "coverage.csv"
_READ = ("indicator", "kept_pairs", "target_pairs")


def refill_queues(
    board: Board,
    able: Able = lambda task: True,  # noqa: ARG005 - who can do everything
    delivering: Collection[str] = (),
) -> list[Task]:
    """Add what keeps the queues of a board from running dry, and return it.

    Without coverage (no run came as far as visualize) only recurring tasks come back. What
    another process adds meanwhile is added once: ids say what a task is.
    Raises UserError where the queues cannot be read.
    """
    tasks = refill(board.load(), gaps(board.workspace), board.receipts(), able, delivering)
    if not tasks:
        return []
    outcome = board.change(*(AddTask(task) for task in tasks))
    if isinstance(outcome, Rejected):
        raise UserError(f"the queues changed meanwhile, refill again: {outcome.message}")
    return tasks


def note_dry(board: Board, now: datetime, able: Able, delivering: Collection[str] = ()) -> None:
    """Note in its queue when the plan begins or ends to hold nothing more for an agent.

    Whoever looks back then knows an agent that could not be given anything from one that starved.
    To be called once refill_queues has nothing more to add. Raises UserError as that does.
    """
    state = board.load()
    dry = dry_agents(state, gaps(board.workspace), able, delivering)
    notes = [
        NoteDry(agent, now, is_dry)
        for agent, is_dry in dry.items()
        if is_dry is not state.queues[agent].is_dry
    ]
    if notes:
        board.change(*notes)


def gaps(workspace: Workspace) -> list[Gap]:
    """Return kept and wanted pairs of every indicator; none where no run told them.

    Raises UserError where the table of coverage is damaged, or of another version.
    """
    if not workspace.has(COVERAGE):
        return []
    (file,) = fitting(workspace, workspace.output(COVERAGE), _READ)
    with file.open(encoding="utf-8", newline="") as rows:
        return [
            Gap(row["indicator"], int(row["kept_pairs"]), int(row["target_pairs"]))
            for row in csv.DictReader(rows)
        ]
