"""The ledger of jobs: one file a job, one line an event, in git.

What is about to be done is written before it is done, what was done behind it. A step that was
killed is found as begun, and whoever comes next looks at the provider before doing it again. The
id of a job is a digest of what it asks for: two clones that plan the same job name it alike, and
the second finds the batch of the first.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from pipeline.core.errors import UserError
from pipeline.core.ids import content_digest
from pipeline.core.json_values import Json, compact
from pipeline.core.strict_json import BrokenJsonError, strict_json
from pipeline.core.validation import Validator
from pipeline.core.whole_file import whole_file
from pipeline.faucet.jobs.job import Job, Ledger
from pipeline.faucet.verdicts.book import now
from pipeline.store.kept import write_kept
from pipeline.workspace.layout import BATCHES_LOCK, schema_path
from pipeline.workspace.locks import try_lock
from pipeline.workspace.workspace import Workspace

_SUFFIX = ".jsonl"
_ID_HEX = 16
_MEND = "restore the file from git, or mend the line"


class BusyLedgerError(UserError):
    """Another command asks a provider for something in this workspace at this moment."""


@contextmanager
def ledger_lock(workspace: Workspace) -> Iterator[None]:
    """Hold the ledgers, so that one command at a time asks a provider for something.

    Raises BusyLedgerError where another one has them.
    """
    with try_lock(workspace, BATCHES_LOCK) as is_held:
        if not is_held:
            raise BusyLedgerError(
                "another command asks a provider in this workspace: wait for its end"
            )
        yield


def read_jobs(workspace: Workspace, ledger: Ledger) -> list[Job]:
    """Return all jobs of a ledger, by id.

    Raises UserError with file, line, field and rule where one cannot be read whole: half a ledger
    would have something paid twice.
    """
    folder = workspace / ledger.folder
    paths = sorted(path for path in folder.glob(f"*{_SUFFIX}") if not path.name.startswith("."))
    return [_read(workspace, ledger, path.name) for path in paths]


def begin_job(
    workspace: Workspace,
    ledger: Ledger,
    jobs: Sequence[Job],
    asked: Sequence[Any],
    **fields: Any,
) -> Job:
    """Return a new job of a ledger, written before anything of it is sent.

    jobs are those that are there; asked is what the id of the job is a digest of. The same asked
    for again, after an earlier job for it ended, is another job.
    """
    plan: Json = {"event": "planned", "when": now(), "job_id": _free_id(jobs, asked), **fields}
    return _write(workspace, Job(ledger, (plan,)))


def record(workspace: Workspace, job: Job, event: str, **fields: Any) -> Job:
    """Return a job with one more event, written at the end of its file."""
    return _write(
        workspace, replace(job, events=(*job.events, {"event": event, "when": now(), **fields}))
    )


def _free_id(jobs: Sequence[Job], asked: Sequence[Any]) -> str:
    used = {job.job_id for job in jobs}
    number = 1
    while True:
        digest = content_digest(compact([*asked, number]).encode())
        job_id = f"faucet-{digest[:_ID_HEX]}"
        if job_id not in used:
            return job_id
        number += 1


def _write(workspace: Workspace, job: Job) -> Job:
    fault = _fault(workspace, job.ledger, job.events[-1])
    if fault is not None:
        raise ValueError(f"event {job.events[-1]['event']} of {job.job_id}: {fault}")
    lines = "".join(f"{compact(one)}\n" for one in job.events)
    path = job.ledger.folder / f"{job.job_id}{_SUFFIX}"
    write_kept(workspace, path, lines.encode())
    return job


def _read(workspace: Workspace, ledger: Ledger, name: str) -> Job:
    path = ledger.folder / name
    content = whole_file(workspace.root, path) or b""
    if content and not content.endswith(b"\n"):
        raise UserError(f"{path.as_posix()}: its last line has no end: {_MEND}")
    events = []
    for number, line in enumerate(content.splitlines(), start=1):
        place = f"{path.as_posix()} line {number}"
        events.append(_event(workspace, ledger, line, place))
        if (number == 1) != (events[-1]["event"] == "planned"):
            raise UserError(f"{place}: planned must be the first event, and only that: {_MEND}")
    if not events:
        raise UserError(f"{path.as_posix()}: is empty: restore it from git")
    job = Job(ledger, tuple(events))
    if f"{job.job_id}{_SUFFIX}" != path.name:
        raise UserError(f"{path.as_posix()} line 1: field job_id is not the file's name: {_MEND}")
    return job


def _event(workspace: Workspace, ledger: Ledger, line: bytes, place: str) -> Json:
    try:
        value: Any = strict_json(line)
    except BrokenJsonError as broken:
        raise UserError(f"{place}: {broken}: {_MEND}") from None
    if not isinstance(value, dict):
        raise UserError(f"{place}: is no JSON object: {_MEND}")
    fault = _fault(workspace, ledger, value)
    if fault is not None:
        raise UserError(f"{place}: {fault}: {_MEND}")
    return value


def _fault(workspace: Workspace, ledger: Ledger, event: Json) -> str | None:
    """Return which rule of its kind an event breaks, None where it holds all."""
    rules = _rules(tuple(workspace / schema_path(name) for name in ledger.schemas))
    name = event.get("event")
    if not isinstance(name, str) or name not in rules:
        return f"field event must be one of {', '.join(rules)}"
    return rules[name].first_fault(event)


@cache
def _rules(paths: tuple[Path, ...]) -> dict[str, Validator]:
    """Return the rule of each event; one that a later schema describes anew is its own."""
    schemas = [orjson.loads(path.read_bytes()) for path in paths]
    return {name: Validator(rule) for schema in schemas for name, rule in schema["$defs"].items()}
