"""What a model said to a request, as it is recorded: the same for one online and one of a batch."""

from collections.abc import Sequence
from typing import NamedTuple

from pipeline.core.json_values import Json
from pipeline.faucet.models.budget import price, tokens_of
from pipeline.faucet.responses.book import Purpose, Response, request_id
from pipeline.faucet.verdicts.book import now
from pipeline.providers.chat import ChatModel, Reply
from pipeline.providers.server import without_key


class AskedRequest(NamedTuple):
    """A request as it is sent, with what a response says of it."""

    purpose: Purpose
    about: Sequence[str]
    order: int
    sample: int
    body: Json

    @property
    def key(self) -> str:
        """Return the digest by which its answer is known."""
        return request_id(self.body, self.sample)


class Asking(NamedTuple):
    """As whose work, for which task, and at which share of the listed price something is asked."""

    agent: str
    task_id: str | None
    price_share: float = 1.0


def response_of(
    model: ChatModel, asked: AskedRequest, reply: Reply, tokens_in: int, asking: Asking
) -> Response:
    """Return the answer to a request, without the key of its server.

    tokens_in is what counts as billed for the request where the server does not say.
    """
    content = without_key(reply.content, model)
    is_estimated = None in (reply.tokens_in, reply.tokens_out)
    if is_estimated:
        counts = tokens_in, tokens_of([content])
    else:
        counts = reply.tokens_in or 0, reply.tokens_out or 0
    return Response(
        request_id=asked.key,
        when=now(),
        purpose=asked.purpose,
        about=tuple(asked.about),
        order=asked.order,
        agent=asking.agent,
        task_id=asking.task_id,
        provider=model.name,
        model=model.model,
        answered_by=reply.answered_by and without_key(reply.answered_by, model),
        sample=asked.sample,
        body=asked.body,
        outcome=reply.outcome,
        content=content,
        tokens_in=counts[0],
        tokens_out=counts[1],
        is_estimated=is_estimated,
        usd=price(model, *counts, share=asking.price_share),
    )
