"""All agents at work: one worker process a queue, started again where it ends."""

import os
import subprocess
import sys
import time
from collections.abc import Collection
from datetime import UTC, datetime

import psutil

from pipeline.core.errors import UserError
from pipeline.faucet.abilities.ability import ability
from pipeline.faucet.clones.boards import open_board
from pipeline.faucet.queues.board import Board
from pipeline.faucet.runs.inbox import unlanded
from pipeline.faucet.settings import Settings, read_settings
from pipeline.faucet.tasks.state import State, Task, claimable, standing, takes_tasks
from pipeline.faucet.work.asked import RUN_BEGAN
from pipeline.faucet.work.gatekeeper import TeamDuty, gatekeeper, housekeeper
from pipeline.faucet.work.looping import StopSignal, rest, say_as_json
from pipeline.faucet.work.looping import say as say_plainly
from pipeline.faucet.work.tending import unread
from pipeline.workspace.workspace import Workspace

_GRACE_S = 30
_QUIET_LOOKS = 2


def run_team(workspace: Workspace, *, until_idle: bool, as_json: bool = False) -> bool:
    """Keep a worker at work for every queue until told to stop, or until nothing can be done.

    Everything that happens is printed, as one JSON object a line if as_json. Return whether
    Ctrl-C ended it. Raises UserError where there are no queues, or settings are wrong.
    """
    say = say_as_json if as_json else say_plainly
    settings = read_settings(workspace)
    board = open_board(workspace, settings)
    agents = sorted(board.load().queues)
    stop = StopSignal()
    workers = {agent: _start(workspace, agent, as_json=as_json) for agent in agents}
    say("team", f"{len(agents)} workers: {', '.join(agents)}")
    duties = {begin: begin(workspace, settings, say, stop) for begin in (gatekeeper, housekeeper)}
    idle = _IdleTime()
    try:
        while not stop():
            rest(workspace, settings.rescan_s, stop)
            for agent in sorted(_queues(board) - workers.keys()):
                workers[agent] = _start(workspace, agent, as_json=as_json)
                say("team", f"one more worker: {agent}")
            for agent, worker in workers.items():
                if worker.poll() is not None and not stop():
                    say(agent, f"the worker ended with {worker.returncode}; started again")
                    time.sleep(1)  # a worker that cannot start is not started in a hurry
                    workers[agent] = _start(workspace, agent, as_json=as_json)
            for begin, duty in duties.items():
                if not duty.is_alive() and not stop():
                    say("team", f"{duty.name} ended by a fault; started again")
                    duties[begin] = begin(workspace, settings, say, stop)
            if until_idle and idle.is_over(duties.values(), is_idle=_is_idle(board, settings)):
                say("team", "nobody can do anything more now")
                break
    finally:
        stop.event.set()
        _end(workers)
        for duty in duties.values():
            duty.join()
    return stop.is_interrupted


class _IdleTime:
    """How long nobody can do anything: over after so many whole rounds of every duty."""

    def __init__(self) -> None:
        self._began: list[int] | None = None
        self._events = 0

    def is_over(self, duties: Collection[TeamDuty], *, is_idle: bool) -> bool:
        """Return whether nothing happened for long enough; is_idle is what a look shows now."""
        events = sum(duty.events for duty in duties)
        is_same, self._events = events == self._events, events
        rounds = [duty.rounds for duty in duties]
        if not is_idle or not is_same:
            self._began = None
            return False
        self._began = self._began or rounds
        return all(
            now >= then + _QUIET_LOOKS for now, then in zip(rounds, self._began, strict=True)
        )


def _start(workspace: Workspace, agent: str, *, as_json: bool) -> "subprocess.Popen[bytes]":
    """Start a worker in a group of its own: Ctrl-C reaches the team alone, which ends workers."""
    command = [sys.executable, "-m", "pipeline.cli", "work", "--agent", agent, "--forever"]
    command += ["--json"] if as_json else []
    own_group = None if sys.platform == "win32" else 0
    variables = {**os.environ, RUN_BEGAN: str(psutil.Process().create_time())}
    return subprocess.Popen(  # noqa: S603 - an argument list, no shell
        command,
        cwd=workspace,
        env=variables,
        stdin=subprocess.DEVNULL,
        process_group=own_group,
    )


def _end(workers: dict[str, "subprocess.Popen[bytes]"]) -> None:
    for worker in workers.values():
        worker.terminate()
    for worker in workers.values():
        try:
            worker.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            worker.kill()


def _is_idle(board: Board, settings: Settings) -> bool:
    """Return whether nothing is under way and nothing that a worker can do is left.

    What waits for its next try is left; what waits for a person is not.
    """
    try:
        state = board.load()
    except UserError:
        return False
    if unlanded(board.workspace) or any(_is_at_work(state, task) for task in state.tasks()):
        return False
    has_flow = any(queue.rest.get("flow") for queue in state.queues.values())
    if has_flow and unread(board.workspace):
        return False
    return not any(_can_work(board, state, settings, agent) for agent in state.queues)


def _queues(board: Board) -> set[str]:
    """Return who has a queue now; nobody new where the board cannot be read."""
    try:
        return set(board.load().queues)
    except UserError:
        return set()


def _is_at_work(state: State, task: Task) -> bool:
    """Return whether a worker has a task; what a person has may take days."""
    is_taken = standing(state, task) == "claimed"
    return is_taken and task.claim is not None and task.claim.process is not None


def _can_work(board: Board, state: State, settings: Settings, agent: str) -> bool:
    queue = state.queues[agent]
    can_do = ability(board.workspace, settings.worker(agent, queue.rest.get("worker")))
    now = datetime.now(UTC)
    if not takes_tasks(queue, now):
        return False
    tries_again = [
        task for task in queue.tasks if task.setbacks and standing(state, task) == "ready"
    ]
    return any(map(can_do, (*claimable(state, agent, now), *tries_again)))
