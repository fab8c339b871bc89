"""Tasks done by a program: an agent's command with the brief on its stdin, or a task's own."""

import re
from collections.abc import Callable
from pathlib import Path

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.faucet.checkpoints.making import last_words
from pipeline.faucet.runs.supervise import Bounds, Ended, run
from pipeline.faucet.settings import Worker
from pipeline.faucet.tasks.state import Task
from pipeline.faucet.work import orphans
from pipeline.faucet.work.brief import Places
from pipeline.faucet.work.collecting import account, taken_over
from pipeline.faucet.work.outcome import Fault, Outcome, failed, transient
from pipeline.faucet.work.renewal import LOST, STOPPED
from pipeline.workspace.layout import WORK
from pipeline.workspace.workspace import Workspace

TRANSIENT = 75
"""Exit code of a program that could not work now: EX_TEMPFAIL of sysexits.h."""

Watch = Callable[[], str | None]

_OUT_OF_QUOTA = re.compile(
    r"\brate[ _-]?limit|\bquota\b.{0,40}\b(exceeded|exhausted|reached)|\btoo many requests\b"
    r"|\busage limit\b|\bstatus(?: code)?:? 429\b|\bRESOURCE_EXHAUSTED\b",
    re.IGNORECASE,
)


def places_of(workspace: Workspace, task: Task) -> Places:
    """Return where this turn of a task works; the folders are made."""
    workdir = workspace / WORK / task.task_id / str(task.turn)
    for name in ("deliver", "outbox"):
        (workdir / name).mkdir(parents=True, exist_ok=True)
    return Places(workspace, workdir, workdir / "result.json")


def call_agent(task: Task, worker: Worker, text: str, places: Places, watch: Watch) -> Outcome:
    """Run an agent's command with its brief, and return what it left behind or how it failed."""
    slots = {
        "{task_id}": task.task_id,
        "{workdir}": str(places.workdir),
        "{result}": str(places.result),
        "{root}": str(places.workspace),
    }
    ended = _run(
        [_filled(part, slots) for part in worker.command],
        task,
        places.workdir,
        Bounds(worker.timeout_s, worker.silence_s),
        places,
        watch,
        text,
    )
    told, fault = _read(ended, places)
    if fault:
        return Outcome(fault=fault)
    collected = taken_over(places, task, watch)
    result = {**(told or {}), **({"left": list(collected.left)} if collected.left else {})}
    return Outcome(collected.paths, result or None)


def call_command(task: Task, worker: Worker, places: Places, watch: Watch) -> Outcome:
    """Run the program that a task of kind command names, in the root of the workspace."""
    arguments = task.rest.get("command")
    if not arguments:
        return failed("the task is of kind command and names none")
    bounds = Bounds(worker.timeout_s, worker.silence_s)
    ended = _run(list(arguments), task, places.workspace.root, bounds, places, watch, "")
    told, fault = _read(ended, places)
    if fault:
        return Outcome(fault=fault)
    return Outcome(result=told or {"exit_code": 0, "last_line": last_words(ended.tail)})


def _run(
    arguments: list[str],
    task: Task,
    folder: Path,
    bounds: Bounds,
    places: Places,
    watch: Watch,
    text: str,
) -> Ended:
    variables = {
        "FAUCET_TASK_ID": task.task_id,
        "FAUCET_AGENT": task.agent,
        "FAUCET_WORKDIR": str(places.workdir),
        "FAUCET_RESULT": str(places.result),
        "FAUCET_ROOT": str(places.workspace),
    }
    orphans.end_orphans(places.workspace, task.task_id)
    try:
        return run(
            arguments,
            folder,
            bounds,
            places.workdir / "output.log",
            text=text,
            variables=variables,
            watch=watch,
            started=lambda group: orphans.remember(places.workspace, task, group),
        )
    finally:
        orphans.forget(places.workspace, task)


def _read(ended: Ended, places: Places) -> tuple[Json | None, Fault | None]:
    """Return a program's account of its work, and why the run was no success."""
    try:
        told = account(places.result)
    except UserError as unreadable:
        return None, Fault("failed", str(unreadable))
    return told, _fault(ended, told)


def _fault(ended: Ended, told: Json | None) -> Fault | None:
    """Return why a run was no success; exit code 0 is none before the gates say so."""
    if ended.why in (LOST, STOPPED):
        return Fault("lost", ended.why)
    if ended.why:
        return Fault("failed", ended.why)
    said = told or {}
    reason = str(said.get("reason") or last_words(ended.tail))[:300]
    if said.get("status") == "quota" or (ended.exit_code and _OUT_OF_QUOTA.search(ended.tail)):
        wait_s = said.get("retry_after_s")
        known = isinstance(wait_s, int) and not isinstance(wait_s, bool) and wait_s > 0
        return Fault("quota", reason, wait_s if known else None)
    if said.get("status") == "transient" or ended.exit_code == TRANSIENT:
        return transient(reason).fault
    if ended.exit_code:
        return Fault("failed", f"exit code {ended.exit_code}: {reason}")
    return None


def _filled(part: str, slots: dict[str, str]) -> str:
    """Return an argument with its slots filled in; other braces stay as they are."""
    for slot, value in slots.items():
        part = part.replace(slot, value)
    return part
