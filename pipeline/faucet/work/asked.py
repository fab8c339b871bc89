"""A model that does an agent's tasks: who asks, within which caps, and what a fault means."""

import os
from datetime import UTC, datetime

import psutil

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.faucet.jobs.bringing import UnsettledJobError
from pipeline.faucet.jobs.ledger import BusyLedgerError
from pipeline.faucet.models.answer_jobs import under_way
from pipeline.faucet.models.batching import PendingBatchError
from pipeline.faucet.models.budget import Budget, BudgetSpentError, RequestCost
from pipeline.faucet.models.questions import ModelAnswers, ModelAsker
from pipeline.faucet.models.settings import chosen_model
from pipeline.faucet.responses.book import Spent, responses
from pipeline.faucet.settings import ModelWorker, Settings
from pipeline.faucet.work.endings import FailedAttempt, OutOfQuota, SetupFault, TransientFailure
from pipeline.providers.connection import BusyError, RefusedError
from pipeline.workspace.workspace import Workspace

RUN_BEGAN = "FAUCET_RUN_BEGAN"
"""Variable that a team's workers share: when their run began, in seconds since 1970."""

_NOT_SET_UP = frozenset({401, 403, 404})
_NO_CREDIT = 402
_NEXT_LOOK_S = 3600
_USD_DIGITS = 6


def asker_of(
    workspace: Workspace,
    worker: ModelWorker,
    agent: str,
    task_id: str | None,
    *,
    is_batched: bool = False,
) -> ModelAsker:
    """Return who asks a worker's model for a task (or a command), with what is left of its caps.

    is_batched has it ask by batches though its settings do not.
    Raises UserError where providers.yaml does not know the model, or an answer cannot be read.
    """
    began = _run_began()
    for_task, in_run = Spent(), Spent()
    for answer in responses(workspace):
        if answer.agent == agent:
            for_task = for_task.plus(answer) if answer.task_id == task_id else for_task
            in_run = in_run.plus(answer) if answer.when >= began else in_run
    for job in under_way(workspace):  # what an open batch may cost at most counts as spent
        if job.plan["agent"] == agent:
            booked = (len(job.keys), job.plan["tokens"], job.plan["usd"])
            is_task = job.plan["task_id"] == task_id
            for_task = for_task.plus_cost(*booked) if is_task else for_task
            in_run = in_run.plus_cost(*booked) if job.plan["when"] >= began else in_run
    spent = {"task": for_task if task_id else in_run, "run": in_run}
    budget = Budget({"task": worker.task_cap, "run": worker.run_cap}, spent)
    model = chosen_model(workspace, worker.model)
    return ModelAsker(
        *(workspace, model, agent, task_id, budget, worker.requests_at_once),
        is_batched=is_batched or worker.batches,
    )


def model_agent(settings: Settings, name: str | None) -> tuple[str, ModelWorker]:
    """Return an agent of kind model with its model: the one named, or the only one.

    Raises UserError where there is none, or several and none is named.
    """
    found = {agent: settings.worker(agent).model for agent in sorted(settings.agents)}
    able = {agent: worker for agent, worker in found.items() if worker is not None}
    if name is None and len(able) == 1:
        return next(iter(able.items()))
    known = ", ".join(able) or "none: docs/models.md shows how one is set"
    if name not in able:
        asked = "--agent names no" if name else "--agent must name an"
        raise UserError(f"{asked} agent of kind model; there are: {known}")
    return name, able[name]


def ending_of(fault: UserError) -> FailedAttempt:
    """Return how an attempt ends by a fault of the asking: which class of ending, in its words."""
    if isinstance(fault, PendingBatchError | BusyLedgerError | UnsettledJobError):
        return TransientFailure(str(fault))
    if isinstance(fault, BusyError):
        after = fault.retry_after_s
        return OutOfQuota(str(fault), None if after is None else max(1, round(after)))
    if isinstance(fault, BudgetSpentError):
        is_run = fault.scope == "run"
        return OutOfQuota(str(fault), _NEXT_LOOK_S) if is_run else SetupFault(str(fault))
    if isinstance(fault, RefusedError):
        if fault.status in _NOT_SET_UP:
            return SetupFault(str(fault))
        return OutOfQuota(str(fault)) if fault.status == _NO_CREDIT else FailedAttempt(str(fault))
    return fault if isinstance(fault, FailedAttempt) else SetupFault(str(fault))


def account_of(asker: ModelAsker, asked: ModelAnswers, estimate: RequestCost) -> Json:
    """Return what the receipt of a task tells of its model: what it was to cost, and did."""
    spent = Spent()
    for answer in asked.responses:
        spent = spent.plus(answer)
    return {
        "model": asker.model.model,
        "requests": spent.requests,
        "tokens": spent.tokens,
        "usd": round(spent.usd, _USD_DIGITS),
        "estimated": {"tokens": estimate.tokens, "usd": round(estimate.usd, _USD_DIGITS)},
        "unusable": dict(asked.unusable),
        "responses": sorted(answer.request_id for answer in asked.responses),
    }


def _run_began() -> str:
    """Return when this run began, as responses write moments."""
    named = os.environ.get(RUN_BEGAN, "")
    seconds = float(named) if named else psutil.Process().create_time()
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")[:23]
