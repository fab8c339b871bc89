"""A worker takes what it can do, judges it by its gates, and says what came of it."""

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.faucet.queues.storage import LocalBoard, load
from pipeline.faucet.queues.task_receipts import read_receipts
from pipeline.faucet.settings import read_settings
from pipeline.faucet.tasks.state import moment, standing
from pipeline.faucet.work.ways import WAYS
from pipeline.faucet.work.worker import TeamWorker
from pipeline.workspace.git import git
from tests.conftest import ROOT
from tests.faucet.tasks_only import entry, queue, workspace

WRITES = """
import os, pathlib, sys
brief = sys.stdin.read()
folder = pathlib.Path(os.environ["FAUCET_WORKDIR"]) / "outbox"
size = 400 if "What was wrong the last time" in brief else 4
(folder / "page.md").write_text("x" * size)
"""
PAGE = [{"deliverable": "data/outbox/zai/page.md", "min_bytes": 100}]


def command(code: str, **more: Any) -> dict[str, Any]:
    return {"command": [sys.executable, "-c", code], **more}


def worker(root: Path, said: list[str]) -> TeamWorker:
    return TeamWorker(LocalBoard(root), read_settings(root), "zai", said.append, lambda: False)


def task(task_id: str, **more: Any) -> dict[str, Any]:
    return {"task_id": task_id, "priority": 1, "status": "ready", **more}


def test_a_failed_gate_comes_back_with_its_report_in_the_brief(tmp_path: Path) -> None:
    """Exit code 0 with a failed gate is a failed task; told what was wrong, the agent mends it."""
    root = workspace(tmp_path / "w", queue("zai", task("a", gates=PAGE), worker=command(WRITES)))
    said: list[str] = []
    assert worker(root, said).once() == "failed"
    assert "wanted exists, at least 100 bytes, got 4 bytes (it is too small)" in said[-1]
    back = load(root).task("a")
    assert back is not None
    assert (back.attempt, back.priority, back.not_before is not None) == (2, 0, True)
    assert worker(root, said).once() is None  # it waits out its failure
    path = root / "data/task_queues/zai_queue.json"
    path.write_text(path.read_text().replace(f'"not_before": "{back.not_before}",', ""))
    assert worker(root, said).once() == "completed"
    (receipt,) = read_receipts(root)
    assert receipt["attempt"] == 2
    assert receipt["failures"][0]["report"]["passed"] is False
    assert "Task: a\nAgent: zai\nAttempt: 2\n" in git(root, "log", "-1", "--format=%B")
    assert git(root, "status", "--porcelain") == ""


def test_a_promised_file_that_is_missing_costs_an_attempt(tmp_path: Path) -> None:
    """An agent that ends well and brings nothing is not called for ever."""
    owed = task("a", outputs=["data/outbox/zai/report.md"])
    root = workspace(tmp_path / "w", queue("zai", owed, worker=command("pass")))
    said: list[str] = []
    assert worker(root, said).once() == "failed"
    assert "data/outbox/zai/report.md is no file" in said[-1]
    back = load(root).task("a")
    assert back is not None
    assert back.attempt == 2


def test_what_nobody_here_can_do_stays_queued(tmp_path: Path) -> None:
    """A review waits for a person, an indicator that cannot be computed for another agent."""
    owed = [{"name": "Whale Transaction Tracking", "target_pairs": 5}]
    tasks = (task("look", kind="review"), task("whales", kind="deliver", indicators=owed))
    agents = {"zai": {"worked_examples": True}}
    root = workspace(tmp_path / "w", queue("zai", *tasks), agents=agents)
    assert worker(root, []).once() is None
    state = load(root)
    assert {standing(state, one) for one in state.tasks()} == {"ready"}
    with_command = queue("zai", task("look", kind="review"), worker=command("pass"))
    root = workspace(tmp_path / "v", with_command)
    assert worker(root, []).once() is None
    told = queue("zai", task("look", kind="review"), worker=command("pass", reviews=True))
    root = workspace(tmp_path / "u", told)
    assert worker(root, []).once() == "failed"  # asked, and it brought nothing


def test_worked_examples_are_delivered_and_judged(tmp_path: Path) -> None:
    """The built-in droid's files land as they are made, and are what is handed in."""
    owed = [{"name": "Keltner Channels", "target_pairs": 3}]
    gates = [{"delivery": "found", "min": 3}]
    told = task("keltner", kind="deliver", indicators=owed, gates=gates)
    root = workspace(tmp_path / "w", queue("zai", told), agents={"zai": {"worked_examples": True}})
    shutil.copytree(ROOT / "data/domain", root / "data/domain")
    assert worker(root, []).once() == "submitted"
    (handed,) = [one for one in load(root).tasks() if one.submission]
    assert handed.submission is not None
    (output,) = handed.submission["outputs"]
    assert output["path"].startswith("data/deliveries/zai/")
    assert (root / output["path"]).read_text().count('"question"') == 3
    assert not (root / ".cache/work/taken/keltner.json").exists()


def test_who_goes_on_has_the_next_task_with_the_hand_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Handed in and taken in one change; told to end, it is freed."""
    monkeypatch.setattr("pipeline.faucet.work.concluding.has_gatekeeper", lambda _: True)
    program = command(WRITES)
    root = workspace(tmp_path / "w", queue("zai", task("a"), task("b"), worker=program))
    board, settings = LocalBoard(root), read_settings(root)
    going_on = TeamWorker(board, settings, "zai", lambda _: None, lambda: False, goes_on=True)
    assert going_on.once() == "submitted"
    first, second = load(root).tasks()
    assert [standing(load(root), one) for one in (first, second)] == ["submitted", "claimed"]
    assert first.submission is not None
    assert second.claim is not None
    waited = moment(second.claim.claimed) - moment(first.submission["submitted"])
    assert abs(waited.total_seconds()) < 1
    going_on.give_back()
    assert [standing(load(root), one) for one in load(root).tasks()] == ["submitted", "ready"]


def test_a_bug_costs_an_attempt_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A task that meets a bug is not tried for ever; the bug is no sentence but a traceback."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError("no such number")

    monkeypatch.setitem(WAYS, "command", broken)
    root = workspace(tmp_path / "w", queue("zai", entry("a")))
    with pytest.raises(ZeroDivisionError):
        worker(root, []).once()
    back = load(root).task("a")
    assert back is not None
    assert (back.attempt, back.claim) == (2, None)
    assert back.failures[0]["reason"] == "ZeroDivisionError: no such number"
