"""Jobs brought to a provider, each once, whatever dies in between."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from pipeline.core.errors import UserError
from pipeline.faucet.jobs.job import Job
from pipeline.faucet.jobs.ledger import record
from pipeline.providers.batches import BatchFiles
from pipeline.providers.connection import UnclearOutcomeError
from pipeline.store.atomic import write_bytes
from pipeline.workspace.layout import BATCH_FILES
from pipeline.workspace.workspace import Workspace

_LOST = "its request file is gone and its texts have changed since; nothing was sent"


class UnsettledJobError(UserError):
    """Whether a batch was created is not known yet: it is looked for before anybody pays again."""


def keep_request_file(workspace: Workspace, content: bytes) -> str:
    """Keep a request file until its batch is created; return its digest, which names it."""
    sha256 = hashlib.sha256(content).hexdigest()
    write_bytes(_request_file(workspace, sha256), content)
    return sha256


def brought(
    workspace: Workspace,
    job: Job,
    service: BatchFiles,
    settle_s: float,
    rebuild: Callable[[], bytes],
) -> Job:
    """Return a job whose batch is at the provider, or that was abandoned before it cost anything.

    The batch is looked for before it is created, also on the first try: another clone, or a
    command that was killed, may have created it. For settle_s seconds after it was asked for it
    may not be listed. rebuild makes the request file again where it is gone. Raises UserError
    where the provider refuses, UnsettledJobError where what it did is not known yet.
    """
    job = found_batch(workspace, job, service)
    if not job.has("submitted") and not job.has("uploaded"):
        job = _uploaded(workspace, job, service, rebuild)
    if not job.has("submitted") and job.is_open:
        job = _created(workspace, job, service, settle_s)
    if job.has("submitted") or not job.is_open:
        _request_file(workspace, job.plan["sha256"]).unlink(missing_ok=True)
    return job


def found_batch(workspace: Workspace, job: Job, service: BatchFiles) -> Job:
    """Return a job with its batch recorded, where the provider has one for it."""
    file_id = job.value("file_id") or ""
    batch_id = service.find_batch(job.job_id, file_id)
    return job if batch_id is None else record(workspace, job, "submitted", batch_id=batch_id)


def is_begun(job: Job) -> bool:
    """Return whether a batch was planned and is not known to be at the provider."""
    return job.kind == "batch" and job.is_open and not job.has("submitted")


def _request_file(workspace: Workspace, sha256: str) -> Path:
    return workspace / BATCH_FILES / f"{sha256[:32]}.requests.jsonl"


def _uploaded(
    workspace: Workspace, job: Job, service: BatchFiles, rebuild: Callable[[], bytes]
) -> Job:
    file_id = service.find_file(job.job_id)
    if file_id is None:
        path = _request_file(workspace, job.plan["sha256"])
        if not _is_there(path, job, rebuild):
            return record(workspace, job, "abandoned", reason=_LOST)
        job = record(workspace, job, "uploading")
        file_id = service.upload(job.job_id, path.read_bytes())
    return record(workspace, job, "uploaded", file_id=file_id)


def _created(workspace: Workspace, job: Job, service: BatchFiles, settle_s: float) -> Job:
    """Create a job's batch, unless one that was asked for a moment ago may not be listed yet."""
    if job.step == "creating":
        left = settle_s - _seconds_since(job.events[-1]["when"])
        if left > 0:
            raise UnsettledJobError(
                f"{job.job_id}: a batch was asked for and is not listed yet: call again in"
                f" {left:,.0f} s, so that it is not paid twice"
            )
    file_id = job.value("file_id")
    job = record(workspace, job, "creating")
    try:
        batch_id = service.create(job.job_id, file_id)
    except UserError:
        record(workspace, job, "uploaded", file_id=file_id)  # it was refused: there is no batch
        raise
    except UnclearOutcomeError as fault:
        found = found_batch(workspace, job, service)
        if found.has("submitted"):
            return found
        raise UnsettledJobError(
            f"{fault}: whether {job.job_id} was created is not known: call again in"
            f" {settle_s:,.0f} s, it is looked for first"
        ) from None
    return record(workspace, job, "submitted", batch_id=batch_id)


def _is_there(path: Path, job: Job, rebuild: Callable[[], bytes]) -> bool:
    """Return whether a job's request file is there with its own bytes, made again where needed."""
    wanted = job.plan["sha256"]
    if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == wanted:
        return True
    content = rebuild()
    if hashlib.sha256(content).hexdigest() != wanted:
        return False
    write_bytes(path, content)
    return True


def _seconds_since(when: str) -> float:
    return (datetime.now(UTC) - datetime.fromisoformat(when)).total_seconds()
