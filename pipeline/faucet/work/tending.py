"""What keeps the team's work flowing, done by every worker before it looks for a task.

Claims of the dead are freed, what waits in inboxes lands and becomes work, what was handed in is
judged, queues are filled. Each is done once however many workers do it at the same time.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import orjson

from pipeline.core.errors import UserError
from pipeline.core.text import counted
from pipeline.deliveries.landing import LEFT_REASONS, landed
from pipeline.faucet.answers.receipts import ACCOUNTING
from pipeline.faucet.gates.criteria import failed
from pipeline.faucet.queues.attempts import given_back
from pipeline.faucet.queues.board import Board
from pipeline.faucet.queues.leases import over
from pipeline.faucet.queues.refilling import refill_queues
from pipeline.faucet.runs.inbox import land_if_free
from pipeline.faucet.settings import Settings
from pipeline.faucet.tasks.operations import AddTask, Rejected
from pipeline.faucet.tasks.state import State, standing
from pipeline.faucet.work.ability import can_deliver
from pipeline.faucet.work.concluding import Conclusion, judge_later
from pipeline.faucet.work.flow import wave
from pipeline.faucet.work.orphans import end_orphans
from pipeline.faucet.workspace import DELIVERIES

Watch = Callable[[], str | None]


def tend(board: Board, settings: Settings, watch: Watch) -> Iterator[str]:
    """Do what has to be done for all, and yield one sentence for each thing that was done.

    Raises UserError where the board cannot be read.
    """
    yield from _free(board)
    yield from _land(board)
    yield from _begin_wave(board)
    yield from _judge(board, settings, watch)
    for task in refill_queues(board, can_deliver(board, settings)):
        yield f"{task.task_id}: queued at {task.agent}"


def unread(root: Path) -> list[str]:
    """Return the landed deliveries (agent/name) that the books of integrate do not tell."""
    path = root / ACCOUNTING
    rows = orjson.loads(path.read_bytes())["deliveries"] if path.is_file() else []
    booked = {(row["agent"], row["delivery"]) for row in rows}
    there = ((one.agent, one.delivery) for one in landed(root / DELIVERIES))
    return [f"{agent}/{name}" for agent, name in there if (agent, name) not in booked]


def _free(board: Board) -> Iterator[str]:
    """Give back the claims of owners that are gone, once what they left running has ended."""
    state = board.load()
    gone = over(board.root, state, datetime.now(UTC))
    for task in gone:
        end_orphans(board.root, task.task_id)
    if not gone:
        return

    def step(state: State) -> State:
        now = over(board.root, state, datetime.now(UTC))
        known = {(task.task_id, task.turn) for task in gone}
        return given_back(state, [t for t in now if (t.task_id, t.turn) in known])

    board.change(step)
    yield from (f"{task.task_id}: its owner is gone, free again" for task in gone)


def _land(board: Board) -> Iterator[str]:
    for one in land_if_free(board.root):
        if one.is_new:
            yield f"{one.stored}: landed"
        elif one.reason and one.reason != "unfinished":
            yield f"{one.source}: left where it is: {LEFT_REASONS[one.reason]}"


def _begin_wave(board: Board) -> Iterator[str]:
    names = unread(board.root)
    tasks = wave(board.load(), names) if names else []
    if tasks and not isinstance(board.change(*(AddTask(task) for task in tasks)), Rejected):
        yield f"{counted(len(tasks), 'task')} for {counted(len(names), 'new file')} of deliveries"


def _judge(board: Board, settings: Settings, watch: Watch) -> Iterator[str]:
    state = board.load()
    for task in state.tasks():
        if standing(state, task) != "submitted":
            continue
        with suppress(UserError):  # somebody else judged it, or the next look will
            conclusion = judge_later(board, settings, task, watch)
            if conclusion and conclusion.ending != "lost":
                yield told(task.task_id, conclusion)


def told(task_id: str, conclusion: Conclusion) -> str:
    """Return how an attempt ended as one sentence."""
    if conclusion.ending == "submitted":
        return f"{task_id}: handed in; judged once it is integrated"
    if conclusion.ending == "lost":
        return f"{task_id}: the claim was lost, nothing is handed in"
    assert conclusion.report, "what was judged has a report"
    if conclusion.ending == "failed":
        return f"{task_id}: FAILED: {'; '.join(failed(conclusion.report))}"
    gates = counted(len(conclusion.report["criteria"]), "gate")
    where = f", checkpoint {conclusion.checkpoint[:10]}" if conclusion.checkpoint else ""
    note = f"; no checkpoint yet: {conclusion.note}" if conclusion.note else ""
    return f"{task_id}: completed, {gates} passed{where}{note}"
