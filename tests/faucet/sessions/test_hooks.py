"""Hooks of interactive sessions: brief at the start, next task at a stop, bounded."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pipeline.cli import faucet
from pipeline.faucet.queues.storage import LocalBoard, load
from pipeline.faucet.sessions.hooks import MOST_TASKS, answer
from pipeline.faucet.tasks.operations import ReleaseClaim
from pipeline.faucet.tasks.state import standing
from pipeline.workspace.workspace import Workspace
from tests.faucet.tasks_only import entry, queue, workspace

START = {"hook_event_name": "SessionStart", "session_id": "s1", "source": "startup"}
STOP = {"hook_event_name": "Stop", "session_id": "s1", "stop_hook_active": False}


@pytest.fixture
def board(tmp_path: Path) -> LocalBoard:
    tasks = [entry(name, description=f"Do {name}") for name in ("first", "second")]
    return LocalBoard(workspace(tmp_path / "w", queue("zai", *tasks)))


def hook(board: LocalBoard, event: dict[str, Any], **variables: str) -> Any:
    return answer(board, "zai", event, variables)


def where(root: Workspace) -> list[str]:
    state = load(root)
    return [standing(state, task) for task in state.tasks()]


def give_back(board: LocalBoard, task_id: str) -> None:
    task = board.load().task(task_id)
    assert task is not None
    board.change(ReleaseClaim(task_id, task.turn))


def test_a_session_starts_with_the_next_brief(board: LocalBoard) -> None:
    """The whole brief comes into context, and nothing is taken by looking at it."""
    told = hook(board, START)["hookSpecificOutput"]
    assert told["hookEventName"] == "SessionStart"
    assert "# first" in told["additionalContext"]
    assert "Do first" in told["additionalContext"]
    assert where(board.workspace) == ["ready", "ready"]


@pytest.mark.parametrize("event", ["Stop", "AfterAgent"])
def test_a_stop_hands_over_the_next_task(board: LocalBoard, event: str) -> None:
    """The task is claimed and its brief is the reason to go on; asked again, the stop stands."""
    told = hook(board, {**STOP, "hook_event_name": event})
    assert told["decision"] == "block"
    assert "# first" in told["reason"]
    assert where(board.workspace) == ["claimed", "ready"]
    assert hook(board, {**STOP, "hook_event_name": event}) is None


def test_a_stop_hook_that_is_active_lets_the_session_end(board: LocalBoard) -> None:
    """The flag of the command line is heeded before anything is looked at."""
    assert hook(board, {**STOP, "stop_hook_active": True}) is None
    assert where(board.workspace) == ["ready", "ready"]


def test_a_session_is_handed_so_many_tasks_and_no_more(board: LocalBoard) -> None:
    """After MOST_TASKS it ends; another session begins anew."""
    root = board.workspace
    handed = 0
    while hook(board, STOP):
        handed += 1
        held = [task for task in load(root).tasks() if task.claim]
        give_back(board, held[0].task_id)
        first, second = json.loads((root / "data/task_queues/zai_queue.json").read_text())[
            "queued_tasks"
        ]
        first["priority"], second["priority"] = second["priority"] + 1, first["priority"]
        document = json.loads((root / "data/task_queues/zai_queue.json").read_text())
        document["queued_tasks"] = [first, second]
        (root / "data/task_queues/zai_queue.json").write_text(json.dumps(document))
    assert handed == MOST_TASKS
    assert hook(board, {**STOP, "session_id": "../../s2"})
    assert {path.suffix for path in (root / ".cache/faucet/sessions").iterdir()} == {".json"}


def test_a_session_of_a_worker_is_left_alone(board: LocalBoard) -> None:
    """Who was started with a brief is told nothing more, whatever the event."""
    for event in (START, STOP, {"hook_event_name": "PreToolUse"}, {}):
        assert hook(board, event, FAUCET_TASK_ID="x") is None
    assert hook(board, {"hook_event_name": "PreToolUse"}) is None
    assert where(board.workspace) == ["ready", "ready"]


def test_the_command_answers_in_json_or_in_a_sentence(
    board: LocalBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stdout has the answer alone; what is no event is one sentence, a stranger gets none."""
    monkeypatch.chdir(board.workspace.root)

    def command(agent: str, text: str) -> Any:
        return CliRunner().invoke(faucet, ["agents", "hook", "--agent", agent], input=text)

    stranger = command("nobody", json.dumps(START))
    assert (stranger.exit_code, stranger.output) == (0, "")
    told = command("zai", json.dumps(STOP))
    assert json.loads(told.stdout)["decision"] == "block"
    assert command("zai", json.dumps({**STOP, "stop_hook_active": True})).stdout == ""
    for agent, text in (("zai", "{"), ("zai", "[]")):
        ended = command(agent, text)
        assert (ended.exit_code, len(ended.output.splitlines())) == (1, 1)
