"""From claim to verdict on the queues of a workspace."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.core.errors import UserError
from pipeline.faucet.queues import attempts
from pipeline.faucet.queues.adding import add_entries, entries_of
from pipeline.faucet.queues.attempts import apply_or_raise
from pipeline.faucet.queues.seeding import new_agent, seed
from pipeline.faucet.queues.storage import LocalBoard, create, load
from pipeline.faucet.tasks.operations import PauseTask, ReleaseClaim, ResumeTask
from pipeline.faucet.tasks.state import Task, standing
from pipeline.faucet.work import by_hand
from pipeline.workspace.workspace import Workspace
from tests.workspaces import bare, of_the_starter

ROOT = Path(__file__).parents[3]
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
AGENTS = ("claude", "claude_code", "droid", "zai")
SEED = Path(__file__).parents[3] / "data/domain/queues"


@pytest.fixture
def root(tmp_path: Path) -> Workspace:
    root = bare(tmp_path)
    new_agent(root, "zai")
    return root


def add(root: Path, *entries: dict[str, Any]) -> None:
    add_entries(LocalBoard(root), "zai", entries)


def take(root: Path, owner: str = "w1", at: int = 0, **more: Any) -> Task:
    found = attempts.claim(LocalBoard(root), "zai", owner, NOON + timedelta(seconds=at), **more)
    assert found
    return found


def test_a_gate_decides_and_not_the_agent(root: Workspace) -> None:
    """A task handed in as a success fails when its gate does, and comes back with the report."""
    add(root, {"task_id": "a", "gates": [{"metric": "qa.mean_score", "min": 60}]})
    take(root)
    attempts.hand_in(
        LocalBoard(root), "a", "w1", [], NOON, result={"exit_code": 0, "success": True}
    )
    report = attempts.judge(LocalBoard(root), "a", NOON)
    assert report is not None
    assert not report["passed"]
    back = load(root).task("a")
    assert back is not None
    assert (back.attempt, back.failures[-1]["report"]) == (2, report)
    (root / "metrics").mkdir()
    (root / "metrics/qa.json").write_text(json.dumps({"mean_score": 60}))
    assert take(root, at=10).failures[-1]["report"] == report
    attempts.hand_in(LocalBoard(root), "a", "w1", [], NOON)
    assert attempts.judge(LocalBoard(root), "a", NOON) != report
    state = load(root)
    assert (state.task("a"), state.done) == (None, {"a"})


def test_asking_again_gives_the_same_task(root: Workspace) -> None:
    """An agent that forgot what it works on asks for its task and is given no second one."""
    add(root, {"task_id": "a"}, {"task_id": "b"}, {"task_id": "c", "priority": 9})
    assert [take(root).task_id, take(root).task_id, take(root, "w2").task_id] == ["a", "a", "b"]
    take(root, "w4")
    apply_or_raise(LocalBoard(root), ReleaseClaim("c", 1))
    apply_or_raise(LocalBoard(root), PauseTask("c"))
    assert attempts.claim(LocalBoard(root), "zai", "w3", NOON) is None
    with pytest.raises(UserError, match="claimed by w1"):
        attempts.claim(LocalBoard(root), "zai", "w3", NOON, task_id="a")
    apply_or_raise(LocalBoard(root), ResumeTask("c"))
    with pytest.raises(UserError, match="w1 works on a"):
        attempts.claim(LocalBoard(root), "zai", "w1", NOON, task_id="c")


def test_lapsed_claims_are_given_to_the_next(root: Workspace) -> None:
    """A claim whose lease is over is taken by the next who asks, at the cost of no attempt."""
    add(root, {"task_id": "a"})
    take(root, lease_s=30)
    assert attempts.claim(LocalBoard(root), "zai", "w2", NOON + timedelta(seconds=29)) is None
    waiting = by_hand.upcoming(LocalBoard(root), "zai", "w2")  # asked long after that noon
    assert waiting is not None
    (still,) = load(root).tasks()
    assert (waiting.task_id, waiting.claim, still.claim and still.claim.owner) == ("a", None, "w1")
    assert (take(root, "w2", at=30).attempt, take(root, "w2", at=30).turn) == (1, 2)
    with pytest.raises(UserError, match="claimed by w2, not w1"):
        attempts.hand_in(LocalBoard(root), "a", "w1", [], NOON)


def test_the_tasks_own_outputs_are_handed_in(root: Workspace) -> None:
    """Without files, what the task names as outputs and inputs is digested for its receipt."""
    for name in ("in.txt", "out.txt"):
        (root / name).write_text(name)
    add(root, {"task_id": "a", "inputs": ["in.txt"], "outputs": ["out.txt"]})
    take(root)
    handed = attempts.hand_in(LocalBoard(root), "a", "w1", [], NOON)
    assert handed.submission is not None
    assert [one["path"] for one in handed.submission["inputs"]] == ["in.txt"]
    assert [(one["path"], one["bytes"]) for one in handed.submission["outputs"]] == [("out.txt", 7)]


def test_deliveries_are_judged_once_they_are_integrated(root: Workspace) -> None:
    """A delivery that the DAG has not read leaves its task handed in, neither passed nor failed."""
    (root / "data/inbox/zai").mkdir(parents=True)
    (root / "data/inbox/zai/x.json").write_text("{}")
    add(root, {"task_id": "a", "gates": [{"delivery": "found", "min": 1}]})
    take(root)
    attempts.hand_in(LocalBoard(root), "a", "w1", ["data/inbox/zai/x.json"], NOON)
    assert attempts.judge(LocalBoard(root), "a", NOON) is None
    state = load(root)
    (found,) = state.tasks()
    assert standing(state, found) == "submitted"


def test_what_cannot_be_judged_is_told(root: Workspace) -> None:
    """A task that is unknown, free, or not handed in is named with what is wrong."""
    add(root, {"task_id": "a"})
    for task_id, told in (("a", "nobody has claimed it"), ("b", "is no task")):
        with pytest.raises(UserError, match=told):
            attempts.judge(LocalBoard(root), task_id, NOON)
    take(root)
    with pytest.raises(UserError, match="not handed in"):
        attempts.judge(LocalBoard(root), "a", NOON)
    with pytest.raises(UserError, match="nobody has no queue"):
        attempts.claim(LocalBoard(root), "nobody", "w1", NOON)


def test_added_tasks_are_checked_before_they_are_written(root: Workspace, tmp_path: Path) -> None:
    """A file of tasks comes in whole or not at all, and brings no state of its own."""
    source = tmp_path / "tasks.json"
    source.write_text(
        json.dumps([{"task_id": "a", "dead": True}, {"task_id": "b", "priority": -1}])
    )
    with pytest.raises(UserError, match=r"queued_tasks/1/priority: breaks minimum 0"):
        add_entries(LocalBoard(root), "zai", entries_of(source))
    assert list(load(root).tasks()) == []
    source.write_text(
        json.dumps([{"task_id": "a", "dead": True}, {"task_id": "b", "dependencies": ["a"]}])
    )
    add_entries(LocalBoard(root), "zai", entries_of(source))
    state = load(root)
    assert [(t.task_id, standing(state, t)) for t in state.tasks()] == [
        ("a", "ready"),
        ("b", "waiting"),
    ]
    for content, told in (("[", "line 1"), ("[1]", "a task is a JSON object")):
        source.write_text(content)
        with pytest.raises(UserError, match=told):
            add_entries(LocalBoard(root), "zai", entries_of(source))


def test_the_seed_is_what_the_team_starts_with(tmp_path: Path) -> None:
    """Four queues in the form in which they are written, and nothing told as done."""
    root = of_the_starter(tmp_path)
    seed(root)
    state = load(root)
    assert set(state.queues) == set(AGENTS)
    assert state.done == frozenset()
    assert not (tmp_path / "data/task_queues/completed").exists()
    for agent in AGENTS:
        written = (tmp_path / f"data/task_queues/{agent}_queue.json").read_bytes()
        assert written == (SEED / f"{agent}_queue.json").read_bytes()
    owed = {
        t.task_id: sum(one["target_pairs"] for one in t.rest["indicators"])
        for t in state.queues["droid"].tasks
    }
    assert list(owed.values()) == [600, 600, 600, 600]
    for found in state.tasks():
        assert found.rest["gates"], found.task_id
        assert found.status == ("ready" if state.done.issuperset(found.dependencies) else "waiting")
    with pytest.raises(UserError, match="never overwritten"):
        seed(root)


def test_a_seed_that_was_cut_short_is_gone_on_from(tmp_path: Path) -> None:
    """Queues that are as they would be written are no obstacle; one that is another is."""
    root = of_the_starter(tmp_path)
    held = {root / path: (root / path).read_bytes() for path in seed(root)}
    first, *others = held
    for path in others:
        path.unlink()
    seed(root)
    assert {path: path.read_bytes() for path in held} == held
    others[0].unlink()
    first.write_bytes(held[first] + b"\n")
    with pytest.raises(UserError, match="never overwritten"):
        seed(root)
    assert not others[0].exists()


def test_an_agent_needs_a_name(root: Workspace) -> None:
    """A queue's agent becomes a file name and is held to the rule of inboxes."""
    with pytest.raises(UserError, match="is no agent name"):
        new_agent(root, "../x")
    with pytest.raises(UserError, match="never overwritten"):
        create(root, [{"agent": "zai", "status": "active"}], [])
