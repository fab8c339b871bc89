"""Jobs handed to a provider, each once, whatever dies in between."""

from collections.abc import Iterator, Sequence

import daft
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.core.json_values import compact
from pipeline.faucet.batches.vector_jobs import VECTORS, is_of, plan_job
from pipeline.faucet.batches.wanted import portions, requests_for, vector_account, wanted_texts
from pipeline.faucet.jobs.bringing import brought, is_begun, keep_request_file
from pipeline.faucet.jobs.job import Job
from pipeline.faucet.jobs.ledger import ledger_lock, read_jobs
from pipeline.providers.batches import BatchService
from pipeline.providers.provider import Provider
from pipeline.workspace.workspace import Workspace


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
        for job in read_jobs(workspace, VECTORS):
            if is_begun(job) and is_of(job, provider):
                yield _brought(workspace, job, provider, service, texts)
        jobs = read_jobs(workspace, VECTORS)
        free = vector_account(workspace, provider, jobs, texts).not_asked
        wanted = free[:limit] if keys is None else sorted(set(keys).intersection(free))
        for start in range(0, len(wanted), provider.requests_per_job):
            block = wanted[start : start + provider.requests_per_job]
            for rows in portions(requests_for(texts, block, provider).rows, provider):
                job = _planned(workspace, jobs, provider, service, rows)
                jobs.append(job)
                yield _brought(workspace, job, provider, service, texts)


def _planned(
    workspace: Workspace,
    jobs: Sequence[Job],
    provider: Provider,
    service: BatchService,
    rows: pa.Table,
) -> Job:
    sha256 = keep_request_file(workspace, _lines(rows, service))
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
    return brought(
        workspace,
        job,
        service,
        provider.settle_s,
        lambda: _rebuilt(job, provider, service, texts),
    )


def _rebuilt(job: Job, provider: Provider, service: BatchService, texts: daft.DataFrame) -> bytes:
    return _lines(requests_for(texts, job.keys, provider).rows, service)


def _lines(rows: pa.Table, service: BatchService) -> bytes:
    columns = (rows[name].to_pylist() for name in ("key", "role", "text"))
    requests = (service.request(*row) for row in zip(*columns, strict=True))
    return "".join(f"{compact(request)}\n" for request in requests).encode()
