"""What keeps the team's work flowing, done by a team's housekeeper, or by workers without one.

Claims of the dead are freed, what waits in inboxes lands and becomes work, what was handed in is
judged, queues are filled. Each is done once however many workers do it at the same time.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from pipeline.core.errors import UserError
from pipeline.core.text import counted
from pipeline.deliveries.landing import LEFT_REASONS
from pipeline.faucet.abilities.ability import abilities, deliverers
from pipeline.faucet.checkpoints.making import settle
from pipeline.faucet.checkpoints.settled import RUNNING, unsettled_now
from pipeline.faucet.checkpoints.settled import unread as landed_unread
from pipeline.faucet.queues.attempts import given_back
from pipeline.faucet.queues.board import Board
from pipeline.faucet.queues.leases import over
from pipeline.faucet.queues.refilling import note_dry, refill_queues
from pipeline.faucet.runs.inbox import land_if_free
from pipeline.faucet.settings import Settings
from pipeline.faucet.tasks.operations import AddTask, Rejected
from pipeline.faucet.tasks.state import State, standing
from pipeline.faucet.work.assignment import Watch
from pipeline.faucet.work.concluding import Conclusion, judge_handed_in
from pipeline.faucet.work.endings import InterruptedWork
from pipeline.faucet.work.flow import wave
from pipeline.faucet.work.orphans import end_orphans
from pipeline.workspace.layout import JUDGING_LOCK, TEND_LOCK
from pipeline.workspace.locks import is_held, try_lock
from pipeline.workspace.workspace import Workspace


def tend(board: Board, settings: Settings, watch: Watch = lambda: None) -> Iterator[str]:
    """Do what has to be done for all, and yield one sentence for each thing that was done.

    watch can end a run of the DAG by an exception of its own.
    One process of a clone does it at a time, the housekeeper of a team for as long as it lives;
    the others go on with their tasks. Raises UserError where the board cannot be read.
    """
    with try_lock(board.workspace, TEND_LOCK) as is_ours:
        if is_ours:
            yield from keep_flowing(board, settings, watch)


def keep_flowing(board: Board, settings: Settings, watch: Watch) -> Iterator[str]:
    """Do the same, as who holds the lock for it."""
    yield from _free(board)
    yield from _land(board)
    yield from _begin_wave(board)
    if not is_held(board.workspace, JUDGING_LOCK):  # else a gatekeeper judges
        yield from _judge(board, settings, watch)
    able, delivering = abilities(board, settings), deliverers(board, settings)
    for task in refill_queues(board, able, delivering):
        yield f"{task.task_id}: queued at {task.agent}"
    note_dry(board, datetime.now(UTC), able, delivering)


def unread(workspace: Workspace) -> list[str]:
    """Return the landed deliveries (agent/name) that the books of integrate do not tell."""
    return [f"{one.agent}/{one.delivery}" for one in landed_unread(workspace)]


def _free(board: Board) -> Iterator[str]:
    """Give back the claims of owners that are gone, once what they left running has ended."""
    state = board.load()
    gone = over(board.workspace, state, datetime.now(UTC))
    for task in gone:
        end_orphans(board.workspace, task.task_id)
    if not gone:
        return

    def step(state: State) -> State:
        now = over(board.workspace, state, datetime.now(UTC))
        known = {(task.task_id, task.turn) for task in gone}
        return given_back(state, [t for t in now if (t.task_id, t.turn) in known])

    board.change(step)
    yield from (f"{task.task_id}: its owner is gone, free again" for task in gone)


def _land(board: Board) -> Iterator[str]:
    for one in land_if_free(board.workspace):
        if one.is_new:
            yield f"{one.stored}: landed"
        elif one.removal:
            yield f"{one.source}: not landed, {one.removal}"
        elif one.reason and one.reason != "unfinished":
            yield f"{one.source}: left where it is: {LEFT_REASONS[one.reason]}"


def _begin_wave(board: Board) -> Iterator[str]:
    with board.workspace.try_run_lock() as is_free:  # a run that goes on has taken its books away
        names = unread(board.workspace) if is_free else []
    tasks = wave(board.load(), names) if names else []
    if tasks and not isinstance(board.change(*(AddTask(task) for task in tasks)), Rejected):
        yield f"{counted(len(tasks), 'task')} for {counted(len(names), 'new file')} of deliveries"


def judge_waiting(board: Board, settings: Settings, watch: Watch) -> list[tuple[str, Conclusion]]:
    """Judge what was handed in, after a run of the DAG where nobody else will make one.

    Raises UserError where the data set cannot be settled, or is not fit for a checkpoint.
    """
    if _nobody_will_run(board):
        settle(board.workspace, watch)
    return judge_handed_in(board, settings, watch)


def _judge(board: Board, settings: Settings, watch: Watch) -> Iterator[str]:
    try:
        ended = judge_waiting(board, settings, watch)
    except InterruptedWork:
        raise
    except UserError as fault:
        yield f"what was handed in waits: {fault}"
        return
    for task_id, conclusion in ended:
        yield conclusion.sentence(task_id)


def _nobody_will_run(board: Board) -> bool:
    """Return whether tasks wait for a run of the DAG that no task of a wave will make."""
    state = board.load()
    waves = [standing(state, task) for task in state.tasks() if task.rest.get("wave")]
    is_coming = any(word in ("ready", "claimed") for word in waves)
    waits = any(standing(state, task) == "submitted" for task in state.tasks())
    return waits and not is_coming and unsettled_now(board.workspace) not in (None, RUNNING)
