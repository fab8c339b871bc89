"""Batches followed to their end, and what they gave brought home."""

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from pipeline.core.errors import UserError
from pipeline.faucet.batches.jobs import Job
from pipeline.faucet.batches.ledger import ledger_lock, read_jobs, record
from pipeline.faucet.batches.submitting import found_batch
from pipeline.faucet.batches.taking import Taken, outcomes_of, settle_job, taken
from pipeline.providers.batches import ENDED, BatchService, BatchState
from pipeline.providers.provider import Provider
from pipeline.providers.server import cleaned
from pipeline.workspace.layout import BATCH_FILES
from pipeline.workspace.workspace import Workspace

_BYTES_PER_NUMBER = 40
_BYTES_PER_LINE = 20_000


class Followed(NamedTuple):
    """A job and how it stands at its provider; None where the provider was not asked."""

    job: Job
    state: BatchState | None


def follow(workspace: Workspace, provider: Provider, service: BatchService) -> Iterator[Followed]:
    """Yield every open batch of a provider with its state there; ends are booked."""
    with ledger_lock(workspace):
        for job in _open(read_jobs(workspace), provider):
            yield _followed(workspace, job, service)


def collect(
    workspace: Workspace, provider: Provider, service: BatchService, *, is_partial: bool = False
) -> Iterator[Followed]:
    """Yield every open batch of a provider, those that have ended with their vectors recorded.

    Where fewer results come than the provider says there are, the job stays as it is and
    UserError is raised, unless is_partial takes what is there.
    """
    with ledger_lock(workspace):
        for job in _open(read_jobs(workspace), provider):
            followed = _followed(workspace, job, service)
            if followed.job.step == "ended":
                done = _collected(workspace, followed, provider, service, is_partial=is_partial)
                followed = followed._replace(job=done)
            yield followed


def cancel(
    workspace: Workspace, provider: Provider, service: BatchService, job_id: str | None
) -> Iterator[Job]:
    """Yield the open batches that a provider is asked to stop: one, or all; results still come.

    A job whose batch was never created is over at once. Raises UserError for an unknown id.
    """
    with ledger_lock(workspace):
        jobs = chosen(_open(read_jobs(workspace), provider), job_id)
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
        raise UserError(
            f"{what} an id that begins with {job_id!r}: `faucet embed status` lists them"
        )
    return found


def _open(jobs: Iterable[Job], provider: Provider) -> list[Job]:
    return [
        job
        for job in jobs
        if job.kind == "batch" and job.is_open and job.plan["provider"] == provider.name
    ]


def _followed(workspace: Workspace, job: Job, service: BatchService) -> Followed:
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


def _collected(
    workspace: Workspace,
    followed: Followed,
    provider: Provider,
    service: BatchService,
    *,
    is_partial: bool,
) -> Job:
    job, state = followed
    clean = partial(cleaned, provider=provider)
    most = len(job.keys) * (job.plan["dimension"] * _BYTES_PER_NUMBER + _BYTES_PER_LINE)
    paths = [_place(workspace, job, number) for number, _ in enumerate(job.value("outputs"))]
    for path, file_id in zip(paths, job.value("outputs"), strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            service.download(file_id, file, most)
    results = taken(outcomes_of(paths, job), job.keys, clean)
    if job.value("state") == "failed":
        results = _refused(job, results)
    elif state is not None and not is_partial:
        _refuse_fewer(job, results, state)
    done = settle_job(workspace, job, results)
    for path in paths:
        path.unlink(missing_ok=True)
    return done


def _refused(job: Job, results: Taken) -> Taken:
    """Return results of a batch that the provider refused whole: asking again needs a decision."""
    rest = set(job.keys) - set(results.vectors) - set(results.failed)
    failed = {**results.failed, **dict.fromkeys(rest, "refused")}
    messages = {"refused": str(job.value("message") or ""), **results.messages}
    words = {why: text for why, text in messages.items() if text}
    return results._replace(failed=dict(sorted(failed.items())), missing=0, messages=words)


def _refuse_fewer(job: Job, results: Taken, state: BatchState) -> None:
    """Raise UserError where the files hold fewer answers than the provider counts."""
    got = len(results.vectors) + len(results.failed)
    announced = (state.completed or 0) + (state.failed or 0)
    if got < min(announced, len(job.keys)) and state.state == "succeeded":
        raise UserError(
            f"{job.job_id}: the results hold {got:,} of {announced:,} answers: call again, or"
            " `faucet embed collect --partial` takes what is there"
        )


def _place(workspace: Workspace, job: Job, number: int) -> Path:
    return workspace / BATCH_FILES / f"{job.job_id}.{number}.results.jsonl"
