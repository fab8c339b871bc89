"""What it would take to have every vector: requests, files, tokens, dollars. Nothing is sent."""

from typing import NamedTuple

import pyarrow.compute as pc

from pipeline.core.json_values import Json
from pipeline.faucet.batches.vector_jobs import VECTORS
from pipeline.faucet.batches.wanted import (
    VectorAccount,
    portions,
    requests_for,
    vector_account,
    wanted_texts,
)
from pipeline.faucet.jobs.ledger import read_jobs
from pipeline.providers.provider import Provider
from pipeline.workspace.workspace import Workspace

_PER_PRICE = 1_000_000
_CENTS_PLACES = 4


class SubmitPlan(NamedTuple):
    """What a submit would send; tokens are estimated from above, prices are dollars."""

    account: VectorAccount
    requests: int
    files: int
    tokens: int
    cut: int
    batch_price: float
    online_price: float

    def as_json(self, provider: Provider) -> Json:
        """Return it with the space that the vectors would be of."""
        return {
            "provider": provider.name,
            "model": provider.model,
            "space": provider.space,
            **self._asdict(),
            "account": self.account.as_json(),
        }


def plan_submit(workspace: Workspace, provider: Provider, limit: int | None = None) -> SubmitPlan:
    """Return what a submit of at most limit requests would send to a provider.

    Raises UserError where no run has kept pairs yet, or the ledger cannot be read.
    """
    texts = wanted_texts(workspace, provider).collect()
    account = vector_account(workspace, provider, read_jobs(workspace, VECTORS), texts)
    keys = account.not_asked[:limit]
    requests = files = tokens = cut = 0
    for start in range(0, len(keys), provider.requests_per_job):
        asked = requests_for(texts, keys[start : start + provider.requests_per_job], provider)
        requests += asked.rows.num_rows
        files += sum(1 for _ in portions(asked.rows, provider))
        tokens += pc.sum(asked.rows["tokens"]).as_py() or 0
        cut += asked.cut
    return SubmitPlan(
        account,
        requests,
        files,
        tokens,
        cut,
        price(tokens, provider.batch_price),
        price(tokens, provider.online_price),
    )


def price(tokens: int, per_million: float) -> float:
    """Return dollars for tokens."""
    return round(tokens * per_million / _PER_PRICE, _CENTS_PLACES)
