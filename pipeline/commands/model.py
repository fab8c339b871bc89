"""`faucet model`: a model judges or mends what waits for people; what it says is a proposal."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.commands.batch_jobs import print_followed, print_jobs, print_status
from pipeline.commands.program import Subcommands
from pipeline.workspace.workspace import find_workspace

if TYPE_CHECKING:
    from pipeline.faucet.models.questions import ModelAsker
    from pipeline.faucet.work.model_rounds import Round

_AGENT = click.option("--agent", help="An agent of kind model; needed where there are several.")
_LIMIT = click.option("--limit", type=click.IntRange(min=1), default=25, show_default=True)
_LABELLED = click.option("--labelled", is_flag=True, help="What people decided on already.")
_BATCH = click.option("--batch", "is_batched", is_flag=True, help="At the price of batches.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group(cls=Subcommands)
def model() -> None:
    """Let a model judge or mend what waits for people.

    Its answers are recorded in data/responses, paid once, and shown in `faucet review`: no stage
    reads them, and no verdict changes. docs/models.md tells the whole way.
    """


@model.command()
@_AGENT
@_LIMIT
@_LABELLED
@_BATCH
@_JSON
def plan(agent: str | None, limit: int, *, labelled: bool, is_batched: bool, as_json: bool) -> None:
    """Say what judge and repair would ask and cost at most; nothing is sent."""
    from pipeline.faucet.models.view import plan_line

    asker = _asker(agent, is_batched=is_batched)
    for purpose, size, (questions, _) in (
        ("judge", *_judge_round(asker, limit, labelled=labelled)),
        ("repair", *_repair_round(asker, limit)),
    ):
        asked = asker.estimate(asker.not_asked(questions))
        if as_json:
            click.echo(json.dumps({"purpose": purpose, "subjects": size, **asked._asdict()}))
        else:
            click.echo(plan_line(purpose, size, asked))


@model.command()
@_AGENT
@_LIMIT
@_LABELLED
@_BATCH
@_JSON
def judge(
    agent: str | None, limit: int, *, labelled: bool, is_batched: bool, as_json: bool
) -> None:
    """Have flagged pairs and proposed merges judged by a rubric, twice, with the order swapped.

    Where the two words differ the model is unsure. Pairs that people decided on (--labelled) show
    how far it can be trusted: `faucet model agreement`. As a batch (--batch) it is asked now and
    answers later: call it again, or `faucet model collect`.
    """
    asker = _asker(agent, is_batched=is_batched)
    _done(asker, _judge_round(asker, limit, labelled=labelled)[1], as_json=as_json)


@model.command()
@_AGENT
@_LIMIT
@_BATCH
@_JSON
def repair(agent: str | None, limit: int, *, is_batched: bool, as_json: bool) -> None:
    """Have flagged pairs mended: an edit in `faucet review` then starts from the new text."""
    asker = _asker(agent, is_batched=is_batched)
    _done(asker, _repair_round(asker, limit)[1], as_json=as_json)


@model.command()
@_AGENT
@_JSON
def status(agent: str | None, *, as_json: bool) -> None:
    """Ask the provider how open batches stand, and count the requests of all."""
    from pipeline.faucet.jobs.following import follow, open_batches
    from pipeline.faucet.jobs.ledger import read_jobs
    from pipeline.faucet.jobs.view import account_lines
    from pipeline.faucet.models.answer_jobs import ANSWERS, answer_account, chat_batches

    asker = _asker(agent)
    workspace, followed = asker.workspace, []
    if open_batches(read_jobs(workspace, ANSWERS), asker.model.name):
        with chat_batches(asker.model) as service:
            followed = list(follow(workspace, ANSWERS, asker.model.name, service))
    account = answer_account(workspace, read_jobs(workspace, ANSWERS))
    lines = account_lines(account, account.waited_for, ANSWERS.noun)
    print_status(followed, account.as_json(), lines, as_json=as_json)


@model.command()
@click.option("--partial", "is_partial", is_flag=True, help="Take fewer results than announced.")
@_AGENT
@_JSON
def collect(agent: str | None, *, is_partial: bool, as_json: bool) -> None:
    """Fetch the results of batches that ended, and record their answers."""
    from pipeline.faucet.models.answer_jobs import chat_batches, collect_answers

    asker = _asker(agent)
    with chat_batches(asker.model) as service:
        followed = collect_answers(asker.workspace, asker.model, service, is_partial=is_partial)
        print_followed(followed, as_json=as_json)


@model.command()
@click.argument("job", required=False)
@_AGENT
@_JSON
def retry(job: str | None, agent: str | None, *, as_json: bool) -> None:
    """Ask again, as a batch, for requests that failed, of one JOB or of all."""
    from pipeline.faucet.models.answer_jobs import chat_batches
    from pipeline.faucet.models.batching import retry_answers

    asker = _asker(agent, is_batched=True)
    with chat_batches(asker.model) as service:
        print_jobs(retry_answers(asker, service, job), "no request failed", as_json=as_json)


@model.command()
@click.argument("job", required=False)
@click.option("--all", "is_all", is_flag=True, help="Every open batch of the model.")
@_AGENT
@_JSON
def cancel(job: str | None, agent: str | None, *, is_all: bool, as_json: bool) -> None:
    """Ask the provider to stop JOB; what it has done until then is still collected."""
    from pipeline.faucet.jobs.following import cancel as stop
    from pipeline.faucet.models.answer_jobs import ANSWERS, chat_batches

    if (job is None) != is_all:
        raise click.UsageError("name a JOB, or give --all")
    asker = _asker(agent)
    with chat_batches(asker.model) as service:
        jobs = stop(asker.workspace, ANSWERS, asker.model.name, service, job)
        print_jobs(jobs, "no batch is open", as_json=as_json)


@model.command()
@_JSON
def agreement(*, as_json: bool) -> None:
    """Say how often models that judge and people agree, by the verdicts in force."""
    from pipeline.faucet.models.agreement import judge_agreement
    from pipeline.faucet.models.view import agreement_lines

    found = judge_agreement(find_workspace(Path.cwd()))
    click.echo(json.dumps(found) if as_json else "\n".join(agreement_lines(found)))


def _asker(agent: str | None, *, is_batched: bool = False) -> "ModelAsker":
    from pipeline.faucet.settings import read_settings
    from pipeline.faucet.work.asked import asker_of, model_agent

    workspace = find_workspace(Path.cwd())
    name, worker = model_agent(read_settings(workspace), agent)
    return asker_of(workspace, worker, name, None, is_batched=is_batched)


def _judge_round(asker: "ModelAsker", limit: int, *, labelled: bool) -> tuple[int, "Round"]:
    from pipeline.faucet.models.judging import labelled as decided
    from pipeline.faucet.models.judging import not_judged, waiting
    from pipeline.faucet.work.model_rounds import judge_round

    found = decided(asker.workspace) if labelled else waiting(asker.workspace)
    subjects = not_judged(asker, found)[:limit]
    return len(subjects), judge_round(asker, subjects)


def _repair_round(asker: "ModelAsker", limit: int) -> tuple[int, "Round"]:
    from pipeline.faucet.models.repairing import not_repaired, repairable
    from pipeline.faucet.work.model_rounds import repair_round

    items = not_repaired(asker, repairable(asker.workspace))[:limit]
    return len(items), repair_round(asker, items)


def _done(asker: "ModelAsker", made: "Round", *, as_json: bool) -> None:
    """Ask, print what came of it, and end with the fault that ended the asking, where one did."""
    from pipeline.faucet.models.batching import PendingBatchError
    from pipeline.faucet.models.view import round_lines
    from pipeline.faucet.work.asked import account_of

    questions, run = made
    estimate = asker.estimate(asker.not_asked(questions))
    asked, figures = run()
    account = {**figures, **account_of(asker, asked, estimate)}
    if isinstance(asked.fault, PendingBatchError):
        account["pending"] = str(asked.fault)
    click.echo(json.dumps(account) if as_json else "\n".join(round_lines(account)))
    if asked.fault is not None and not isinstance(asked.fault, PendingBatchError):
        raise asked.fault
