"""Failed texts asked for again, when somebody wants that."""

from collections.abc import Sequence

from pipeline.faucet.batches.vector_jobs import VECTORS, is_of
from pipeline.faucet.batches.wanted import is_lost
from pipeline.faucet.jobs.following import chosen
from pipeline.faucet.jobs.job import Job
from pipeline.faucet.jobs.ledger import ledger_lock, read_jobs, record
from pipeline.providers.provider import Provider
from pipeline.workspace.workspace import Workspace


def release(workspace: Workspace, provider: Provider, job_id: str | None) -> Sequence[str]:
    """Return the keys of the failed texts of one job, or of all, which may now be asked for again.

    Those of a part that is gone for good are among them, and are paid again.
    Failures of texts that are too long stay: another entry of the provider, or another text, mends
    them. Raises UserError for an unknown id.
    """
    with ledger_lock(workspace):
        ours = [job for job in read_jobs(workspace, VECTORS) if is_of(job, provider)]
        lost = {job.job_id for job in ours if is_lost(workspace, job)}
        failed = [job for job in ours if job.failed or job.job_id in lost]
        jobs: list[Job] = chosen(failed, job_id)
        for job in jobs:
            record(workspace, job, "retried")
    return sorted({key for job in jobs for key in (job.keys if job.job_id in lost else job.failed)})
