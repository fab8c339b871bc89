"""Jobs handed to a provider, each once, whatever dies in between."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import daft
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.core.errors import UserError
from pipeline.core.json_values import compact
from pipeline.faucet.batches.jobs import Job
from pipeline.faucet.batches.ledger import ledger_lock, plan_job, read_jobs, record
from pipeline.faucet.batches.wanted import portions, requests_for, vector_account, wanted_texts
from pipeline.providers.batches import BatchService
from pipeline.providers.connection import UnclearOutcomeError
from pipeline.providers.provider import Provider
from pipeline.store.atomic import write_bytes
from pipeline.workspace.layout import BATCH_FILES
from pipeline.workspace.workspace import Workspace

_LOST = "its request file is gone and its texts have changed since; nothing was sent"


def submit(
    workspace: Workspace,
    provider: Provider,
    service: BatchService,
    *,
    limit: int | None = None,
    keys: Sequence[str] | None = None,
) -> Iterator[Job]:
    """Yield every job that is brought to the provider: first those begun, then new ones.

    New jobs ask for at most limit texts that nobody has asked for, or for those of keys alone.
    Calling it again asks for nothing twice. Raises UserError where another command is at work, or
    the provider refuses.
    """
    with ledger_lock(workspace):
        texts = wanted_texts(workspace, provider).collect()
        for job in _begun(read_jobs(workspace), provider):
            yield _brought(workspace, job, provider, service, texts)
        jobs = read_jobs(workspace)
        free = vector_account(workspace, provider, jobs, texts).not_asked
        wanted = free[:limit] if keys is None else sorted(set(keys).intersection(free))
        for start in range(0, len(wanted), provider.requests_per_job):
            block = wanted[start : start + provider.requests_per_job]
            for rows in portions(requests_for(texts, block, provider).rows, provider):
                job = _planned(workspace, jobs, provider, service, rows)
                jobs.append(job)
                yield _brought(workspace, job, provider, service, texts)


def found_batch(workspace: Workspace, job: Job, service: BatchService) -> Job:
    """Return a job with its batch recorded, where the provider has one for it."""
    file_id = job.value("file_id") or ""
    batch_id = service.find_batch(job.job_id, file_id)
    return job if batch_id is None else record(workspace, job, "submitted", batch_id=batch_id)


def request_file(workspace: Workspace, sha256: str) -> Path:
    """Return where a request file is kept until its batch is created, by its digest."""
    return workspace / BATCH_FILES / f"{sha256[:32]}.requests.jsonl"


def _begun(jobs: Sequence[Job], provider: Provider) -> list[Job]:
    return [
        job
        for job in jobs
        if job.kind == "batch" and job.is_open and not job.has("submitted") and job.is_of(provider)
    ]


def _planned(
    workspace: Workspace,
    jobs: Sequence[Job],
    provider: Provider,
    service: BatchService,
    rows: pa.Table,
) -> Job:
    content = _lines(rows, service)
    sha256 = hashlib.sha256(content).hexdigest()
    write_bytes(request_file(workspace, sha256), content)
    return plan_job(
        workspace,
        jobs,
        provider,
        rows["key"].to_pylist(),
        kind="batch",
        tokens=pc.sum(rows["tokens"]).as_py(),
        sha256=sha256,
    )


def _brought(
    workspace: Workspace,
    job: Job,
    provider: Provider,
    service: BatchService,
    texts: daft.DataFrame,
) -> Job:
    """Return a job whose batch is at the provider, or that was abandoned before it cost anything.

    The batch is looked for before it is created, also on the first try: another clone, or a
    command that was killed, may have created it.
    """
    job = found_batch(workspace, job, service)
    if not job.has("submitted") and not job.has("uploaded"):
        job = _uploaded(workspace, job, provider, service, texts)
    if not job.has("submitted") and job.is_open:
        job = _created(workspace, job, provider, service)
    if job.has("submitted") or not job.is_open:
        request_file(workspace, job.plan["sha256"]).unlink(missing_ok=True)
    return job


def _uploaded(
    workspace: Workspace,
    job: Job,
    provider: Provider,
    service: BatchService,
    texts: daft.DataFrame,
) -> Job:
    file_id = service.find_file(job.job_id)
    if file_id is None:
        path = request_file(workspace, job.plan["sha256"])
        if not _is_there(path, job, lambda: _rebuilt(job, provider, service, texts)):
            return record(workspace, job, "abandoned", reason=_LOST)
        job = record(workspace, job, "uploading")
        file_id = service.upload(job.job_id, path.read_bytes())
    return record(workspace, job, "uploaded", file_id=file_id)


def _created(workspace: Workspace, job: Job, provider: Provider, service: BatchService) -> Job:
    """Create a job's batch, unless one that was asked for a moment ago may not be listed yet."""
    if job.step == "creating":
        waited = _seconds_since(job.events[-1]["when"])
        if waited < provider.settle_s:
            left = provider.settle_s - waited
            raise UserError(
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
        raise UserError(
            f"{fault}: whether {job.job_id} was created is not known: call again in"
            f" {provider.settle_s:,.0f} s, it is looked for first"
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


def _rebuilt(job: Job, provider: Provider, service: BatchService, texts: daft.DataFrame) -> bytes:
    return _lines(requests_for(texts, job.keys, provider).rows, service)


def _lines(rows: pa.Table, service: BatchService) -> bytes:
    columns = (rows[name].to_pylist() for name in ("key", "role", "text"))
    requests = (service.request(*row) for row in zip(*columns, strict=True))
    return "".join(f"{compact(request)}\n" for request in requests).encode()


def _seconds_since(when: str) -> float:
    return (datetime.now(UTC) - datetime.fromisoformat(when)).total_seconds()
