"""What `faucet embed` says to people."""

from collections.abc import Iterator

from pipeline.core.text import counted
from pipeline.faucet.batches.planning import SubmitPlan
from pipeline.faucet.batches.vector_jobs import VECTORS
from pipeline.faucet.jobs.view import account_lines
from pipeline.providers.provider import Provider


def plan_lines(plan: SubmitPlan, provider: Provider) -> Iterator[str]:
    """Yield a plan: what is wanted, what a submit would send, what it would cost."""
    yield f"{provider.name}: {provider.model}, vectors of {provider.space}"
    yield from account_lines(plan.account, len(plan.account.waited_for), VECTORS.noun)
    sent = f"{counted(plan.requests, 'request')} in {counted(plan.files, 'file')}"
    yield f"a submit sends {sent}, about {plan.tokens:,} tokens"
    if plan.cut:
        yield f"{counted(plan.cut, 'text')} over {provider.max_tokens:,} tokens: sent cut"
    yield f"at listed prices ${plan.batch_price:,.4f} in batches, ${plan.online_price:,.4f} online"
