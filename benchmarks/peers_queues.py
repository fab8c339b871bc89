"""Queues: tasks are added, claimed and completed one by one, each by a command or a call.

An operation is one of the three. Found are the tasks whose files say at the end that they are
done. Every folder is a git repository of its own, new, and left as the tool makes it by default.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.peers_run import Clock, Outcome, Peer, Source

AGENT = "nora"
OPERATIONS = 3


def counted(done: int, tasks: int, words: str) -> Outcome:
    """Return how many tasks are done of those that were added, and operations in all."""
    return Outcome(OPERATIONS * tasks, done, tasks, result=words)


@contextmanager
def _workspace() -> Iterator[Path]:
    """Make a workspace of the engine with one empty queue."""
    with TemporaryDirectory() as folder:
        root = Path(folder) / "base"
        _call([*_faucet(), "init", str(root), "--example", "empty"], Path(folder))
        _call([*_faucet(), "queue", "init", "--agent", AGENT], root)
        yield root


def _faucet() -> list[str]:
    return [sys.executable, "-P", "-m", "pipeline.cli"]


def _call(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return done.stdout


def faucet_commands(source: Source, clock: Clock) -> Outcome:
    """Call `faucet queue` for every operation."""
    queue = [*_faucet(), "queue"]
    with _workspace() as root:
        with clock:
            for number in range(source.tasks):
                words = f"task {number}"
                add = ["add", f"task-{number}", "--agent", AGENT, "--description", words]
                _call([*queue, *add], root)
            for _ in range(source.tasks):
                claimed = json.loads(_call([*queue, "claim", "--agent", AGENT, "--json"], root))
                result = json.dumps({"pairs": 1})
                _call([*queue, "submit", claimed["task_id"], "--result", result], root)
        return _receipts(root, source.tasks)


def faucet_calls(source: Source, clock: Clock) -> Outcome:
    """Call the functions behind the commands, in one process, as a worker does."""
    from pipeline.faucet.queues.adding import add_entries
    from pipeline.faucet.queues.storage import LocalBoard
    from pipeline.faucet.work.by_hand import hand_in, judged, take
    from pipeline.workspace.workspace import find_workspace

    with _workspace() as root:
        board = LocalBoard(find_workspace(root))
        with clock:
            for number in range(source.tasks):
                entry = {"task_id": f"task-{number}", "description": f"task {number}"}
                add_entries(board, AGENT, [entry])
            for _ in range(source.tasks):
                task = take(board, AGENT, AGENT)
                assert task is not None
                hand_in(board, task.task_id, None, [], {"pairs": 1})
                judged(board, task.task_id)
        return _receipts(root, source.tasks)


def _receipts(root: Path, tasks: int) -> Outcome:
    receipts = list((root / "data/task_queues/completed").glob("*.json"))
    return counted(len(receipts), tasks, "a receipt each")


def backlog_md(source: Source, clock: Clock) -> Outcome:
    """Call Backlog.md's command for every operation."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        _call(["git", "init", "-q"], root)
        _call(["backlog", "init", "made", "--defaults", "--integration-mode", "none"], root)
        with clock:
            for number in range(source.tasks):
                title = f"task {number}"
                _call(["backlog", "task", "create", title, "-d", title, "--plain"], root)
            for number in range(1, source.tasks + 1):
                edit = ["backlog", "task", "edit", str(number), "--plain", "-s"]
                _call([*edit, "In Progress", "-a", f"@{AGENT}"], root)
                _call([*edit, "Done", "--final-summary", "pairs: 1"], root)
        texts = [path.read_text(encoding="utf-8") for path in (root / "backlog").rglob("*.md")]
        done = sum("status: Done" in text for text in texts)
    return counted(done, source.tasks, "a status each")


PEERS = (
    Peer(
        "ours, `faucet queue`",
        "click",
        faucet_commands,
        "more: a claim is exclusive and has a lease, gates judge, a receipt is written, "
        "files are held to a schema",
    ),
    Peer(
        "ours, calls in one process",
        "click",
        faucet_calls,
        "the same without the start of a process: what a worker and the MCP server pay",
        "whole",
    ),
    Peer(
        "Backlog.md, `backlog task`",
        "$backlog",
        backlog_md,
        "less: a second agent's claim of a claimed task succeeds, nothing judges, "
        "no receipt; the caller finds the next task itself",
    ),
)
