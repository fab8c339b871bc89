"""Deliveries that come faster than a pass of the DAG: every task is judged within two passes.

Time is simulated: a pass takes 45 seconds, in each of which a generator delivers. No stage runs;
what a run would write is written by the pass.
"""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.faucet.checkpoints import making, settled
from pipeline.faucet.queues.attempts import claim, hand_in
from pipeline.faucet.queues.storage import LocalBoard, load
from pipeline.faucet.queues.task_receipts import read_receipts
from pipeline.faucet.runs.supervise import Ended
from pipeline.faucet.settings import read_settings
from pipeline.faucet.tasks.state import standing
from pipeline.faucet.work import concluding
from pipeline.workspace.git import git
from pipeline.workspace.workspace import Workspace
from tests.faucet import toy_dag
from tests.faucet.tasks_only import queue
from tests.thoroughness import LONG

SECONDS = 600 if LONG else 300
PASS_S = 45
TASK_EVERY_S = 10
GATES = [{"delivery": "found", "min": 1}]


class Generator:
    """A workspace in which every second a delivery lands, and every tenth is handed in."""

    def __init__(self, root: Workspace) -> None:
        self.root, self.board = root, LocalBoard(root)
        self.second = 0
        self.passes = 0
        self.handed: dict[str, int] = {}

    def tick(self) -> None:
        content = f'"{self.second}"'.encode()
        digest = hashlib.sha256(content).hexdigest()
        path = f"data/deliveries/zai/{digest[:12]}-{self.second}.json"
        (self.root / path).write_bytes(content)
        if self.second % TASK_EVERY_S == 0:
            task = f"t{self.second // TASK_EVERY_S}"
            now = datetime.now(UTC)
            assert claim(self.board, "zai", f"w{self.second}", now, task_id=task)
            hand_in(self.board, task, f"w{self.second}", [path], now)
            self.handed[task] = self.passes
        self.second += 1

    def run(self, *_: Any) -> Ended:
        """Be a pass: what is there at its start is read, what comes meanwhile is not."""
        self.passes += 1
        there = sorted((self.root / "data/deliveries").glob("*/*"))
        for _second in range(PASS_S):
            self.tick()
        rows = [
            {"agent": path.parent.name, "delivery": path.name, "found": 1, "accepted": 1}
            | {"repeated": 0, "quarantined": 0}
            for path in there
        ]
        books = self.root / "data/integrate/accounting.json"
        books.write_text(json.dumps({"deliveries": rows}))
        return Ended(0, None, "")


@pytest.fixture
def generator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator:
    tasks = [
        {"task_id": f"t{n}", "priority": 1, "status": "ready", "kind": "deliver", "gates": GATES}
        for n in range(SECONDS // TASK_EVERY_S + PASS_S)
    ]
    root = toy_dag.workspace(tmp_path / "w", monkeypatch, queue("zai", *tasks))
    (root / "data/deliveries/zai").mkdir(parents=True)
    (root / "data/integrate").mkdir(parents=True)
    made = Generator(root)
    monkeypatch.setattr(making, "repro_apart", made.run)
    for module in (making, settled):  # no stage runs, so dvc.lock has nothing to say
        monkeypatch.setattr(module, "foreign_changes", lambda *_: [])
    for name in ("_chain", "_small_files"):
        monkeypatch.setattr(settled, name, lambda *_: iter(()))
    monkeypatch.setattr(settled, "read_lock", lambda _: {"integrate": {}, "dedup": {}})
    monkeypatch.setattr(making, "hold_whole", lambda _: None)
    monkeypatch.setattr(making, "put_right", lambda _: None)
    (root / "dvc.lock").write_text("schema: '2.0'\n")
    return made


def test_every_task_is_judged_within_two_passes(generator: Generator) -> None:
    """Ten minutes of a delivery a second: nothing waits longer than two passes for its verdict."""
    settings = read_settings(generator.root)
    late: list[str] = []
    while generator.second < SECONDS:
        making.settle(generator.root)
        concluding.judge_handed_in(generator.board, settings)
        done = {receipt["task_id"] for receipt in read_receipts(generator.root)}
        late += [
            task
            for task, began in generator.handed.items()
            if task not in done and generator.passes - began >= 2
        ]
    assert late == []
    assert len(done) >= (SECONDS - 2 * PASS_S) // TASK_EVERY_S
    state = load(generator.root)
    waiting = [one.task_id for one in state.tasks() if standing(state, one) == "submitted"]
    assert set(waiting) == set(generator.handed) - done


def test_a_checkpoint_under_load_holds_what_its_pass_read(generator: Generator) -> None:
    """Commits hold the deliveries of the books, and never one that no pass has read."""
    settings = read_settings(generator.root)
    for _ in range(3):
        making.settle(generator.root)
        concluding.judge_handed_in(generator.board, settings)
    books = json.loads((generator.root / "data/integrate/accounting.json").read_text())
    read = {row["delivery"] for row in books["deliveries"]}
    listed = git(generator.root, "ls-tree", "-r", "--name-only", "HEAD", "--", "data/deliveries")
    held = {Path(name).name for name in listed.splitlines()}
    assert held
    assert held <= read
    assert len(settled.unread(generator.root)) == PASS_S
