"""Results of a batch of requests against what its job asked: an answer, a reason, or nothing."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.faucet.jobs.following import Followed, downloaded, refuse_fewer
from pipeline.faucet.jobs.job import Job
from pipeline.faucet.jobs.ledger import record as record_event
from pipeline.faucet.models.answering import AskedRequest, Asking, response_of
from pipeline.faucet.models.budget import estimate
from pipeline.faucet.responses.book import record, recorded
from pipeline.providers.batches import BatchFiles
from pipeline.providers.chat import ChatModel, Reply, reply_of
from pipeline.providers.results import NOT_DONE, answers
from pipeline.providers.server import cleaned
from pipeline.workspace.workspace import Workspace

NO_ANSWER = "no_answer"
"""The reason of a request whose result holds no message of the chat protocol."""

_BYTES_PER_TOKEN = 32
_BYTES_PER_LINE = 50_000


class TakenAnswers(NamedTuple):
    """What results hold for the requests of a job; messages has a provider's words by reason.

    foreign counts lines for requests that the job did not ask, and lines that name none.
    """

    replies: dict[str, Reply]
    failed: dict[str, str]
    messages: dict[str, str]
    foreign: int


def settled(
    workspace: Workspace,
    model: ChatModel,
    service: BatchFiles,
    found: Followed,
    *,
    is_partial: bool,
) -> Job:
    """Return a job that is over: its answers are recorded, and what of it has none is booked.

    An answer that is there already, whoever brought it, stays. Raises UserError where the results
    cannot be had, or are fewer than the provider counts and is_partial does not take those.
    """
    job = found.job
    most = len(job.keys) * (_BYTES_PER_LINE + _BYTES_PER_TOKEN * model.max_output_tokens)
    with downloaded(workspace, job, service, most) as paths:
        results = taken_answers(paths, job.keys, lambda words: cleaned(words, model))
        if job.value("state") == "failed":
            results = _refused(job, results)
        elif not is_partial:
            refuse_fewer(found, len(results.replies) + len(results.failed))
        asking = Asking(job.plan["agent"], job.plan["task_id"], model.batch_price_share)
        for one in requests_of(job):
            reply = results.replies.get(one.key)
            if reply is not None and recorded(workspace, one.purpose, one.key) is None:
                tokens_in = estimate(model, one.body["messages"]).tokens_in
                record(workspace, response_of(model, one, reply, tokens_in, asking))
        missing = len(job.keys) - len(results.replies) - len(results.failed)
        return record_event(
            workspace,
            job,
            "collected",
            collected=len(results.replies),
            failed=dict(sorted(results.failed.items())),
            messages=results.messages,
            missing=missing,
            foreign=results.foreign,
        )


def requests_of(job: Job) -> list[AskedRequest]:
    """Return the requests of a job, in the order of its keys."""
    return [AskedRequest(**one) for one in job.plan["requests"]]


def taken_answers(
    paths: Sequence[Path], keys: Sequence[str], clean: Callable[[str], str]
) -> TakenAnswers:
    """Return results in any order, with lines left out or repeated, by the requests asked.

    clean takes secrets out of a provider's words. An answer counts more than a failure of the same
    request; of two answers the first does, because a model may answer in two ways.
    """
    wanted = set(keys)
    found = TakenAnswers({}, {}, {}, 0)
    foreign = 0
    for path in paths:
        with path.open("rb") as lines:
            for answer in answers(lines):
                key, reason, message = answer.key, answer.reason, answer.message
                if key is None or key not in wanted:
                    foreign += 1
                    continue
                if not reason and not _has_message(answer.body):
                    reason = NO_ANSWER
                if not reason:
                    found.replies.setdefault(key, reply_of([answer.body]))
                elif reason != NOT_DONE:
                    found.failed.setdefault(key, reason)
                    found.messages.setdefault(reason, clean(message))
    failed = {key: why for key, why in found.failed.items() if key not in found.replies}
    reasons = sorted(set(failed.values()))
    words = {why: found.messages[why] for why in reasons if found.messages.get(why)}
    return TakenAnswers(found.replies, failed, words, foreign)


def _refused(job: Job, results: TakenAnswers) -> TakenAnswers:
    """Return results of a batch that the provider refused whole: asking again needs a decision."""
    rest = set(job.keys) - set(results.replies) - set(results.failed)
    message = str(job.value("message") or "")
    words = {**({"refused": message} if message else {}), **results.messages}
    failed = {**results.failed, **dict.fromkeys(rest, "refused")}
    return results._replace(failed=failed, messages=words)


def _has_message(body: Any) -> bool:
    choices = body.get("choices") if isinstance(body, dict) else None
    return isinstance(choices, list) and bool(choices) and isinstance(choices[0], dict)
