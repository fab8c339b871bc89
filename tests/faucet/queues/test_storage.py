"""Queues on disk: nothing lost, nothing twice, and nothing half understood."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.core.errors import UserError
from pipeline.faucet.queues import attempts
from pipeline.faucet.queues import files as task_files
from pipeline.faucet.queues import storage as queues
from pipeline.faucet.queues.storage import LocalBoard, change, create, load
from pipeline.faucet.tasks.operations import Rejected
from pipeline.faucet.tasks.state import State, standing
from pipeline.store.atomic import write_bytes
from pipeline.workspace.layout import COMPLETED, COMPLETED_VIEW, QUEUES, queue_path
from pipeline.workspace.workspace import Workspace
from tests.faucet.team import claim, judge, submit
from tests.thoroughness import LONG
from tests.workspaces import bare

ROOT = Path(__file__).parents[3]


def document(agent: str = "zai", *entries: dict[str, Any]) -> dict[str, Any]:
    return {
        "agent": agent,
        "status": "active",
        "current_task": None,
        "queued_tasks": [{"priority": 1, "status": "ready", **entry} for entry in entries],
    }


@pytest.fixture
def root(tmp_path: Path) -> Workspace:
    return bare(tmp_path)


def read(root: Path, path: Path) -> Any:
    return json.loads((root / path).read_bytes())


def test_completing_leaves_other_queues_alone(root: Workspace) -> None:
    """A task that triggers another agent's changes no byte of the other agent's file."""
    other = document("droid", {"task_id": "b", "status": "waiting", "dependencies": ["a"]})
    create(root, [document("zai", {"task_id": "a"}), other], [])
    before = (root / queue_path("droid")).read_bytes()
    change(root, claim("a"), submit("a"), judge("a"))
    assert (root / queue_path("droid")).read_bytes() == before
    state = load(root)
    assert {t.task_id: standing(state, t) for t in state.tasks()} == {"b": "ready"}
    assert read(root, COMPLETED / "a.json")["task_id"] == "a"
    assert [row["task_id"] for row in read(root, COMPLETED_VIEW)["completed_tasks"]] == ["a"]


def test_steps_apply_all_or_not_at_all(root: Workspace) -> None:
    """Where one of several operations is rejected, nothing is written."""
    create(root, [document("zai", {"task_id": "a"})], [])
    before = (root / queue_path("zai")).read_bytes()
    assert isinstance(change(root, claim("a"), judge("a")), Rejected)
    assert (root / queue_path("zai")).read_bytes() == before


def test_queues_are_never_overwritten(root: Workspace) -> None:
    """Queues that exist stay as they are, and none of the others is written."""
    create(root, [document("zai", {"task_id": "a"})], [])
    with pytest.raises(UserError, match=r"zai_queue\.json exists"):
        create(root, [document("droid"), document("zai")], [])
    assert not (root / queue_path("droid")).exists()


def test_a_crash_between_receipt_and_queue_completes_once(
    root: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A task whose receipt was written is done, although its queue file still has it."""
    create(root, [document("zai", {"task_id": "a"}, {"task_id": "b"})], [])
    change(root, claim("a"), submit("a"))
    write = task_files.write

    def dies(root: Path, path: Path, value: Any, name: str) -> None:
        if name == "task_queue":
            raise KeyboardInterrupt
        write(root, path, value, name)

    with monkeypatch.context() as patched:
        patched.setattr(queues.task_files, "write", dies)
        with pytest.raises(KeyboardInterrupt):
            change(root, judge("a"))
    assert "a" in (root / queue_path("zai")).read_text()
    state = load(root)
    assert [t.task_id for t in state.tasks()] == ["b"]
    assert isinstance(change(root, judge("a")), Rejected)
    change(root, claim("b"), submit("b"), judge("b"))
    assert read(root, queue_path("zai"))["queued_tasks"] == []
    assert [row["task_id"] for row in read(root, COMPLETED_VIEW)["completed_tasks"]] == ["a", "b"]


def test_a_receipt_is_written_once(root: Workspace) -> None:
    """No later run can put other words into a receipt."""
    create(root, [document("zai", {"task_id": "a"})], [])
    change(root, claim("a"), submit("a"), judge("a"))
    receipt = read(root, COMPLETED / "a.json")
    with pytest.raises(UserError, match="written once"):
        create(root, [], [{**receipt, "attempt": 2}])
    assert read(root, COMPLETED / "a.json") == receipt


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", r"zai_queue\.json: line 1 column 2"),
        ('{"agent": "zai", "agent": "zai"}', r"key 'agent' is named twice"),
        ('{"agent": "zai"}', r"field the whole value: 'status' is a required property"),
        ({"agent": "droid"}, r"field agent: its file must be named droid_queue\.json"),
        ({"queued_tasks": [{"task_id": "a"}]}, r"field queued_tasks/0: 'priority' is a required"),
        (
            {"queued_tasks": [{"task_id": "../a", "priority": 1, "status": "ready"}]},
            r"field queued_tasks/0/task_id: breaks pattern",
        ),
        (
            {"queued_tasks": [{"task_id": "a", "priority": 1, "status": "completed"}]},
            r"field queued_tasks/0/status: breaks enum \['ready', 'waiting', 'in_progress'\]",
        ),
        (
            {"queued_tasks": [{"task_id": "a", "priority": "1", "status": "ready"}]},
            r"field queued_tasks/0/priority: breaks type 'integer'",
        ),
        (
            {"queued_tasks": 2 * [{"task_id": "a", "priority": 1, "status": "ready"}]},
            r"field queued_tasks: task a is queued 2 times",
        ),
        (
            {
                "queued_tasks": [
                    {"task_id": "a", "priority": 1, "status": "ready", "dependencies": ["b"]},
                    {"task_id": "b", "priority": 1, "status": "ready", "dependencies": ["a"]},
                ]
            },
            r"field dependencies: tasks wait in a ring: (a -> b -> a|b -> a -> b)",
        ),
        (
            {
                "queued_tasks": [
                    {"task_id": "a", "priority": 1, "status": "ready", "gates": [{"metric": "x"}]}
                ]
            },
            r"field queued_tasks/0/gates/0: breaks anyOf",
        ),
    ],
)
def test_a_malformed_file_stops_loudly(root: Workspace, content: Any, told: str) -> None:
    """One sentence names file, field and rule, and nothing is claimed or written."""
    text = content if isinstance(content, str) else json.dumps({**document("zai"), **content})
    write_bytes(root / queue_path("zai"), text.encode())
    with pytest.raises(UserError, match=told) as caught:
        change(root, claim("a"))
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("data/task_queues")
    assert (root / queue_path("zai")).read_text() == text


