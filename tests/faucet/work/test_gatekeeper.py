"""Who judges for a team is no worker: handing in takes no time, and nothing waits unjudged."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.faucet.checkpoints.archive import Archived, UncommittedError
from pipeline.faucet.checkpoints.making import receipts_without_commit
from pipeline.faucet.queues.storage import LocalBoard, load
from pipeline.faucet.queues.task_receipts import read_receipts
from pipeline.faucet.settings import read_settings
from pipeline.faucet.tasks.state import standing
from pipeline.faucet.work import concluding, stages
from pipeline.faucet.work.gatekeeper import gatekeeper, housekeeper
from pipeline.faucet.work.keeping import keep_completed
from pipeline.faucet.work.looping import StopSignal
from pipeline.faucet.work.team import run_team
from pipeline.workspace.layout import JUDGING_LOCK
from pipeline.workspace.locks import is_held, try_lock
from pipeline.workspace.workspace import Workspace
from tests.faucet.tasks_only import entry, queue, workspace
from tests.faucet.work.test_worker import command, task, worker

WRITES = """
import os, pathlib
(pathlib.Path(os.environ["FAUCET_WORKDIR"]) / "outbox" / "page.md").write_text("x" * 400)
"""
PAGE = [{"deliverable": "data/outbox/zai/page.md", "min_bytes": 100}]


def test_while_somebody_judges_work_is_handed_in_alone(tmp_path: Path) -> None:
    """The worker takes its next task at once; a gatekeeper completes both, in one round."""
    tasks = [task(name, gates=PAGE) for name in ("a", "b")]
    root = workspace(tmp_path / "w", queue("zai", *tasks, worker=command(WRITES)))
    with try_lock(root, JUDGING_LOCK):
        assert [worker(root, []).once() for _ in tasks] == ["submitted", "submitted"]
        state = load(root)
        assert {standing(state, one) for one in state.tasks()} == {"submitted"}
    stop, events = StopSignal(), []
    keeper = gatekeeper(root, read_settings(root), lambda *event: events.append(event), stop)
    until(lambda: keeper.events >= 2)
    stop.event.set()
    keeper.join()
    assert [agent for agent, _ in events] == ["gates", "gates"]
    assert {receipt["task_id"] for receipt in read_receipts(root)} == {"a", "b"}


def test_two_teams_at_once_judge_and_tend_once(tmp_path: Path) -> None:
    """Two gatekeepers and two housekeepers of one clone: each thing is done once, by one of them.

    When one team ends the other goes on with what it left.
    """
    tasks = [task(name, gates=PAGE, recurs=True) for name in ("a", "b", "c")]
    root = workspace(tmp_path / "w", queue("zai", *tasks, worker=command(WRITES)))
    with try_lock(root, JUDGING_LOCK):
        for _ in tasks[1:]:
            worker(root, []).once()
    first, second, events = StopSignal(), StopSignal(), []
    teams = [
        [begin(root, read_settings(root), lambda *event: events.append(event), stop) for begin in
         (gatekeeper, housekeeper)]
        for stop in (first, second)
    ]  # fmt: skip
    until(lambda: {"a_2", "b_2"} <= {one.task_id for one in load(root).tasks()})
    first.event.set()
    for duty in teams[0]:
        duty.join()
    assert worker(root, []).once() == "submitted"
    until(lambda: "c_2" in {one.task_id for one in load(root).tasks()})
    second.event.set()
    for duty in teams[1]:
        duty.join()
    sentences = [sentence for _, sentence in events]
    for name in ("a", "b", "c"):
        assert sum(one.startswith(f"{name}: completed") for one in sentences) == 1
        assert sum(one.startswith(f"{name}_2: queued") for one in sentences) == 1
    assert {one["task_id"] for one in read_receipts(root)} == {"a", "b", "c"}
    assert not receipts_without_commit(root)


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert is_so()


def test_what_a_stage_made_is_judged_at_once(tmp_path: Path) -> None:
    """The next run would make it anew; its checkpoint is made by who judges, with what else is."""
    root = workspace(tmp_path / "w", queue("zai", entry("a")))
    with try_lock(root, JUDGING_LOCK):
        assert worker(root, events := []).once() == "completed"
    assert "checkpoint" not in events[-1]
    board = LocalBoard(root)
    assert receipts_without_commit(root)
    assert keep_completed(board, lambda: None)
    assert "Task: a\n" in root.git("log", "-1", "--format=%B")
    assert keep_completed(board, lambda: None) is None


def test_outputs_are_those_of_the_moment_of_judging(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that was waited for may have made an output anew: that is no fault of the task."""
    page = "made.txt"
    made = entry("a", outputs=[page], gates=[{"deliverable": page}])
    root = workspace(tmp_path / "w", queue("zai", made))
    (root / page).write_text("before")

    def meanwhile(_: object) -> None:
        (root / page).write_text("as another run made it")

    monkeypatch.setattr(concluding, "torn", meanwhile)
    assert worker(root, events := []).once() == "completed", events


def test_a_team_ends_only_when_all_is_judged(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    """Until idle means that nothing is under way, and nothing waits for its gates."""
    tasks = [task(name, gates=PAGE) for name in ("a", "b", "c")]
    root = workspace(tmp_path / "w", queue("zai", *tasks, worker=command(WRITES)))
    assert not run_team(root, until_idle=True)
    assert {receipt["task_id"] for receipt in read_receipts(root)} == {"a", "b", "c"}
    assert "nobody can do anything more now" in capfd.readouterr().out


def test_looking_for_a_gatekeeper_is_not_taken_for_one(tmp_path: Path) -> None:
    """Many who look at once all see that nobody judges; who holds the lock is seen by all."""
    workspace = Workspace(tmp_path)
    with ThreadPoolExecutor(4) as looking:
        asked = [looking.submit(is_held, workspace, JUDGING_LOCK) for _ in range(80)]
        assert {one.result() for one in asked} == {False}
    with try_lock(workspace, JUDGING_LOCK):
        assert is_held(workspace, JUDGING_LOCK)
    assert not is_held(workspace, JUDGING_LOCK)


@pytest.mark.parametrize(("runs", "ending"), [(2, "completed"), (9, "transient")])
def test_a_run_between_commit_and_archive_costs_no_attempt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runs: int, ending: str
) -> None:
    """Another commit is made for the archive; where runs never leave room the task comes back."""
    backup = entry("backup", kind="checkpoint", archive="data/outbox/zai/backup.tar")
    root = workspace(tmp_path / "w", queue("zai", backup))
    moved = iter([True] * runs)

    def archive(folder: Workspace, target: Path) -> Archived:
        if next(moved, False):
            raise UncommittedError("dvc.lock has changes that no commit holds")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(b"tar")
        return Archived(folder.git("rev-parse", "HEAD").strip(), 1)

    monkeypatch.setattr(stages, "write_archive", archive)
    assert worker(root, []).once() == ending
    left = load(root).tasks()
    assert [one.attempt for one in left] == ([1] if ending == "transient" else [])
