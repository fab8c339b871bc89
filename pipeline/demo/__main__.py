"""`python -m pipeline.demo`: the seed's story from empty queues to checkpoints, in minutes.

Plays in a clone below .cache/demo, so that your own history stays as it is. Afterwards the clone
is there to be looked at: its git log, its queues, its dashboard.
"""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import click

from pipeline.demo.newcomer import INDICATOR, PAIRS
from pipeline.workspace.git import git
from pipeline.workspace.layout import CACHE, DEMO, DVC, LOCAL_SETTINGS, queue_path, receipt_path
from pipeline.workspace.workspace import Workspace, find_workspace

NEWCOMER = "newcomer"


@click.command()
def demo() -> None:
    """Play queues, deliveries, gates, checkpoints and the monitor on the starter corpus."""
    root = find_workspace(Path.cwd())
    start = time.monotonic()
    clone = _clone(root)
    _tell(f"A clone of this workspace in {DEMO}, with the starter corpus run through the DAG")
    _faucet(clone, "repro", quiet=True)
    _faucet(clone, "summary")

    _tell("Step 1: queues for the team, with the seed's tasks; a newcomer joins with a command")
    _faucet(clone, "queue", "init", quiet=True)
    _faucet(clone, "queue", "init", "--agent", NEWCOMER, quiet=True)
    refill = _change_queue(clone, "droid", "refill", None)
    _change_queue(clone, NEWCOMER, "worker", _command())
    _add_task(clone)
    _faucet(clone, "queue", "graph")

    _tell("Steps 2 and 3: everybody works; nobody is told what to do next")
    _faucet(clone, "run", "--until-idle")

    _tell("What the newcomer's gates said, and what came of it")
    _tell_failures(clone)

    _tell("The backlog is endless: the largest gaps of the master plan become the next tasks")
    _change_queue(clone, "droid", "refill", refill)
    _faucet(clone, "queue", "refill")

    _tell("Checkpoints: every completed task is in a commit that anyone can rebuild")
    _faucet(clone, "log", "--limit", "8")

    _tell("Step 4: the monitor")
    _faucet(clone, "monitor", "--once")
    spent = time.monotonic() - start
    click.secho(f"\nPlayed in {spent:.0f} s. Look around in {DEMO}:", bold=True)
    click.echo(f"  git -C {DEMO} log        open {DEMO}/data/visualize/dashboard.html")


def _clone(root: Workspace) -> Path:
    clone = root / DEMO
    shutil.rmtree(clone, ignore_errors=True)
    clone.parent.mkdir(parents=True, exist_ok=True)
    git(root, "clone", "--quiet", str(root), str(clone))
    _keep_apart(clone)
    cache = ("config", "--local", "cache.dir", str(root / DVC / "cache"))
    subprocess.run([sys.executable, "-m", "dvc", *cache], cwd=clone, check=True)  # noqa: S603
    return clone


def _keep_apart(clone: Path) -> None:
    """Let the demo work on a board of its own, whatever remote this workspace shares."""
    (clone / LOCAL_SETTINGS).write_text("remote: null\n", encoding="utf-8")


def _command() -> dict[str, Any]:
    return {"command": [sys.executable, "-m", "pipeline.demo.newcomer"], "timeout_s": 60}


def _add_task(clone: Path) -> None:
    task = {
        "task_id": "vortex_by_a_newcomer",
        "priority": 1,
        "kind": "deliver",
        "description": f"Deliver {PAIRS} pairs on the {INDICATOR}",
        "indicators": [{"name": INDICATOR, "target_pairs": PAIRS}],
        "gates": [
            {"delivery": "acceptance_rate", "min": 0.9},
            {"delivery": "lowest_score", "min": 20},
            {"indicator": INDICATOR, "min": PAIRS},
        ],
    }
    path = clone / CACHE / "task.json"
    path.write_text(json.dumps(task), encoding="utf-8")
    _faucet(clone, "queue", "add", "--agent", NEWCOMER, "--from", str(path), quiet=True)


def _change_queue(clone: Path, agent: str, key: str, value: Any) -> Any:
    """Set a key of an agent's queue file, None takes it away; return what it was."""
    path = clone / queue_path(agent)
    document = json.loads(path.read_text(encoding="utf-8"))
    before = document.pop(key, None)
    if value is not None:
        document[key] = value
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return before


def _tell_failures(clone: Path) -> None:
    path = clone / receipt_path("vortex_by_a_newcomer")
    receipt = json.loads(path.read_text(encoding="utf-8"))
    for failure in receipt["failures"]:
        click.echo(f"attempt {failure['attempt']}: {failure['reason']}")
    for row in receipt["gates"]["criteria"]:
        click.echo(f"attempt {receipt['attempt']}: {row['criterion']}: got {row['got']}")


def _faucet(clone: Path, *words: str, quiet: bool = False) -> None:
    if not quiet:
        click.secho(f"$ faucet {' '.join(words)}", fg="cyan")
    command = [sys.executable, "-m", "pipeline.cli", *words]
    out = subprocess.DEVNULL if quiet else None
    subprocess.run(command, cwd=clone, stdout=out, check=True)  # noqa: S603 - our own words


def _tell(sentence: str) -> None:
    click.secho(f"\n== {sentence}", bold=True)


if __name__ == "__main__":
    demo(prog_name="python -m pipeline.demo")
