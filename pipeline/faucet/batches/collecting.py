"""Batches of vectors that have ended, brought home."""

from collections.abc import Iterator
from functools import partial

from pipeline.faucet.batches.taking import Taken, outcomes_of, settle_job, taken
from pipeline.faucet.batches.vector_jobs import VECTORS
from pipeline.faucet.jobs.following import (
    Followed,
    downloaded,
    followed,
    open_batches,
    refuse_fewer,
)
from pipeline.faucet.jobs.job import Job
from pipeline.faucet.jobs.ledger import ledger_lock, read_jobs
from pipeline.providers.batches import BatchFiles
from pipeline.providers.provider import Provider
from pipeline.providers.server import cleaned
from pipeline.workspace.workspace import Workspace

_BYTES_PER_NUMBER = 40
_BYTES_PER_LINE = 20_000


def collect(
    workspace: Workspace, provider: Provider, service: BatchFiles, *, is_partial: bool = False
) -> Iterator[Followed]:
    """Yield every open batch of a provider, those that have ended with their vectors recorded.

    Where fewer results come than the provider says there are, the job stays as it is and
    UserError is raised, unless is_partial takes what is there.
    """
    with ledger_lock(workspace):
        for job in open_batches(read_jobs(workspace, VECTORS), provider.name):
            found = followed(workspace, job, service)
            if found.job.step == "ended":
                done = _collected(workspace, found, provider, service, is_partial=is_partial)
                found = found._replace(job=done)
            yield found


def _collected(
    workspace: Workspace,
    found: Followed,
    provider: Provider,
    service: BatchFiles,
    *,
    is_partial: bool,
) -> Job:
    job = found.job
    clean = partial(cleaned, provider=provider)
    most = len(job.keys) * (job.plan["dimension"] * _BYTES_PER_NUMBER + _BYTES_PER_LINE)
    with downloaded(workspace, job, service, most) as paths:
        results = taken(outcomes_of(paths, job), job.keys, clean)
        if job.value("state") == "failed":
            results = _refused(job, results)
        elif not is_partial:
            refuse_fewer(found, len(results.vectors) + len(results.failed))
        return settle_job(workspace, job, results)


def _refused(job: Job, results: Taken) -> Taken:
    """Return results of a batch that the provider refused whole: asking again needs a decision."""
    rest = set(job.keys) - set(results.vectors) - set(results.failed)
    failed = {**results.failed, **dict.fromkeys(rest, "refused")}
    messages = {"refused": str(job.value("message") or ""), **results.messages}
    words = {why: text for why, text in messages.items() if text}
    return results._replace(failed=dict(sorted(failed.items())), missing=0, messages=words)
