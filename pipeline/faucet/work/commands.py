"""Tasks done by a program: an agent's command with the brief on its stdin, or a task's own."""

import re
from pathlib import Path

from pipeline.core.json_values import Json
from pipeline.faucet.checkpoints.making import last_words
from pipeline.faucet.queues.refilling import gaps
from pipeline.faucet.runs.supervise import Bounds, Ended, run
from pipeline.faucet.terminal import one_line
from pipeline.faucet.work import orphans
from pipeline.faucet.work.assignment import Assignment, Outcome, Places
from pipeline.faucet.work.brief import brief, to_mend
from pipeline.faucet.work.collecting import account, taken_over
from pipeline.faucet.work.endings import FailedAttempt, OutOfQuota, TransientFailure
from pipeline.faucet.work.environment import inherited
from pipeline.quality.redaction import redacted

TRANSIENT = 75
"""Exit code of a program that could not work now: EX_TEMPFAIL of sysexits.h."""

_OUT_OF_QUOTA = re.compile(
    r"\brate[ _-]?limit|\bquota\b.{0,40}\b(exceeded|exhausted|reached)|\btoo many requests\b"
    r"|\busage limit\b|\bstatus(?: code)?:? 429\b|\bRESOURCE_EXHAUSTED\b",
    re.IGNORECASE,
)


def call_agent(given: Assignment) -> Outcome:
    """Run an agent's command with the task's brief, and return what it left behind."""
    places = given.places()
    coverage = {gap.indicator: gap for gap in gaps(given.workspace)}
    page = brief(given.task, places, coverage, to_mend(given.workspace, given.task))
    slots = {
        "{task_id}": given.task.task_id,
        "{workdir}": str(places.workdir),
        "{result}": str(places.result),
        "{root}": str(places.workspace),
    }
    arguments = [_filled(part, slots) for part in given.worker.command]
    own_account = _checked(_run(given, arguments, places.workdir, places, page), places)
    collected = taken_over(places, given.task, given.watch)
    left = {"left": list(collected.left)} if collected.left else {}
    return Outcome(collected.paths, {**(own_account or {}), **left} or None)


def call_command(given: Assignment) -> Outcome:
    """Run the program that a task of kind command names, in the root of the workspace."""
    arguments = given.task.rest.get("command")
    if not arguments:
        raise FailedAttempt("the task is of kind command and names none")
    places = given.places()
    ended = _run(given, list(arguments), places.workspace.root, places, "")
    own_account = _checked(ended, places)
    return Outcome(result=own_account or {"exit_code": 0, "last_line": last_words(ended.tail)})


def _run(given: Assignment, arguments: list[str], folder: Path, places: Places, page: str) -> Ended:
    task = given.task
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
            Bounds(given.worker.timeout_s, given.worker.silence_s),
            places.workdir / "output.log",
            text=page,
            variables=variables,
            inherits=inherited(given.worker.environment),
            watch=given.watch,
            started=lambda group: orphans.remember(places.workspace, task, group),
        )
    finally:
        orphans.forget(places.workspace, task)


def _checked(ended: Ended, places: Places) -> Json | None:
    """Return a program's account of its work; raises FailedAttempt where the run was no success.

    Exit code 0 is a success before the gates are asked.
    """
    own_account = account(places.result)
    status = own_account or {}
    if ended.why:
        raise FailedAttempt(ended.why)
    reason = redacted(one_line(str(status.get("reason") or last_words(ended.tail))))[:300]
    if status.get("status") == "quota" or (ended.exit_code and _OUT_OF_QUOTA.search(ended.tail)):
        wait_s = status.get("retry_after_s")
        is_known = isinstance(wait_s, int) and not isinstance(wait_s, bool) and wait_s > 0
        raise OutOfQuota(reason, wait_s if is_known else None)
    if status.get("status") == "transient" or ended.exit_code == TRANSIENT:
        raise TransientFailure(reason)
    if ended.exit_code:
        raise FailedAttempt(f"exit code {ended.exit_code}: {reason}")
    return own_account


def _filled(part: str, slots: dict[str, str]) -> str:
    """Return an argument with its slots filled in; other braces stay as they are."""
    for slot, value in slots.items():
        part = part.replace(slot, value)
    return part
