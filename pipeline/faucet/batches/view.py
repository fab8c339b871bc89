"""What `faucet embed` says to people."""

from collections import Counter
from collections.abc import Iterator

from pipeline.core.text import counted
from pipeline.faucet.batches.planning import SubmitPlan
from pipeline.faucet.batches.wanted import VectorAccount
from pipeline.faucet.jobs.following import Followed
from pipeline.faucet.jobs.job import Job
from pipeline.faucet.terminal import one_line
from pipeline.providers.batches import BatchState
from pipeline.providers.provider import Provider
from pipeline.providers.results import REASONS

_SHOWN_FAILURES = 3


def plan_lines(plan: SubmitPlan, provider: Provider) -> Iterator[str]:
    """Yield a plan: what is wanted, what a submit would send, what it would cost."""
    yield f"{provider.name}: {provider.model}, vectors of {provider.space}"
    yield from account_lines(plan.account)
    sent = f"{counted(plan.requests, 'request')} in {counted(plan.files, 'file')}"
    yield f"a submit sends {sent}, about {plan.tokens:,} tokens"
    if plan.cut:
        yield f"{counted(plan.cut, 'text')} over {provider.max_tokens:,} tokens: sent cut"
    yield f"at listed prices ${plan.batch_price:,.4f} in batches, ${plan.online_price:,.4f} online"


def account_lines(account: VectorAccount) -> Iterator[str]:
    """Yield wanted = collected + failed + missing, and why texts failed."""
    failed = len(account.failed)
    yield (
        f"{counted(account.wanted, 'text')} wanted = {account.collected:,} collected"
        f" + {failed:,} failed + {account.missing:,} missing"
        f" ({len(account.waited_for):,} of them in open jobs)"
    )
    for why, count in sorted(Counter(account.failed.values()).items()):
        yield f"  failed: {count:,} {why}: {REASONS[why]}"


def followed_line(followed: Followed) -> str:
    """Return how a job stands, or what came of it."""
    job, state = followed
    return _over(job) if not job.is_open else f"{_head(job)}: {_at_provider(job, state)}"


def job_line(job: Job) -> str:
    """Return what a job is and how it stands in the ledger."""
    return _over(job) if not job.is_open else f"{_head(job)}: {job.step}"


def _head(job: Job) -> str:
    return f"{job.job_id}: {counted(len(job.keys), 'text')}"


def _at_provider(job: Job, state: BatchState | None) -> str:
    if state is None:
        return f"{job.step}, not known at the provider: `faucet embed submit` goes on"
    done = "" if state.completed is None else f", {state.completed:,} done"
    failed = f", {state.failed:,} failed" if state.failed else ""
    ready = ": `faucet embed collect` fetches the results" if job.step == "ended" else ""
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
