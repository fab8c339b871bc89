"""Clones share a board: one owner a claim, one receipt a task, whoever was first."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.core.errors import UserError
from pipeline.faucet.clones.shared_board import SharedBoard
from pipeline.faucet.queues import attempts
from pipeline.faucet.queues.board import Along, MovedError
from pipeline.faucet.tasks.operations import (
    AddTask,
    FailTask,
    JudgeTask,
    Rejected,
    ReleaseClaim,
    RenewClaim,
    SubmitTask,
)
from pipeline.faucet.tasks.state import State, Task, standing
from pipeline.workspace.git import git
from tests.faucet.tasks_only import clones, entry
from tests.faucet.team import PASSED, task

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def boards(tmp_path: Path) -> list[SharedBoard]:
    """Return the boards of three clones with the tasks a, b and c, which waits for a."""
    entries = (entry("a"), entry("b", color="red"), entry("c", dependencies=["a"]))
    return [SharedBoard(root, "origin", "main") for root in clones(tmp_path, 3, *entries)]


def take(board: SharedBoard, owner: str, task_id: str | None = None) -> Task | None:
    return attempts.claim(board, "zai", owner, NOON, task_id=task_id)


def commits(board: SharedBoard) -> int:
    board.load()
    return int(git(board.workspace, "rev-list", "--count", "refs/faucet/seen/origin/branch"))


def standings(board: SharedBoard) -> dict[str, str]:
    state = board.load()
    return {one.task_id: standing(state, one) for one in state.tasks()}


def test_a_claim_is_seen_by_all_and_moves_no_branch(boards: list[SharedBoard]) -> None:
    """What one clone claims is claimed for every clone, and no commit tells of it."""
    first = take(boards[0], "w0")
    second = take(boards[1], "w1")
    assert first is not None
    assert second is not None
    assert (first.task_id, second.task_id) == ("a", "b")
    assert take(boards[2], "w2") is None
    assert standings(boards[2]) == {"a": "claimed", "b": "claimed", "c": "waiting"}
    assert commits(boards[2]) == 1
    with pytest.raises(UserError, match="claimed by w0"):
        take(boards[2], "w2", "a")


def test_a_claim_given_back_is_free_and_the_late_owner_refused(boards: list[SharedBoard]) -> None:
    """After a release another clone takes the task, and what the first one sends is refused."""
    held = take(boards[0], "w0", "a")
    assert held is not None
    assert isinstance(boards[1].change(ReleaseClaim("a", held.turn)), State)
    assert take(boards[2], "w2", "a") is not None
    late = RenewClaim("a", "w0", held.turn, NOON + timedelta(seconds=1))
    assert isinstance(boards[0].change(late), Rejected)
    submit = SubmitTask("a", "w0", held.turn, NOON)
    assert isinstance(boards[0].change(submit, JudgeTask("a", held.turn, NOON, PASSED)), Rejected)
    assert standings(boards[1])["a"] == "claimed"


def test_renewing_keeps_the_claim_and_the_branch(boards: list[SharedBoard]) -> None:
    """A sign of life changes the claim alone."""
    held = take(boards[0], "w0", "a")
    assert held is not None
    renewed = NOON + timedelta(seconds=40)
    assert isinstance(boards[0].change(RenewClaim("a", "w0", held.turn, renewed)), State)
    seen = boards[1].load().task("a")
    assert seen is not None
    assert seen.claim is not None
    assert seen.claim.renewed == "2026-01-01T12:00:40.000Z"
    assert commits(boards[1]) == 1


def complete(board: SharedBoard, held: Task, owner: str) -> State | Rejected:
    submit = SubmitTask(held.task_id, owner, held.turn, NOON, result={"by": owner})
    return board.change(submit, JudgeTask(held.task_id, held.turn, NOON, PASSED))


def test_completing_is_one_push_and_frees_what_waited(boards: list[SharedBoard]) -> None:
    """Receipt, queue and the end of the claim appear together, and once."""
    held = take(boards[0], "w0", "a")
    assert held is not None
    assert isinstance(complete(boards[0], held, "w0"), State)
    assert standings(boards[1]) == {"b": "ready", "c": "ready"}
    assert git(boards[1].workspace, "ls-remote", "origin", "refs/faucet/*") == ""
    (receipt,) = boards[2].receipts()
    assert (receipt["task_id"], receipt["result"]) == ("a", {"by": "w0"})
    assert commits(boards[1]) == 2
    again = complete(boards[0], held, "w0")
    assert isinstance(again, Rejected)
    assert again.code == "completed"


def test_unknown_keys_and_failures_survive(boards: list[SharedBoard]) -> None:
    """A failed attempt is written to the queue, with what nobody here knows untouched."""
    held = take(boards[0], "w0", "b")
    assert held is not None
    boards[0].change(FailTask("b", "w0", held.turn, NOON, "failed", "no luck"))
    failed = boards[1].load().task("b")
    assert failed is not None
    assert (failed.attempt, failed.claim, failed.rest["color"]) == (2, None, "red")
    assert failed.failures[0]["reason"] == "no luck"
    assert failed.turn == held.turn


def test_a_claim_left_behind_by_a_completed_task_is_ignored_and_swept(
    boards: list[SharedBoard],
) -> None:
    """A remote may keep the claim of a finished task: it counts for nothing and is deleted."""
    held = take(boards[0], "w0", "a")
    assert held is not None
    value = git(boards[0].workspace, "ls-remote", "origin", "refs/faucet/claims/a").split()[0]
    complete(boards[0], held, "w0")
    git(boards[0].workspace, "push", "--quiet", "origin", f"{value}:refs/faucet/claims/a")
    assert standings(boards[1]) == {"b": "ready", "c": "ready"}
    assert take(boards[1], "w1", "b") is not None
    left = git(boards[1].workspace, "ls-remote", "origin", "refs/faucet/claims/*").split()
    assert left[1::2] == ["refs/faucet/claims/b"]


def test_what_goes_along_is_published_or_moved(boards: list[SharedBoard]) -> None:
    """Files go with the change while the clone is at the remote's commit, and never over it."""
    here, there = boards[0], boards[1]
    for board in (here, there):
        (board.workspace / "metrics").mkdir()
        (board.workspace / "metrics/qa.json").write_text(
            json.dumps({"by": str(board.workspace.root.name)})
        )
    along = Along((Path("metrics"),), "checkpoint: a\n", "zai")
    held, other = take(here, "w0", "a"), take(there, "w1", "b")
    assert held is not None
    assert other is not None
    steps = (SubmitTask("a", "w0", held.turn, NOON), JudgeTask("a", held.turn, NOON, PASSED))
    assert isinstance(here.change(*steps, along=along), State)
    steps = (SubmitTask("b", "w1", other.turn, NOON), JudgeTask("b", other.turn, NOON, PASSED))
    with pytest.raises(MovedError):
        there.change(*steps, along=along)
    assert standings(here) == {"b": "claimed", "c": "ready"}
    there.synchronize()
    assert json.loads((there.workspace / "metrics/qa.json").read_text()) == {"by": "clone0"}
    assert (there.workspace / "data/task_queues/completed/a.json").is_file()
    assert git(there.workspace, "status", "--porcelain") == ""
    assert isinstance(there.change(*steps, along=along), State)


def test_a_clone_with_commits_of_its_own_says_so(boards: list[SharedBoard]) -> None:
    """Work that the remote lacks is never overwritten: the person is told to push it."""
    who = ("-c", "user.name=t", "-c", "user.email=t@example.invalid")
    git(boards[0].workspace, *who, "commit", "--quiet", "--allow-empty", "-m", "mine")
    boards[1].change(AddTask(replace(task("d"), rest=entry("d"))))
    with pytest.raises(UserError, match="has commits that origin lacks"):
        boards[0].synchronize()


def test_an_unreachable_remote_is_no_lost_race(boards: list[SharedBoard], tmp_path: Path) -> None:
    """Where the remote is away nothing is claimed, and the worker is told so."""
    (tmp_path / "remote.git").rename(tmp_path / "away.git")
    for attempt in (boards[0].load, lambda: take(boards[0], "w0")):
        with pytest.raises(UserError, match="remote origin cannot be reached"):
            attempt()
    (tmp_path / "away.git").rename(tmp_path / "remote.git")
    assert standings(boards[0]) == {"a": "ready", "b": "ready", "c": "waiting"}
