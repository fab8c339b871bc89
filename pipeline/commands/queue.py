"""`faucet queue`: the task queues. A command is a library call and nothing more."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.commands.attempt import (
    apply_and_print,
    claim,
    fail,
    judge,
    now,
    parsed,
    release,
    submit,
    the_board,
)
from pipeline.commands.program import Subcommands
from pipeline.core.errors import UserError
from pipeline.workspace.workspace import find_workspace

if TYPE_CHECKING:
    from pipeline.faucet.tasks.state import Task


@click.group(cls=Subcommands)
def queue() -> None:
    """Say what everyone has to do, take tasks, hand them in."""


@queue.command()
@click.option("--agent", help="Make an empty queue for one more agent instead.")
@click.option("--json", "as_json", is_flag=True, help="Print the written files as an array.")
def init(agent: str | None, *, as_json: bool) -> None:
    """Write the first queues: those of data/domain/queues, or one made of the plan."""
    from pipeline.faucet.queues.seeding import new_agent, seed

    root = find_workspace(Path.cwd())
    written = [p.as_posix() for p in (seed(root) if agent is None else new_agent(root, agent))]
    click.echo(json.dumps(written) if as_json else "\n".join(f"wrote {name}" for name in written))


@queue.command()
@click.option("--agent", help="One agent's queue alone.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def show(agent: str | None, *, as_json: bool) -> None:
    """Show every task and what it waits for."""
    from pipeline.faucet.queues.view import queue_lines, queues_as_json

    state = the_board().load()
    if agent is not None and agent not in state.queues:
        raise UserError(f"{agent} has no queue; agents with one: {', '.join(sorted(state.queues))}")
    agents = sorted(state.queues) if agent is None else [agent]
    if as_json:
        click.echo(json.dumps(queues_as_json(state, agents)))
    else:
        click.echo("\n".join(queue_lines(state, agents, now())).rstrip())


@queue.command()
@click.option("--json", "as_json", is_flag=True, help="Print tasks and edges as one JSON object.")
def graph(*, as_json: bool) -> None:
    """Show what waits for what: below each task those that wait for it."""
    from pipeline.faucet.queues.view import graph_lines
    from pipeline.faucet.tasks.dependencies import graph as drawn

    edges = drawn(the_board().load())
    click.echo(json.dumps(edges) if as_json else "\n".join(graph_lines(edges)))


@queue.command()
@click.argument("task_id", required=False)
@click.option("--agent", required=True, help="Whose task it is.")
@click.option("--priority", default=5, show_default=True, type=click.IntRange(0))
@click.option("--after", multiple=True, help="A task that must be completed first; repeatable.")
@click.option("--description", help="What is to be done.")
@click.option("--estimate", help="How long it takes, in words.")
@click.option("--gates", help="JSON array of criteria.")
@click.option("--from", "source", type=click.Path(path_type=Path), help="JSON: a task or several.")
@click.option("--json", "as_json", is_flag=True, help="Print the tasks as a JSON array.")
def add(
    task_id: str | None,
    agent: str,
    priority: int,
    after: tuple[str, ...],
    description: str | None,
    estimate: str | None,
    gates: str | None,
    source: Path | None,
    *,
    as_json: bool,
) -> None:
    """Queue TASK_ID, or the tasks of a JSON file, all or none of them."""
    from pipeline.faucet.queues.adding import add_entries, entries_of

    if (task_id is None) is (source is None):
        raise UserError("name one task, or a file with --from")
    given = {
        "task_id": task_id,
        "priority": priority,
        "status": "waiting",
        "estimated_time": estimate,
        "dependencies": list(after),
        "description": description,
        "gates": parsed(gates, "--gates"),
    }
    entry = {name: value for name, value in given.items() if value is not None}
    entries = entries_of(source) if source else [entry]
    _print_added(add_entries(the_board(), agent, entries), as_json=as_json)


@queue.command()
@click.option("--json", "as_json", is_flag=True, help="Print the tasks as a JSON array.")
def refill(*, as_json: bool) -> None:
    """Add tasks where an agent has few: the largest gaps of the master plan, and what recurs."""
    from pipeline.faucet.queues.refilling import refill_queues

    _print_added(refill_queues(the_board()), as_json=as_json)


@queue.command()
@click.argument("task_id")
@click.option("--json", "as_json", is_flag=True, help="Print the task as one JSON object.")
def retry(task_id: str, *, as_json: bool) -> None:
    """Give TASK_ID its three attempts back, without a wait."""
    from pipeline.faucet.tasks.operations import RetryTask

    apply_and_print(RetryTask(task_id), task_id, as_json=as_json)


@queue.command()
@click.argument("task_id", required=False)
@click.option("--agent", help="Pause an agent instead of a task.")
@click.option("--json", "as_json", is_flag=True, help="Print the task or queue as JSON.")
def pause(task_id: str | None, agent: str | None, *, as_json: bool) -> None:
    """Keep TASK_ID, or an agent, from being worked on; who has a task keeps it."""
    from pipeline.faucet.tasks.operations import PauseAgent, PauseTask

    _one_of(task_id, agent)
    operation = PauseTask(task_id) if task_id else PauseAgent(agent or "")
    apply_and_print(operation, task_id, agent, as_json=as_json)


@queue.command()
@click.argument("task_id", required=False)
@click.option("--agent", help="Resume an agent instead of a task.")
@click.option("--json", "as_json", is_flag=True, help="Print the task or queue as JSON.")
def resume(task_id: str | None, agent: str | None, *, as_json: bool) -> None:
    """End the pause of TASK_ID, or of an agent, and an agent's wait for its quota."""
    from pipeline.faucet.tasks.operations import ResumeAgent, ResumeTask

    _one_of(task_id, agent)
    operation = ResumeTask(task_id) if task_id else ResumeAgent(agent or "")
    apply_and_print(operation, task_id, agent, as_json=as_json)


for command in (claim, submit, judge, fail, release):
    queue.add_command(command)


def _one_of(task_id: str | None, agent: str | None) -> None:
    if (task_id is None) is (agent is None):
        raise UserError("name a task, or an agent with --agent")


def _print_added(added: "Iterable[Task]", *, as_json: bool) -> None:
    rows = [{"task_id": one.task_id, "agent": one.agent, "status": one.status} for one in added]
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        click.echo(f"{row['task_id']}: queued at {row['agent']}, {row['status']}")
