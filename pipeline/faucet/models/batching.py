"""Requests sent to a model as batches, and what they gave collected later."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any

from pipeline.core.errors import UserError
from pipeline.faucet.jobs.bringing import keep_request_file
from pipeline.faucet.jobs.following import chosen, open_batches
from pipeline.faucet.jobs.job import Job
from pipeline.faucet.jobs.ledger import begin_job, ledger_lock, read_jobs, record
from pipeline.faucet.jobs.portions import portions_of
from pipeline.faucet.models.answer_jobs import (
    ANSWERS,
    brought_job,
    chat_batches,
    collected,
    is_recorded,
    request_lines,
)
from pipeline.faucet.models.answering import AskedRequest
from pipeline.faucet.models.batch_results import requests_of
from pipeline.faucet.models.budget import RequestCost, total
from pipeline.faucet.models.questions import (
    TRIES,
    ModelAnswers,
    ModelAsker,
    ModelQuestion,
    Reader,
)
from pipeline.faucet.responses.book import Response
from pipeline.providers.batches import BatchFiles


class PendingBatchError(UserError):
    """Answers that a batch will give: nothing is wrong, and they are collected later."""


def ask_by_batch(
    asker: ModelAsker,
    questions: Sequence[ModelQuestion],
    read: Reader,
    watch: Callable[[], None] = lambda: None,
) -> ModelAnswers:
    """Return what came of questions by now; what has no answer is at the provider afterwards.

    Batches that have ended are collected first. fault is PendingBatchError as long as answers are
    waited for, or why no more could be asked. What is of no use is asked once more, in another
    batch. Raises UserError as submitting and collecting do.
    """
    fault: UserError | None = None
    with ExitStack() as stack:
        stack.enter_context(ledger_lock(asker.workspace))
        jobs = read_jobs(asker.workspace, ANSWERS)
        service: BatchFiles | None = None
        if open_batches(jobs, asker.model.name) or _free(asker, questions, read, jobs):
            service = stack.enter_context(chat_batches(asker.model))
            for _ in collected(asker.workspace, asker.model, service):
                watch()
            jobs = read_jobs(asker.workspace, ANSWERS)
            free, fault = _within(asker, _free(asker, questions, read, jobs))
            for _ in _submitted(asker, service, jobs, free):
                watch()
        jobs = read_jobs(asker.workspace, ANSWERS)
    return _answers(asker, questions, read, jobs, fault)


def retry_answers(asker: ModelAsker, service: BatchFiles, job_id: str | None) -> Iterator[Job]:
    """Yield new jobs for the requests of a model that failed, of one job or of all.

    Raises UserError for an unknown id, and where the budget does not hold them.
    """
    with ledger_lock(asker.workspace):
        jobs = read_jobs(asker.workspace, ANSWERS)
        ours = [job for job in jobs if job.failed and job.plan["provider"] == asker.model.name]
        listed = chosen(ours, job_id)
        again = [one for job in listed for one in requests_of(job) if one.key in job.failed]
        again, fault = _within(
            asker, [one for one in again if not is_recorded(asker.workspace, one)]
        )
        if fault is not None:
            raise fault
        after = [record(asker.workspace, job, "retried") for job in listed]
        jobs = [*(job for job in jobs if job not in listed), *after]
        yield from _submitted(asker, service, jobs, again)


def _free(
    asker: ModelAsker, questions: Sequence[ModelQuestion], read: Reader, jobs: Sequence[Job]
) -> list[AskedRequest]:
    """Return the requests that nobody has asked: neither answered, nor waited for, nor failed."""
    taken = {key for job in jobs if job.is_open for key in job.keys}
    taken |= {key for job in jobs for key in job.failed}
    found: dict[str, AskedRequest] = {}
    for question in questions:
        tried = _next_try(asker, question, read)
        if tried is not None and tried.key(asker.model) not in taken:
            found[tried.key(asker.model)] = tried.asked(asker.model)
    return list(found.values())


def _next_try(asker: ModelAsker, question: ModelQuestion, read: Reader) -> ModelQuestion | None:
    """Return the sample of a question that is to be asked next, None where none is."""
    for sample in range(TRIES):
        tried = question._replace(sample=question.sample + sample)
        answer = asker.known(tried)
        if answer is None:
            return tried
        if answer.outcome == "refused" or read(tried, answer) is not None:
            return None
    return None


def _within(
    asker: ModelAsker, asked: Sequence[AskedRequest]
) -> tuple[list[AskedRequest], UserError | None]:
    """Return the requests that the budget holds, and why the rest is left out."""
    held: list[AskedRequest] = []
    for one in asked:
        try:
            asker.budget.reserve(asker.cost(one.body))
        except UserError as fault:
            return held, fault
        held.append(one)
    return held, None


def _submitted(
    asker: ModelAsker, service: BatchFiles, jobs: Sequence[Job], asked: Sequence[AskedRequest]
) -> Iterator[Job]:
    """Yield the jobs that bring requests to the provider, each written down before it is sent."""
    known = list(jobs)
    sizes = (len(request_lines([one])) for one in asked)
    for portion in (asked[part] for part in portions_of(sizes, asker.model)):
        cost = total(asker.cost(one.body) for one in portion)
        job = _begun(asker, known, portion, cost)
        known.append(job)
        yield brought_job(asker.workspace, asker.model, service, job)


def _begun(
    asker: ModelAsker, jobs: Sequence[Job], portion: Sequence[AskedRequest], cost: RequestCost
) -> Job:
    model, keys = asker.model, [one.key for one in portion]
    return begin_job(
        asker.workspace,
        ANSWERS,
        jobs,
        [model.name, model.model, keys],
        kind="batch",
        provider=model.name,
        model=model.model,
        agent=asker.agent,
        task_id=asker.task_id,
        tokens=cost.tokens,
        usd=cost.usd,
        keys=keys,
        requests=[{**one._asdict(), "about": list(one.about)} for one in portion],
        sha256=keep_request_file(asker.workspace, request_lines(portion)),
    )


def _answers(
    asker: ModelAsker,
    questions: Sequence[ModelQuestion],
    read: Reader,
    jobs: Sequence[Job],
    fault: UserError | None,
) -> ModelAnswers:
    values: dict[str, Any] = {}
    seen: dict[str, Response] = {}
    unusable: Counter[str] = Counter()
    failed = {key for job in jobs for key in job.failed}
    waited = {job.job_id: set(job.keys) for job in jobs if job.is_open}
    pending = set[str]()
    for question in questions:
        for sample in range(TRIES):
            tried = question._replace(sample=question.sample + sample)
            key, answer = tried.key(asker.model), asker.known(tried)
            if answer is None:
                pending |= {name for name, keys in waited.items() if key in keys}
                unusable["failed"] += key in failed
                break
            seen[key] = answer
            value = read(tried, answer)
            if value is not None:
                values[question.key(asker.model)] = value
                break
            if answer.outcome == "refused" or sample == TRIES - 1:
                unusable["misfit" if answer.outcome == "whole" else answer.outcome] += 1
                break
    if fault is None and pending:
        fault = PendingBatchError(
            f"waits for {', '.join(sorted(pending))} at {asker.model.name}:"
            " `faucet model collect` fetches what came"
        )
    return ModelAnswers(values, tuple(seen.values()), +unusable, fault)
