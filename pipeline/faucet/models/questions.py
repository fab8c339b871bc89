"""What a model is asked, who asks it, and what came of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.faucet.models.answering import AskedRequest, Asking
from pipeline.faucet.models.budget import Budget, RequestCost, estimate, total
from pipeline.faucet.responses.book import Purpose, Response, recorded, request_id
from pipeline.providers.chat import ChatModel, chat_body
from pipeline.workspace.workspace import Workspace

TRIES = 2
"""How often a question is asked whose answer is of no use."""


class ModelQuestion(NamedTuple):
    """What a model is asked: messages, and the JSON that is wanted, by name and schema.

    about and order are those of a response.
    """

    purpose: Purpose
    about: tuple[str, ...]
    order: int
    messages: tuple[Json, ...]
    name: str
    schema: Json
    sample: int = 0

    def body(self, model: ChatModel) -> Json:
        """Return the body of its request."""
        return chat_body(model, self.messages, self.name, self.schema, self.sample)

    def key(self, model: ChatModel) -> str:
        """Return the digest by which its answer is known."""
        return request_id(self.body(model), self.sample)

    def asked(self, model: ChatModel) -> AskedRequest:
        """Return its request as it is sent."""
        return AskedRequest(self.purpose, self.about, self.order, self.sample, self.body(model))

    def estimate(self, model: ChatModel) -> RequestCost:
        """Return what it may cost at most."""
        return estimate(model, self.messages, self.schema if model.asks_schema else None)


class ModelAsker(NamedTuple):
    """Who asks: in which workspace, which model, as which agent, for which task, how much.

    is_batched says whether requests go to the provider as batches and are collected later.
    """

    workspace: Workspace
    model: ChatModel
    agent: str
    task_id: str | None
    budget: Budget
    at_once: int
    is_batched: bool = False

    @property
    def asking(self) -> Asking:
        """Return as whose work, for what, and at which share of the listed price it asks."""
        share = self.model.batch_price_share if self.is_batched else 1.0
        return Asking(self.agent, self.task_id, share)

    def estimate(self, questions: Iterable[ModelQuestion]) -> RequestCost:
        """Return what questions may cost at most, in the way in which they are asked."""
        return self._shared(total(one.estimate(self.model) for one in questions))

    def cost(self, body: Json) -> RequestCost:
        """Return what a request may cost at most, by its body."""
        schema = body.get("response_format")
        return self._shared(estimate(self.model, body["messages"], schema))

    def _shared(self, cost: RequestCost) -> RequestCost:
        return cost._replace(usd=cost.usd * self.asking.price_share)

    def known(self, question: ModelQuestion) -> Response | None:
        """Return the answer that was recorded, None where the question is still to be asked."""
        return recorded(self.workspace, question.purpose, question.key(self.model))

    def not_asked(self, questions: Sequence[ModelQuestion]) -> list[ModelQuestion]:
        """Return the questions without an answer, each once."""
        by_key = {one.key(self.model): one for one in questions}
        return [one for one in by_key.values() if self.known(one) is None]


class ModelAnswers(NamedTuple):
    """What is of use of each question's answer, by its key, and why others have none.

    responses are all answers, unusable counts those that are cut, refused, empty or a misfit
    after a second try; fault is what ended the asking before all were there, or the last refusal
    of a text.
    """

    values: Mapping[str, Any]
    responses: tuple[Response, ...]
    unusable: Mapping[str, int]
    fault: UserError | None


Reader = Callable[[ModelQuestion, Response], Any]
"""Returns what is of use of an answer, None where nothing is."""
