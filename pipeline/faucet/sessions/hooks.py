"""What a command line's hooks are answered: the next brief at the start, the next task at a stop.

Claude Code, Gemini CLI and Codex send an event as JSON and take an answer of the same shape.
A session that a worker started has its brief already, and is left alone.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from pipeline.core.ids import content_digest
from pipeline.core.json_values import Json
from pipeline.faucet.queues.board import Board
from pipeline.faucet.sessions.install import has_queues
from pipeline.faucet.work import by_hand
from pipeline.store.atomic import write_bytes
from pipeline.workspace.layout import SESSIONS
from pipeline.workspace.workspace import Workspace

START = "SessionStart"
STOPS = ("Stop", "AfterAgent")
"""What the three call the end of a turn."""

MOST_TASKS = 20
"""So many tasks are handed over in one session; then it ends, and somebody looks at it."""

OF_A_WORKER = "FAUCET_TASK_ID"
"""The variable that a session has which a worker started."""


def answer(board: Board, agent: str, event: Json, variables: Mapping[str, str]) -> Json | None:
    """Return what a hook of an agent's session answers to an event, None where it is silent.

    At the start the next brief comes into context; nothing is taken by that. At a stop the next
    task is taken and handed over, once: not where a stop hook is active already, not the same
    task twice, and no more than MOST_TASKS in a session. Where agent has no queue the session is
    none of the team's, and is left alone. Raises UserError where the queues cannot be read.
    """
    if variables.get(OF_A_WORKER) or not _has_queue(board, agent):
        return None
    name = event.get("hook_event_name")
    if name == START:
        return _start(board, agent)
    return _stop(board, agent, event) if name in STOPS else None


def _has_queue(board: Board, agent: str) -> bool:
    return has_queues(board.workspace) and agent in board.load().queues


def _start(board: Board, agent: str) -> Json | None:
    task = by_hand.upcoming(board, agent, agent)
    if task is None:
        return None
    context = (
        f"This session can work as {agent} of the team. Unless you are asked for something else,"
        f" take the task below with `faucet queue claim --agent {agent}` (or the tool next_task)"
        f" and do what its brief says; hand it in with `faucet queue submit {task.task_id}`.\n\n"
        f"{by_hand.brief_of(board, task)}"
    )
    return {"hookSpecificOutput": {"hookEventName": START, "additionalContext": context}}


def _stop(board: Board, agent: str, event: Mapping[str, Any]) -> Json | None:
    if event.get("stop_hook_active"):
        return None
    session = str(event.get("session_id", ""))
    handed = _handed(board.workspace, session)
    if len(handed) >= MOST_TASKS:
        return None
    upcoming = by_hand.upcoming(board, agent, agent)
    if upcoming is None or upcoming.task_id in handed[-1:]:
        return None
    task = by_hand.take(board, agent, agent)
    if task is None:
        return None
    _remember(board.workspace, session, [*handed, task.task_id])
    reason = (
        f"{task.task_id} is yours now. Do what its brief says and hand it in with"
        f" `faucet queue submit {task.task_id}`; `faucet queue release {task.task_id}` gives it"
        f" back.\n\n{by_hand.brief_of(board, task)}"
    )
    return {"decision": "block", "reason": reason}


def _handed(workspace: Workspace, session: str) -> list[str]:
    """Return the tasks that were handed over in a session; none where that cannot be read."""
    try:
        found = orjson.loads(_note(workspace, session).read_bytes())
    except (OSError, ValueError):
        return []
    return [str(name) for name in found] if isinstance(found, list) else []


def _remember(workspace: Workspace, session: str, tasks: list[str]) -> None:
    write_bytes(_note(workspace, session), orjson.dumps(tasks))


def _note(workspace: Workspace, session: str) -> Path:
    digest = content_digest(session.encode("utf-8", "backslashreplace"))[:16]
    return workspace / SESSIONS / f"{digest}.json"
