"""What commands say of jobs, to people and to programs."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Protocol

from pipeline.core.json_values import Json
from pipeline.core.text import counted
from pipeline.faucet.jobs.following import Followed
from pipeline.faucet.jobs.job import Job
from pipeline.faucet.terminal import one_line
from pipeline.providers.batches import BatchState
from pipeline.providers.results import REASONS

_SHOWN_FAILURES = 3
_COUNTS = ("batch_id", "part", "collected", "failed", "missing", "foreign")


def job_as_json(job: Job) -> Json:
    """Return a job with what became of it; what its events do not tell is null."""
    return {
        "job_id": job.job_id,
        "kind": job.kind,
        f"{job.ledger.noun}s": len(job.keys),
        "step": job.step,
        **{field: job.value(field) for field in _COUNTS},
    }


def followed_as_json(followed: Followed) -> Json:
    """Return a job with how it stands at its provider."""
    return {**job_as_json(followed.job), "at_provider": followed.state and followed.state.state}


def followed_line(followed: Followed) -> str:
    """Return how a job stands, or what came of it."""
    job, state = followed
    return _over(job) if not job.is_open else f"{_head(job)}: {_at_provider(job, state)}"


def job_line(job: Job) -> str:
    """Return what a job is and how it stands in the ledger."""
    return _over(job) if not job.is_open else f"{_head(job)}: {job.step}"


class JobAccount(Protocol):
    """All that was to be asked for: wanted = collected + failed + missing."""

    @property
    def wanted(self) -> int:
        """How many there are."""
        ...

    @property
    def collected(self) -> int:
        """How many are here."""
        ...

    @property
    def failed(self) -> Mapping[str, str]:
        """Why those failed that did, by key."""
        ...

    @property
    def missing(self) -> int:
        """How many are neither here nor failed."""
        ...


def account_lines(account: JobAccount, waited_for: int, noun: str) -> Iterator[str]:
    """Yield wanted = collected + failed + missing, and why some failed.

    waited_for is how many of the missing are in open jobs, noun what is counted.
    """
    yield (
        f"{counted(account.wanted, noun)} wanted = {account.collected:,} collected"
        f" + {len(account.failed):,} failed + {account.missing:,} missing"
        f" ({waited_for:,} of them in open jobs)"
    )
    for why, count in sorted(Counter(account.failed.values()).items()):
        yield f"  failed: {count:,} {why}: {REASONS[why]}"


def _head(job: Job) -> str:
    return f"{job.job_id}: {counted(len(job.keys), job.ledger.noun)}"


def _at_provider(job: Job, state: BatchState | None) -> str:
    if state is None:
        return f"{job.step}, not known at the provider: what submitted it goes on"
    done = "" if state.completed is None else f", {state.completed:,} done"
    failed = f", {state.failed:,} failed" if state.failed else ""
    collect = f": `{job.ledger.command} collect` fetches the results"
    ready = collect if job.step == "ended" else ""
    return f"{state.state}{done}{failed}{ready}"


def _over(job: Job) -> str:
    if job.step == "abandoned":
        return f"{_head(job)}: abandoned: {job.value('reason')}"
    failed = job.value("failed")
    line = f"{_head(job)} = {job.value('collected'):,} collected + {len(failed):,} failed"
    line += f" + {job.value('missing'):,} missing"
    if foreign := job.value("foreign"):
        line += f"; {counted(foreign, 'line')} for none of them"
    words = job.value("messages") or {}
    shown = [f"{why}: {one_line(text)}" for why, text in list(words.items())[:_SHOWN_FAILURES]]
    return "; ".join([line, *shown])
