"""Requests brought to a model: several at a time, each answer written down before it is used.

Whoever is stopped waits for what is under way, a while, because it is paid already; killed, it
asks again only what it had no answer to.
"""

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any

from pipeline.core.errors import UserError
from pipeline.faucet.models.answering import response_of
from pipeline.faucet.models.batching import ask_by_batch
from pipeline.faucet.models.questions import TRIES, ModelAnswers, ModelAsker, ModelQuestion, Reader
from pipeline.faucet.responses.book import Response, record
from pipeline.providers.chat import Reply, chat
from pipeline.providers.connection import Connection, RefusedError
from pipeline.providers.services import connected

_LOOK_S = 0.2
_PATIENCE_S = 20.0
_OF_THE_TEXT = frozenset({400, 413, 422})
_MOST_REFUSED = 3
"""Texts that are refused one after the other, and none taken: then it is not the texts."""


def ask(
    asker: ModelAsker,
    questions: Sequence[ModelQuestion],
    read: Reader,
    watch: Callable[[], None] = lambda: None,
) -> ModelAnswers:
    """Return what came of questions; those with a recorded answer are not asked again.

    What is of no use is asked for once more, but for refusals. The first fault (the budget is
    spent, the server is busy) ends the asking: what is under way by then is still waited for.
    watch is called often meanwhile, and may end it by an exception of its own. Raises UserError
    where the key is not set.
    """
    if asker.is_batched:
        return ask_by_batch(asker, questions, read, watch)
    values: dict[str, Any] = {}
    seen: dict[str, Response] = {}
    unusable: Counter[str] = Counter()
    again: list[ModelQuestion] = list(questions)
    fault = None
    for sample in range(TRIES):
        tried = [(one, one._replace(sample=one.sample + sample)) for one in again]
        answers, fault = _answers(asker, [question for _, question in tried], watch)
        seen |= answers
        again, unusable = [], Counter()
        for one, question in tried:
            answer = answers.get(question.key(asker.model))
            value = None if answer is None else read(question, answer)
            if value is not None:
                values[one.key(asker.model)] = value
            elif answer is not None:
                unusable["misfit" if answer.outcome == "whole" else answer.outcome] += 1
                again += [one] if answer.outcome != "refused" else []
        if fault is not None or not again:
            break
    return ModelAnswers(values, tuple(seen.values()), unusable, fault)


def _answers(
    asker: ModelAsker, questions: Sequence[ModelQuestion], watch: Callable[[], None]
) -> tuple[dict[str, Response], UserError | None]:
    """Return the answers to questions by their keys, and the fault that kept others away."""
    by_key = {one.key(asker.model): one for one in questions}
    answers = {
        key: answer for key, one in by_key.items() if (answer := asker.known(one)) is not None
    }
    left = [one for key, one in by_key.items() if key not in answers]
    if not left:
        return answers, None
    stopped = threading.Event()
    with connected(asker.model, sleep=lambda seconds: _sleep(stopped, seconds)) as connection:
        fault = _ask_all(asker, connection, left, answers, watch, stopped)
    return answers, fault


def _ask_all(
    asker: ModelAsker,
    connection: Connection,
    left: Sequence[ModelQuestion],
    answers: dict[str, Response],
    watch: Callable[[], None],
    stopped: threading.Event,
) -> UserError | None:
    """Ask until nothing is left; return the fault that ended it before."""
    waiting, under_way = deque(left), _UnderWay()
    fault: UserError | None = None
    refused: list[UserError] = []
    known = len(answers)
    with _pool(asker.at_once) as pool:
        try:
            while (waiting and fault is None) or under_way:
                while waiting and fault is None and len(under_way) < asker.at_once:
                    fault = _begin(asker, connection, pool, waiting.popleft(), under_way)
                for question, future in under_way.ended(_LOOK_S):
                    problem = _kept(asker, question, future, answers)
                    if isinstance(problem, RefusedError) and problem.status in _OF_THE_TEXT:
                        refused.append(problem)
                        is_text = len(answers) > known or len(refused) < _MOST_REFUSED
                        problem = None if is_text else problem
                    fault = fault or problem
                watch()
        except BaseException:
            stopped.set()
            for question, future in under_way.ended(_PATIENCE_S, all_of_them=True):
                _kept(asker, question, future, answers)
            raise
    return fault or next(reversed(refused), None)


class _UnderWay(dict["Future[Reply]", ModelQuestion]):
    """Questions that are at the server, by what gives their answer."""

    def ended(
        self, seconds: float, *, all_of_them: bool = False
    ) -> Iterator[tuple[ModelQuestion, "Future[Reply]"]]:
        """Yield those that ended within seconds, and forget them."""
        how = {} if all_of_them else {"return_when": FIRST_COMPLETED}
        for future in wait(self, seconds, **how).done:
            yield self.pop(future), future


def _begin(
    asker: ModelAsker,
    connection: Connection,
    pool: ThreadPoolExecutor,
    question: ModelQuestion,
    under_way: _UnderWay,
) -> UserError | None:
    """Send a question where the budget allows it; return why it does not."""
    try:
        asker.budget.reserve(question.estimate(asker.model))
    except UserError as fault:
        return fault
    under_way[pool.submit(chat, connection, question.body(asker.model))] = question
    return None


def _kept(
    asker: ModelAsker,
    question: ModelQuestion,
    future: "Future[Reply]",
    answers: dict[str, Response],
) -> UserError | None:
    """Write an answer down; return the fault where there is none."""
    asked = question.estimate(asker.model)
    try:
        reply = future.result()
    except UserError as fault:
        asker.budget.settle(asked, None)
        return fault
    request = question.asked(asker.model)
    response = response_of(asker.model, request, reply, asked.tokens_in, asker.asking)
    record(asker.workspace, response)
    asker.budget.settle(asked, response)
    answers[response.request_id] = response
    return None


@contextmanager
def _pool(at_once: int) -> Iterator[ThreadPoolExecutor]:
    """Give threads that nobody waits for at the end: what they had to say is heard by then."""
    pool = ThreadPoolExecutor(at_once)
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _sleep(stopped: threading.Event, seconds: float) -> None:
    """Wait before a request is sent again; raises UserError where the asking was stopped."""
    if stopped.wait(seconds):
        raise UserError("the asking was stopped")
