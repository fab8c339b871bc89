"""Jobs for answers: what batches ask a model, in data/responses/jobs, and what they gave.

A job holds every request that its batch asks, so that its file can be made again and its answers
be recorded by whoever collects them. What is recorded is the same as of a request online: nothing
behind it knows the difference.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json, compact
from pipeline.faucet.jobs.bringing import brought, is_begun
from pipeline.faucet.jobs.following import Followed, followed, open_batches
from pipeline.faucet.jobs.job import Job, Ledger
from pipeline.faucet.jobs.ledger import ledger_lock, read_jobs
from pipeline.faucet.models.answering import AskedRequest
from pipeline.faucet.models.batch_results import requests_of, settled
from pipeline.faucet.responses.book import recorded
from pipeline.formats.openai import CHAT_ENDPOINT, chat_request
from pipeline.providers.batches import BatchFiles
from pipeline.providers.chat import ChatModel
from pipeline.providers.openai_batches import OpenAIBatchFiles
from pipeline.providers.services import connected
from pipeline.workspace.layout import RESPONSE_JOBS
from pipeline.workspace.workspace import Workspace

ANSWERS = Ledger(RESPONSE_JOBS, ("embedding_job", "response_job"), "request", "faucet model")


class AnswerAccount(NamedTuple):
    """All requests that batches were to ask: wanted = collected + failed + missing.

    failed has the reason by key; waited_for counts those of missing that are in open jobs.
    """

    wanted: int
    collected: int
    failed: dict[str, str]
    missing: int
    waited_for: int

    def as_json(self) -> Json:
        """Return the counts."""
        reasons = dict(sorted(Counter(self.failed.values()).items()))
        return {**self._asdict(), "failed": reasons}


@contextmanager
def chat_batches(model: ChatModel) -> Iterator[BatchFiles]:
    """Give the batch service of a model's server; raises UserError where that cannot be asked."""
    if model.streams:
        raise UserError(f"models/{model.name}/streams is true: a batch has no stream, set it false")
    with connected(model) as connection:
        yield OpenAIBatchFiles(connection, CHAT_ENDPOINT)


def collect_answers(
    workspace: Workspace, model: ChatModel, service: BatchFiles, *, is_partial: bool = False
) -> Iterator[Followed]:
    """Yield every open batch of a model, those that have ended with their answers recorded.

    Jobs that a killed command left half way are brought to the provider first. Where fewer answers
    come than the provider says there are, the job stays as it is and UserError is raised, unless
    is_partial takes what is there.
    """
    with ledger_lock(workspace):
        yield from collected(workspace, model, service, is_partial=is_partial)


def collected(
    workspace: Workspace, model: ChatModel, service: BatchFiles, *, is_partial: bool = False
) -> Iterator[Followed]:
    """Do what collect_answers does, as who holds the ledger."""
    for job in open_batches(read_jobs(workspace, ANSWERS), model.name):
        now = brought_job(workspace, model, service, job) if is_begun(job) else job
        found = followed(workspace, now, service)
        if found.job.step == "ended":
            done = settled(workspace, model, service, found, is_partial=is_partial)
            found = found._replace(job=done)
        yield found


def answer_account(workspace: Workspace, jobs: Sequence[Job]) -> AnswerAccount:
    """Return what is known of the requests of jobs; every request is in one place."""
    asked = {one.key: one for job in jobs if job.step != "abandoned" for one in requests_of(job)}
    there = {key for key, one in asked.items() if is_recorded(workspace, one)}
    waited = {key for job in jobs if job.is_open for key in job.keys} - there
    failed = {key: why for job in jobs for key, why in job.failed.items()}
    failed = {key: why for key, why in failed.items() if key not in there | waited}
    missing = len(asked) - len(there) - len(failed)
    return AnswerAccount(len(asked), len(there), failed, missing, len(waited))


def under_way(workspace: Workspace) -> list[Job]:
    """Return the jobs whose answers are still waited for: what they cost is not known yet."""
    return [job for job in read_jobs(workspace, ANSWERS) if job.is_open]


def brought_job(workspace: Workspace, model: ChatModel, service: BatchFiles, job: Job) -> Job:
    """Return a job of this ledger as brought returns it."""
    return brought(workspace, job, service, model.settle_s, lambda: request_lines(requests_of(job)))


def request_lines(asked: Sequence[AskedRequest]) -> bytes:
    """Return the request file that asks for answers."""
    return "".join(f"{compact(chat_request(one.key, one.body))}\n" for one in asked).encode()


def is_recorded(workspace: Workspace, one: AskedRequest) -> bool:
    """Return whether a request has its answer."""
    return recorded(workspace, one.purpose, one.key) is not None
