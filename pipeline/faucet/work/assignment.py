"""What a way of doing a task needs to know: the task, where it works, who does it, when to end."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from pipeline.core.json_values import Json
from pipeline.faucet.settings import Worker
from pipeline.faucet.tasks.state import Task
from pipeline.faucet.work.endings import FailedAttempt
from pipeline.workspace.layout import WORK
from pipeline.workspace.workspace import Workspace

Watch = Callable[[], None]
"""Called often while an attempt waits; raises InterruptedWork where the attempt must end."""


class Places(NamedTuple):
    """Where an attempt works: the workspace, a folder of its own, the file for its account."""

    workspace: Workspace
    workdir: Path
    result: Path


class Assignment(NamedTuple):
    """A claimed task in the hands of a worker; is_shared says that clones share its board."""

    workspace: Workspace
    task: Task
    worker: Worker
    watch: Watch
    is_shared: bool = False

    def places(self) -> Places:
        """Return where this turn of the task works; the folders are made."""
        workdir = self.workspace / WORK / self.task.task_id / str(self.task.turn)
        for name in ("deliver", "outbox"):
            (workdir / name).mkdir(parents=True, exist_ok=True)
        return Places(self.workspace, workdir, workdir / "result.json")


class Outcome(NamedTuple):
    """What came of a task: files relative to the root, and the account of the work.

    ending is why the agent stopped before it was done; what it had written by then is handed in.
    """

    outputs: tuple[str, ...] = ()
    result: Json | None = None
    ending: FailedAttempt | None = None
