"""What `faucet embed` says to people."""

from collections import Counter
from collections.abc import Iterator

from pipeline.core.text import counted
from pipeline.faucet.batches.planning import SubmitPlan
from pipeline.faucet.batches.wanted import VectorAccount
from pipeline.providers.provider import Provider
from pipeline.providers.results import REASONS


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
