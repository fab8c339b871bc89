"""Batches followed to their end, and the files of what they gave."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from pipeline.core.errors import UserError
from pipeline.faucet.jobs.bringing import found_batch
from pipeline.faucet.jobs.job import Job, Ledger
from pipeline.faucet.jobs.ledger import ledger_lock, read_jobs, record
from pipeline.providers.batches import ENDED, BatchFiles, BatchState
from pipeline.workspace.layout import BATCH_FILES
from pipeline.workspace.workspace import Workspace


class Followed(NamedTuple):
    """A job and how it stands at its provider; None where the provider was not asked."""

    job: Job
    state: BatchState | None


def open_batches(jobs: Iterable[Job], provider: str) -> list[Job]:
    """Return the batches of a provider (its name) whose results are still waited for."""
    return [
        job
        for job in jobs
        if job.kind == "batch" and job.is_open and job.plan["provider"] == provider
    ]


def follow(
    workspace: Workspace, ledger: Ledger, provider: str, service: BatchFiles
) -> Iterator[Followed]:
    """Yield every open batch of a provider with its state there; ends are booked."""
    with ledger_lock(workspace):
        for job in open_batches(read_jobs(workspace, ledger), provider):
            yield followed(workspace, job, service)


def followed(workspace: Workspace, job: Job, service: BatchFiles) -> Followed:
    """Return a job with its state; one that is not known to have been created is looked for."""
    if job.step == "creating":
        job = found_batch(workspace, job, service)
    if not job.has("submitted"):
        return Followed(job, None)
    state = service.state(job.value("batch_id"))
    if state.state in ENDED and job.step != "ended":
        ended = {"state": state.state, "outputs": list(state.outputs), "message": state.message}
        job = record(workspace, job, "ended", **ended)
    return Followed(job, state)


@contextmanager
def downloaded(
    workspace: Workspace, job: Job, service: BatchFiles, most_bytes: int
) -> Iterator[list[Path]]:
    """Give the files of results of a batch that ended, and remove them where all went well.

    Raises UserError where one cannot be had whole, or is larger than most_bytes.
    """
    outputs = job.value("outputs")
    paths = [
        workspace / BATCH_FILES / f"{job.job_id}.{number}.results.jsonl"
        for number, _ in enumerate(outputs)
    ]
    for path, file_id in zip(paths, outputs, strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            service.download(file_id, file, most_bytes)
    yield paths
    for path in paths:
        path.unlink(missing_ok=True)


def refuse_fewer(found: Followed, got: int) -> None:
    """Raise UserError where results hold fewer answers than the provider counts."""
    job, state = found
    if state is None:
        return
    announced = (state.completed or 0) + (state.failed or 0)
    if got < min(announced, len(job.keys)) and state.state == "succeeded":
        raise UserError(
            f"{job.job_id}: the results hold {got:,} of {announced:,} answers: call again, or"
            f" `{job.ledger.command} collect --partial` takes what is there"
        )


def cancel(
    workspace: Workspace, ledger: Ledger, provider: str, service: BatchFiles, job_id: str | None
) -> Iterator[Job]:
    """Yield the open batches that a provider is asked to stop: one, or all; results still come.

    A job whose batch was never created is over at once. Raises UserError for an unknown id.
    """
    with ledger_lock(workspace):
        jobs = chosen(open_batches(read_jobs(workspace, ledger), provider), job_id)
        for job in jobs:
            now = job if job.has("submitted") else found_batch(workspace, job, service)
            if not now.has("submitted"):
                yield record(workspace, now, "abandoned", reason="cancelled before it was created")
            elif now.step == "submitted":
                service.cancel(now.value("batch_id"))
                yield record(workspace, now, "cancelling")
            else:
                yield now


def chosen(jobs: Iterable[Job], job_id: str | None) -> list[Job]:
    """Return the jobs, or the one whose id begins so; raises UserError where there is none."""
    found = [job for job in jobs if job_id is None or job.job_id.startswith(job_id)]
    if job_id is not None and len(found) != 1:
        what = "several jobs have" if found else "no job of this kind has"
        raise UserError(f"{what} an id that begins with {job_id!r}: `status` lists them")
    return found
