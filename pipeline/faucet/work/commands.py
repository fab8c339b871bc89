"""Tasks done by a program: an agent's command with the brief on its stdin, or a task's own."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from pipeline.core.json_values import Json
from pipeline.faucet.runs.apart import last_words
from pipeline.faucet.runs.supervise import Bounds, Ended, run
from pipeline.faucet.terminal import one_line
from pipeline.faucet.work import orphans
from pipeline.faucet.work.assignment import Assignment, Outcome, Places
from pipeline.faucet.work.briefing import page_of
from pipeline.faucet.work.collecting import account, taken_over
from pipeline.faucet.work.endings import FailedAttempt, OutOfQuota, TransientFailure
from pipeline.faucet.work.environment import inherited
from pipeline.faucet.work.refusals import refusal
from pipeline.quality.redaction import redacted
from pipeline.store.atomic import write_bytes
from pipeline.workspace.layout import DELIVERIES

TRANSIENT = 75
"""Exit code of a program that could not work now: EX_TEMPFAIL of sysexits.h."""

BRIEF = "brief.md"
OUTPUT = "output.log"


def call_agent(given: Assignment) -> Outcome:
    """Run an agent's command with the task's brief, and return what it left behind."""
    places = given.places()
    before = taken_over(places, given.task)
    if any(Path(path).is_relative_to(DELIVERIES) for path in before.paths):
        return Outcome(before.paths, {"written_by": "an attempt that was ended"})
    page = page_of(places, given.task, given.worker.portion_pairs)
    slots = {
        "{task_id}": given.task.task_id,
        "{workdir}": str(places.workdir),
        "{result}": str(places.result),
        "{root}": str(places.workspace),
        "{brief}": str(places.workdir / BRIEF),
        "{budget_usd}": f"{given.worker.budget_usd:g}",
    }
    write_bytes(places.workdir / BRIEF, page.encode())
    arguments = [_filled(part, slots) for part in given.worker.command]
    ended = _run(given, arguments, places.workdir, places, page)
    own_account, ending = None, None
    try:
        own_account = _checked(ended, places, given.worker.setup_exit_codes)
    except FailedAttempt as failure:
        ending = failure
    if given.worker.delivers_output and ending is None:
        _deliver_output(places)
    collected = taken_over(places, given.task)
    if ending and not any(Path(path).is_relative_to(DELIVERIES) for path in collected.paths):
        raise ending
    left = {"left": list(collected.left)} if collected.left else {}
    stopped = {"ended": str(ending)} if ending else {}
    return Outcome(collected.paths, {**(own_account or {}), **left, **stopped} or None, ending)


def call_command(given: Assignment) -> Outcome:
    """Run the program that a task of kind command names, in the root of the workspace."""
    arguments = given.task.rest.get("command")
    if not arguments:
        raise FailedAttempt("the task is of kind command and names none")
    places = given.places()
    ended = _run(given, list(arguments), places.workspace.root, places, "")
    own_account = _checked(ended, places)
    return Outcome(result=own_account or {"exit_code": 0, "last_line": last_words(ended.tail)})


def _deliver_output(places: Places) -> None:
    """Take what a program printed as its delivery, where it wrote no file."""
    folder = places.workdir / "deliver"
    printed = (places.workdir / OUTPUT).read_bytes()
    if printed.strip() and not any(folder.iterdir()):
        write_bytes(folder / "answer.md", printed)


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
            places.workdir / OUTPUT,
            text=page,
            variables=variables,
            inherits=inherited(given.worker.environment),
            watch=given.watch,
            started=lambda group: orphans.remember(places.workspace, task, group),
        )
    finally:
        orphans.forget(places.workspace, task)


def _checked(
    ended: Ended, places: Places, setup_codes: Mapping[str, str] = MappingProxyType({})
) -> Json | None:
    """Return a program's account of its work; raises FailedAttempt where the run was no success.

    setup_codes are exit codes of an agent that is not set up, each with what to do about it.

    Exit code 0 is a success before the gates are asked.
    """
    own_account = account(places.result)
    status = own_account or {}
    if ended.why:
        # one that waits for its provider falls silent: its last words are about a limit
        busy = refusal(redacted(ended.tail), ended.exit_code, {}, datetime.now(UTC))
        raise busy if isinstance(busy, OutOfQuota) else FailedAttempt(ended.why)
    reason = redacted(one_line(str(status.get("reason") or last_words(ended.tail))))[:300]
    if status.get("status") == "quota":
        wait_s = status.get("retry_after_s")
        is_known = isinstance(wait_s, int) and not isinstance(wait_s, bool) and wait_s > 0
        raise OutOfQuota(reason, wait_s if is_known else None)
    if status.get("status") == "transient" or ended.exit_code == TRANSIENT:
        raise TransientFailure(reason)
    if ended.exit_code:
        refused = refusal(redacted(ended.tail), ended.exit_code, setup_codes, datetime.now(UTC))
        raise refused or FailedAttempt(f"exit code {ended.exit_code}: {reason}")
    return own_account


def _filled(part: str, slots: dict[str, str]) -> str:
    """Return an argument with its slots filled in; other braces stay as they are."""
    for slot, value in slots.items():
        part = part.replace(slot, value)
    return part
