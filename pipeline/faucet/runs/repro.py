"""`dvc repro` that survives kill -9: behind our own lock, after looking what the last run left.

Killed at the wrong moment, DVC leaves a dvc.lock that is cut off or an unreadable rwlock that no
retry of its own heals, and a merge leaves two sides of what is made anyway. They are looked at
first, under a kernel lock that dies with its process, so that what is mended belongs to nobody
alive.
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import click

from pipeline.core.errors import INTERRUPTED
from pipeline.core.json_values import Json
from pipeline.core.text import counted
from pipeline.faucet.answers.outbox import hand_receipts, is_current
from pipeline.faucet.runs.dvc_process import run_dvc
from pipeline.faucet.runs.fetching import fetch_inputs
from pipeline.faucet.runs.idle import idle_state, remember_idle, say_unchanged, was_idle
from pipeline.faucet.runs.interrupts import interrupts_heard
from pipeline.faucet.runs.mending import heal, is_merging, refuse_conflicts
from pipeline.faucet.runs.outputs import changed_outputs, remember_outputs
from pipeline.faucet.runs.reporting import RunReporter, reporting
from pipeline.faucet.runs.waiting import bring_in_waiting
from pipeline.faucet.runs.whole import keep_ended
from pipeline.faucet.scaffold.starting import fill_inputs
from pipeline.faucet.scaffold.upgrading import refuse_older_templates
from pipeline.store.atomic import write_bytes
from pipeline.store.cut_books import refuse_cut
from pipeline.store.delivered import whole_deliveries
from pipeline.store.engine import write_manifest
from pipeline.workspace.layout import DOMAIN, PARAMS, RUN_GOES_ON, VERDICTS
from pipeline.workspace.locks import run_lock_of_runs
from pipeline.workspace.params import read_params
from pipeline.workspace.workspace import Workspace

_MINUTE_S = 60
_WORDS = {
    "ran": "ran",
    "cached": "from the run cache",
    "unchanged": "unchanged",
    "failed": "failed",
}


class Run(NamedTuple):
    """How a run of the DAG ended: its exit code, what became of each stage, and why it failed.

    mended tells what was put right before it; is_merge, that a commit now ends a merge.
    """

    exit_code: int
    stages: tuple[Json, ...]
    faults: tuple[str, ...]
    mended: tuple[str, ...]
    is_merge: bool


def repro(root: Workspace, arguments: Sequence[str]) -> Run:
    """Run `dvc repro` with arguments in root; return how it ended.

    A second run waits for the first one and says so. Results that a merge left in conflict are
    made anew. After a run that succeeds, agents find the receipts of their deliveries in
    data/outbox; a run without news writes none. Raises UserError
    where params.yaml holds what is not allowed, before DVC removes any output.
    """
    ended = behind_lock(root, ["repro", *arguments], partial(_params_as_they_are, root))
    if ended.exit_code == 0:
        _hand_receipts(root)
    return ended


def _params_as_they_are(root: Workspace) -> bytes:
    read_params(root)
    return (root / PARAMS).read_bytes()


def closing_line(run: Run) -> str:
    """Return how a run ended as one line for people, with the next step."""
    if run.exit_code == INTERRUPTED:
        return "stopped by Ctrl-C: what was made is kept, `faucet repro` goes on from there"
    by_state = Counter(stage["state"] for stage in run.stages)
    if run.exit_code:
        return "\n".join(run.faults) or f"DVC ended with exit code {run.exit_code}"
    if set(by_state) <= {"unchanged"}:
        what = "up to date: nothing had to run"
    else:
        what = ", ".join(
            f"{by_state[state]} {_WORDS[state]}" for state in _WORDS if by_state[state]
        )
        what = f"{counted(len(run.stages), 'stage')}: {what}"
    if run.is_merge:
        return f"{what}; `git add dvc.lock metrics` and `git commit` end the merge"
    return what


def behind_lock(root: Workspace, arguments: list[str], wanted: Callable[[], bytes]) -> Run:
    """Run a DVC command that runs stages, with the run lock held; return how it ended.

    wanted gives the params.yaml to run with. It is called once nobody else runs and before
    anything is mended: where it refuses with a UserError, every byte stays as it was.
    """
    with run_lock_of_runs(root, watch=_a_message_a_minute()):
        refuse_older_templates(root)
        refuse_conflicts(root)  # what a merge left in params.yaml is named as that
        params = wanted()
        healed = heal(root)
        refuse_cut(root, _books(root))  # before a missing one is made empty
        fetch_inputs(root)
        mended = [*healed, *changed_outputs(root), *fill_missing(root)]
        for sentence in mended:
            click.echo(f"faucet: {sentence}", err=True)
        whole_deliveries(root)  # before DVC removes any output
        if params != (root / PARAMS).read_bytes():
            write_bytes(root / PARAMS, params)
        write_manifest(root)
        running = root / RUN_GOES_ON
        running.touch()
        with (
            interrupts_heard() as pressed,
            reporting(root, "looking what has changed") as reporter,
        ):
            code = _looked(root, arguments, reporter)
            code = INTERRUPTED if code and pressed.is_set() else code
            stages, faults = tuple(reporter.stages()), tuple(reporter.faults.values())
        running.unlink(missing_ok=True)
        if code != INTERRUPTED:
            keep_ended(root)
        if code == 0 and any(stage["state"] != "unchanged" for stage in stages):
            remember_outputs(root)
        bring_in_waiting(root)
        return Run(code, stages, faults, tuple(mended), code == 0 and is_merging(root))


def _looked(root: Workspace, arguments: list[str], reporter: RunReporter) -> int:
    """Run DVC, unless it found nothing to do in this very state; return the exit code."""
    state = idle_state(root, arguments)
    if was_idle(root, state):
        say_unchanged(reporter)
        return 0
    code = run_dvc(root, arguments, reporter)
    if code == 0:
        remember_idle(root, state, reporter)
    return code


def _books(root: Workspace) -> list[Path]:
    return [path for path in root.inputs if path not in root.offloaded]


def fill_missing(root: Workspace) -> list[str]:
    """Make files of the domain and books of reviews that are missing empty, for DVC.

    Returns a sentence on each.
    """
    says = {DOMAIN: "says nothing of the subject", VERDICTS.parent: "holds no decision"}
    return [
        f"{path.as_posix()} is missing: an empty one is made, which {what}"
        for below, what in says.items()
        for path in fill_inputs(root, below)
    ]


def _a_message_a_minute() -> Callable[[], None]:
    """Return a watch that says once a minute that it still waits, so that it is no silence."""
    last = [time.monotonic()]

    def say() -> None:
        if time.monotonic() - last[0] >= _MINUTE_S:
            last[0] = time.monotonic()
            click.echo("faucet: still waiting", err=True)

    return say


def _hand_receipts(root: Workspace) -> None:
    if not is_current(root):
        os.environ.setdefault("DAFT_RUNNER", "native")  # looking for Ray takes longer
        written = len(hand_receipts(root).written)
        click.echo(f"faucet: {counted(written, 'receipt file')} written to data/outbox", err=True)
