"""What may still be asked: tokens and dollars, for a task and for a run, held before each request.

A request is let through only where it fits whatever it may cost at most, so that no cap is ever
passed by what is under way; what it cost in truth takes the place of that once it is answered.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.faucet.responses.book import Response, Spent
from pipeline.faucet.settings import Cap
from pipeline.formats.limits import token_counts
from pipeline.providers.chat import ChatModel

_PER_PRICE = 1_000_000
_USD_DIGITS = 8
_FRAME_TOKENS = 16
"""Tokens that a message takes beside its words, from above."""


class BudgetSpentError(UserError):
    """A request that may cost more than is left; scope is task or run."""

    def __init__(self, scope: str, sentence: str) -> None:
        super().__init__(sentence)
        self.scope = scope


class RequestCost(NamedTuple):
    """What requests may cost at most; tokens of input and of output, estimated from above."""

    requests: int
    tokens_in: int
    tokens_out: int
    usd: float

    @property
    def tokens(self) -> int:
        """Return tokens of input and output."""
        return self.tokens_in + self.tokens_out


class Budget:
    """Caps by scope, what was spent of each, and what is under way."""

    def __init__(self, caps: Mapping[str, Cap], spent: Mapping[str, Spent]) -> None:
        self._caps = caps
        self._spent = {scope: spent.get(scope, Spent()) for scope in caps}
        self._open = RequestCost(0, 0, 0, 0.0)

    def reserve(self, asked: RequestCost) -> None:
        """Take what a request may cost from what is left.

        Raises BudgetSpentError where a cap would be passed.
        """
        for scope, cap in self._caps.items():
            spent = self._spent[scope]
            tokens = spent.tokens + self._open.tokens + asked.tokens
            usd = spent.usd + self._open.usd + asked.usd
            if tokens > cap.tokens or usd > cap.usd:
                raise BudgetSpentError(scope, _sentence(scope, cap, spent, asked))
        self._open = total([self._open, asked])

    def settle(self, asked: RequestCost, response: Response | None) -> None:
        """Put what a request cost in place of what it might have; None where it cost nothing."""
        self._open = RequestCost(
            self._open.requests - asked.requests,
            self._open.tokens_in - asked.tokens_in,
            self._open.tokens_out - asked.tokens_out,
            self._open.usd - asked.usd,
        )
        if response is not None:
            self._spent = {scope: spent.plus(response) for scope, spent in self._spent.items()}


def estimate(model: ChatModel, messages: Sequence[Json], schema: Json | None = None) -> RequestCost:
    """Return what one request may cost at most."""
    texts = [str(message["content"]) for message in messages]
    texts += [str(schema)] if schema is not None else []
    tokens_in = tokens_of(texts) + _FRAME_TOKENS * len(texts)
    return RequestCost(
        1, tokens_in, model.max_output_tokens, price(model, tokens_in, model.max_output_tokens)
    )


def tokens_of(texts: Iterable[str]) -> int:
    """Return the tokens of texts, estimated from above."""
    return pc.sum(token_counts(pa.array(list(texts), pa.string()))).as_py() or 0


def price(model: ChatModel, tokens_in: int, tokens_out: int, *, share: float = 1.0) -> float:
    """Return dollars for tokens of input and of output, at a share of the listed price."""
    dollars = (tokens_in * model.input_price + tokens_out * model.output_price) * share
    return round(dollars / _PER_PRICE, _USD_DIGITS)


def total(estimates: Iterable[RequestCost]) -> RequestCost:
    """Return what several may cost together."""
    found = list(estimates)
    return RequestCost(
        sum(one.requests for one in found),
        sum(one.tokens_in for one in found),
        sum(one.tokens_out for one in found),
        math.fsum(one.usd for one in found),
    )


def _sentence(scope: str, cap: Cap, spent: Spent, asked: RequestCost) -> str:
    return (
        f"the {scope}'s cap is {cap.tokens:,} tokens and ${cap.usd:,.2f}:"
        f" {spent.tokens:,} and ${spent.usd:,.4f} are spent, and one more request may cost"
        f" {asked.tokens:,} and ${asked.usd:,.4f}: raise {scope}_cap, or lower max_output_tokens"
    )
