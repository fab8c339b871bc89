"""A made-up morning: two agents, a few tasks, one failure, as the state machine tells it.

droid drafts from 12:00:00, hands in at 12:01:40 and passes at 12:02:00. zai's check waits for
it; zai takes it at 12:03:20 and misses its gates at 12:05:00, takes it again at 12:06:40 and
passes at 12:08:20. The moment is 12:16:40.
"""

import json
import subprocess
from pathlib import Path

from pipeline.core.json_values import Json
from pipeline.faucet.queues.storage import change, create
from pipeline.faucet.tasks.operations import ClaimTask, JudgeTask, Operation, SubmitTask
from pipeline.faucet.tasks.state import State
from pipeline.workspace.workspace import Workspace
from tests.faucet.team import MISSED, PASSED, later
from tests.workspaces import bare

ROOT = Path(__file__).parents[3]
NOW = later(1_000)
BEGIN = later(0)


def entry(task_id: str, *after: str, **more: object) -> Json:
    told = {"task_id": task_id, "priority": 1, "status": "ready", "dependencies": list(after)}
    return {**told, **more}


def queue(agent: str, *entries: Json, **more: object) -> Json:
    base = {"agent": agent, "status": "active", "current_task": None}
    return {**base, "queued_tasks": list(entries), **more}


QUEUES = (
    queue(
        "droid",
        entry("draft", estimated_time="1 minute"),
        entry("next_draft", "check"),
    ),
    queue("zai", entry("check", "draft", estimated_time="soon")),
)


def take(task_id: str, agent: str, turn: int, start: float, end: float) -> list[Operation]:
    """Return claim and submission of an attempt."""
    return [
        ClaimTask(task_id, agent, agent, turn, later(start), 86_400),
        SubmitTask(task_id, agent, turn, later(end)),
    ]


STORY: list[Operation] = [
    *take("draft", "droid", 1, 0, 100),
    JudgeTask("draft", 1, later(120), PASSED),
    *take("check", "zai", 1, 200, 290),
    JudgeTask("check", 1, later(300), MISSED),
    *take("check", "zai", 2, 400, 490),
    JudgeTask("check", 2, later(500), PASSED),
]


def workspace(root: Path, *queues: Json) -> Workspace:
    """Lay out a workspace with queues and nothing else."""
    made = bare(root)
    create(made, queues or QUEUES, [])
    return made


def play(root: Path, *operations: Operation) -> State:
    """Apply operations to the queues on disk, all of which must apply."""
    outcome = change(root, *operations)
    assert isinstance(outcome, State), outcome
    return outcome


def git(root: Path, *arguments: str, at: float = 0) -> None:
    when = later(at).isoformat()
    identity = ("-c", "user.name=n", "-c", "user.email=n@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(
        ["git", *identity, *arguments],
        cwd=root,
        env={"PATH": "/usr/bin:/bin", "GIT_COMMITTER_DATE": when, "GIT_AUTHOR_DATE": when},
        capture_output=True,
        check=True,
    )


def commit(root: Path, at: float, message: str = "a commit") -> None:
    """Commit the whole workspace at a moment."""
    if not (root / ".git").exists():
        git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-q", "--allow-empty", "-m", message, at=at)


def metrics(root: Path, **stages: Json) -> None:
    """Write metrics of stages."""
    (root / "metrics").mkdir(exist_ok=True)
    for stage, told in stages.items():
        (root / f"metrics/{stage}.json").write_text(json.dumps(told))
