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

from pipeline.core.json_values import Json
from pipeline.demo.newcomers import LIMIT_S, NEWCOMERS, PAIRS
from pipeline.faucet.gates.criteria import failed
from pipeline.faucet.tasks.owed import least_of
from pipeline.faucet.tasks.refill import GATES
from pipeline.workspace.git import git
from pipeline.workspace.layout import CACHE, DEMO, DVC, LOCAL_SETTINGS, queue_path, receipt_path
from pipeline.workspace.workspace import Workspace, find_workspace

_NO_REFILL = {"floor": 0, "fill_to": 0}
_HELD_ATTEMPTS = 3
_SHOWN_CHARS = 260


@click.command()
def demo() -> None:
    """Play queues, deliveries, gates, checkpoints and the monitor on the starter corpus."""
    root = find_workspace(Path.cwd())
    start = time.monotonic()
    clone = _clone(root)
    _tell(f"A clone of this workspace in {DEMO}, with the starter corpus run through the DAG")
    _faucet(clone, "repro", quiet=True)
    _faucet(clone, "summary")

    _tell("Step 1: queues for the team, with the seed's tasks; three newcomers join with commands")
    _faucet(clone, "queue", "init", quiet=True)
    refill = _change_queue(clone, "droid", "refill", _NO_REFILL)
    for agent in NEWCOMERS:
        _join(clone, agent)
    _faucet(clone, "queue", "graph")

    _tell("Steps 2 and 3: everybody works; nobody is told what to do next")
    _faucet(clone, "run", "--until-idle")

    _tell("The cheat gave one answer under many questions, then padded it: nothing of that counts")
    _tell_of(clone, "cheat")
    _tell("The learner delivered placeholders, was told, and mended them")
    _tell_of(clone, "learner")
    _tell(f"The third one met a limit of its provider, rested for {LIMIT_S} s, and lost nothing")
    _tell_of(clone, "limited")
    _hold(clone)

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


def _join(clone: Path, agent: str) -> None:
    """Give a newcomer a queue, a command and a task."""
    _faucet(clone, "queue", "init", "--agent", agent, quiet=True)
    command = [sys.executable, "-m", "pipeline.demo.newcomers", agent]
    _change_queue(clone, agent, "worker", {"command": command, "timeout_s": 60})
    _change_queue(clone, agent, "refill", _NO_REFILL)
    indicator = NEWCOMERS[agent].indicator
    task = {
        "task_id": _task_of(agent),
        "priority": 1,
        "kind": "deliver",
        "description": f"Deliver {PAIRS} pairs on the {indicator}",
        "indicators": [{"name": indicator, "target_pairs": PAIRS}],
        "gates": [*GATES, {"indicator": indicator, "min": least_of(PAIRS)}],
    }
    path = clone / CACHE / "task.json"
    path.write_text(json.dumps(task), encoding="utf-8")
    _faucet(clone, "queue", "add", "--agent", agent, "--from", str(path), quiet=True)


def _task_of(agent: str) -> str:
    return f"pairs_by_the_{agent}"


def _change_queue(clone: Path, agent: str, key: str, value: Any) -> Any:
    """Set a key of an agent's queue file, None takes it away; return what it was."""
    path = clone / queue_path(agent)
    document = json.loads(path.read_text(encoding="utf-8"))
    before = document.pop(key, None)
    if value is not None:
        document[key] = value
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return before


def _outcome(clone: Path, agent: str) -> Json:
    """Return the receipt of a newcomer's task, else the task as it stands in its queue."""
    receipt = clone / receipt_path(_task_of(agent))
    if receipt.is_file():
        return _document(receipt)
    queued = _document(clone / queue_path(agent))["queued_tasks"]
    return next(task for task in queued if task["task_id"] == _task_of(agent))


def _document(path: Path) -> Json:
    document: Json = json.loads(path.read_text(encoding="utf-8"))
    return document


def _tell_of(clone: Path, agent: str) -> None:
    outcome = _outcome(clone, agent)
    for failure in outcome.get("failures", ()):
        for line in _missed(failure):
            click.echo(f"attempt {failure['attempt']}: {line}"[:_SHOWN_CHARS])
    if "gates" in outcome and "completed" in outcome:
        counted = outcome["gates"]["criteria"][-1]
        click.secho(
            f"attempt {outcome['attempt']}: completed; {counted['criterion']}: {counted['got']}",
            fg="green",
        )
    else:
        click.secho("it rests until somebody says `faucet queue retry`", fg="yellow")


def _missed(failure: Json) -> list[str]:
    """Return what an attempt missed, in the words of its gates."""
    return list(failed(failure["report"])) if failure.get("report") else [failure["reason"]]


def _hold(clone: Path) -> None:
    """End with a sentence where the story went otherwise than it is told."""
    cheat, learner, limited = (_outcome(clone, agent) for agent in NEWCOMERS)
    holds = {
        "the cheat's task is not completed": "completed" not in cheat,
        "the cheat was held to its gates each time": len(cheat.get("failures", ()))
        >= _HELD_ATTEMPTS,
        "the learner's second attempt passed": learner.get("attempt") == 2,  # noqa: PLR2004
        "the limit cost no attempt": limited.get("attempt") == 1 and "completed" in limited,
    }
    broken = [sentence for sentence, is_so in holds.items() if not is_so]
    if broken:
        raise click.ClickException(f"the story went otherwise: {'; '.join(broken)} is not so")


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