def test_no_queues_are_told() -> None:
    """Where nobody made queues, the sentence says how to."""
    with pytest.raises(UserError, match="faucet queue init"):
        load(Workspace(ROOT / "docs"))


WORKER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from pipeline.faucet.queues import attempts
from pipeline.workspace.workspace import Workspace
from pipeline.faucet.queues.storage import LocalBoard
from pipeline.faucet.tasks.operations import JudgeTask
from pipeline.faucet.queues.storage import change
root, owner = Workspace(Path(sys.argv[1])), sys.argv[2]
board = LocalBoard(root)
for _ in range(int(sys.argv[3])):
    now = datetime.now(UTC)
    task = attempts.claim(board, "zai", owner, now)
    attempts.hand_in(board, task.task_id, owner, [], now, result={"by": owner})
    report = attempts.judge(board, task.task_id, now)
    print(task.task_id, report["passed"], flush=True)
"""


def test_processes_share_a_queue(root: Workspace) -> None:
    """Of processes that do many tasks each, none gets what another got, and none is lost."""
    count, each = (8, 25) if LONG else (4, 10)
    names = [f"t{number:03d}" for number in range(count * each)]
    create(root, [document("zai", *({"task_id": name} for name in names))], [])
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, str(root), f"w{number}", str(each)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(count)
    ]
    told = [process.communicate() for process in processes]
    assert [process.returncode for process in processes] == [0] * count, told[0][1][-2000:]
    done = sorted(line.split()[0] for out, _ in told for line in out.splitlines())
    assert done == names
    assert sorted(path.stem for path in (root / COMPLETED).iterdir()) == names
    assert load(root) == State(load(root).queues, done=frozenset(names))
    assert read(root, queue_path("zai"))["queued_tasks"] == []
    owners = [read(root, COMPLETED / f"{name}.json")["result"]["by"] for name in names]
    assert sorted(owners) == sorted(f"w{number}" for number in range(count) for _ in range(each))
    assert not list((root / QUEUES).glob(".*"))


KILLED = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from pipeline.faucet.queues import attempts
from pipeline.workspace.workspace import Workspace
from pipeline.faucet.queues.storage import LocalBoard
root, owner = Workspace(Path(sys.argv[1])), sys.argv[2]
board = LocalBoard(root)
while task := attempts.claim(board, "zai", owner, datetime.now(UTC), lease_s=1):
    print(task.task_id, flush=True)
    now = datetime.now(UTC)
    attempts.hand_in(board, task.task_id, owner, [], now, result={"by": owner})
    attempts.judge(board, task.task_id, now)
"""


def test_killed_processes_lose_nothing(root: Workspace) -> None:
    """After SIGKILLs at arbitrary points every task is still there, done once or to be done."""
    kills, count = (12, 120) if LONG else (5, 40)
    names = [f"t{number:03d}" for number in range(count)]
    create(root, [document("zai", *({"task_id": name} for name in names))], [])
    for number in range(kills):
        command = [sys.executable, "-c", KILLED, str(root), f"w{number}"]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
            assert process.stdout
            for _ in range(1 + number % 5):
                process.stdout.readline()
            process.kill()
    (root / QUEUES / ".zai_queue.json.1.tmp").write_text("half")
    state = load(root)
    assert sorted([t.task_id for t in state.tasks()] + sorted(state.done)) == names
    assert 0 < len(state.done) < len(names)
    late = datetime.now(UTC) + timedelta(hours=1)
    for found in [t for t in state.tasks() if standing(state, t) == "submitted"]:
        attempts.judge(LocalBoard(root), found.task_id, late)
    while found := attempts.claim(LocalBoard(root), "zai", "patient", late):
        attempts.hand_in(
            LocalBoard(root), found.task_id, "patient", [], late, result={"by": "patient"}
        )
        attempts.judge(LocalBoard(root), found.task_id, late)
    assert load(root).done == set(names)
    assert not [*(root / QUEUES).rglob(".*")]
    receipts = [read(root, COMPLETED / f"{name}.json") for name in names]
    assert {receipt["attempt"] for receipt in receipts} == {1}
    assert sorted(row["task_id"] for row in read(root, COMPLETED_VIEW)["completed_tasks"]) == names
