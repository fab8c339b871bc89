"""How long a claim takes when several clones want tasks at once: refs against commits.

`python -m benchmarks.clones [--clones 4] [--tasks 60]`, run from the root of the project.

Both ways go through the same bare remote on this machine. By refs is what the faucet does
(pipeline/faucet/clones); by commits is the usual way to share a file: change it, commit, push,
and on refusal fetch, reset and try again.
"""

import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles

import click

from pipeline.faucet.clones.shared_board import SharedBoard
from pipeline.faucet.queues import attempts
from pipeline.faucet.queues.storage import LocalBoard
from pipeline.faucet.tasks.operations import JudgeTask, SubmitTask
from pipeline.faucet.tasks.state import Task
from pipeline.workspace.git import git
from tests.faucet.tasks_only import clones as make_clones
from tests.faucet.tasks_only import entry

Claims = list[tuple[str, float]]
"""Task and seconds of each claim that a worker won."""

_PASSED = {"passed": True, "criteria": []}


def by_refs(root: Path, owner: str) -> Claims:
    """Claim and complete tasks through the shared board until none is left."""
    board = SharedBoard(root, "origin", "main")
    won: Claims = []
    while True:
        start = time.perf_counter()
        task = attempts.claim(board, "zai", owner, datetime.now(UTC))
        if task is None:
            return won
        won.append((task.task_id, time.perf_counter() - start))
        _complete(board, task, owner)


def by_commits(root: Path, owner: str) -> Claims:
    """Claim and complete tasks in queue files that every change pushes as a commit."""
    board = LocalBoard(root)
    won: Claims = []
    while True:
        start = time.perf_counter()
        task = None
        while task is None:
            _reset(root)
            task = attempts.claim(board, "zai", owner, datetime.now(UTC))
            if task is None:
                return won
            task = task if _push(root) else None
        won.append((task.task_id, time.perf_counter() - start))
        while True:
            _complete(board, task, owner)
            if _push(root):
                break
            _reset(root)


def _complete(board: SharedBoard | LocalBoard, task: Task, owner: str) -> None:
    now = datetime.now(UTC)
    submit = SubmitTask(task.task_id, owner, task.turn, now, result={"by": owner})
    attempts.done(board.change(submit, JudgeTask(task.task_id, task.turn, now, _PASSED)))


def _reset(root: Path) -> None:
    git(root, "fetch", "--quiet", "origin")
    git(root, "reset", "--quiet", "--hard", "origin/main")
    git(root, "clean", "--quiet", "-fd", "data")


def _push(root: Path) -> bool:
    git(root, "add", "--all")
    who = ("-c", "user.name=b", "-c", "user.email=b@example.invalid")
    git(root, *who, "commit", "--quiet", "--allow-empty", "-m", "claim")
    pushed = subprocess.run(
        ["git", "push", "--quiet", "origin", "main"], cwd=root, capture_output=True, check=False
    )
    return pushed.returncode == 0


def _race(way: Callable[[Path, str], Claims], clones: int, tasks: int) -> list[float]:
    """Return the seconds of every claim; fail where a task was won twice or by nobody."""
    names = [f"t{number:03d}" for number in range(tasks)]
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(clones) as workers:
        roots = make_clones(Path(folder), clones, *(entry(name) for name in names))
        won = workers.map(way, roots, [f"w{number}" for number in range(clones)])
        claims = [claim for told in won for claim in told]
    if Counter(name for name, _ in claims) != Counter(names):
        sys.exit(f"{way.__name__}: not every task was won exactly once")
    return [seconds for _, seconds in claims]


@click.command()
@click.option("--clones", default=4, show_default=True, type=click.IntRange(1))
@click.option("--tasks", default=60, show_default=True, type=click.IntRange(2))
def main(clones: int, tasks: int) -> None:
    """Print the table of benchmarks/clones.md."""
    print(f"{clones} clones, {tasks} tasks, each claimed and completed once\n")
    print("| claims by | median s | p95 s | longest s |\n|---|---:|---:|---:|")
    medians = []
    for way in (by_refs, by_commits):
        spent = _race(way, clones, tasks)
        medians.append(median(spent))
        p95 = quantiles(spent, n=20)[-1]
        print(f"| {way.__name__[3:]} | {medians[-1]:.2f} | {p95:.2f} | {max(spent):.2f} |")
    print(f"\nmedian by commits / by refs: {medians[1] / medians[0]:.1f}")


if __name__ == "__main__":
    main()
