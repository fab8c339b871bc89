"""The commands of `faucet queue` that an agent works with: take a task, hand it in, give it up."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.core.errors import UserError
from pipeline.core.strict_json import BrokenJsonError, strict_json
from pipeline.workspace.workspace import find_workspace

if TYPE_CHECKING:
    from pipeline.faucet.queues.board import Board
    from pipeline.faucet.tasks.operations import Operation
    from pipeline.faucet.tasks.state import State
    from pipeline.workspace.workspace import Workspace

NOTHING_TO_DO = 75
"""Exit code of a claim that finds no task: EX_TEMPFAIL of sysexits.h, try again later."""


@click.command()
@click.argument("task_id", required=False)
@click.option("--agent", required=True, help="Who asks.")
@click.option("--as", "owner", help="Name of this worker, where an agent has several.")
@click.option("--brief", "is_whole", is_flag=True, help="Print the task's whole brief.")
@click.option("--json", "as_json", is_flag=True, help="Print the task as one JSON object.")
def claim(
    task_id: str | None, agent: str, owner: str | None, *, is_whole: bool, as_json: bool
) -> None:
    """Take the next task, or TASK_ID; asked again, name the one that is held.

    Exit code 75 when there is nothing to do now.
    """
    from pipeline.faucet.queues.view import task_lines
    from pipeline.faucet.tasks.documents import entry_of
    from pipeline.faucet.work.by_hand import brief_of, take

    board = the_board()
    task = take(board, agent, owner or agent, task_id)
    if task is None:
        click.echo(f"nothing to do for {agent} now", err=True)
        sys.exit(NOTHING_TO_DO)
    if is_whole and not as_json:
        click.echo(brief_of(board, task), nl=False)
        return
    page = {"brief": brief_of(board, task)} if is_whole else {}
    click.echo(json.dumps({**entry_of(task), **page}) if as_json else "\n".join(task_lines(task)))


@click.command()
@click.argument("task_id")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--as", "owner", help="Name of the worker that claimed it.")
@click.option("--result", help="JSON object: what there is to say of it.")
@click.option("--json", "as_json", is_flag=True, help="Print the gates' report as JSON.")
def submit(
    task_id: str,
    files: tuple[Path, ...],
    owner: str | None,
    result: str | None,
    *,
    as_json: bool,
) -> None:
    """Hand TASK_ID in with the FILES that came of it; its gates decide.

    Without FILES, with what lies in its working folder (claim --brief names it), or with the
    outputs that the task names. Where gates ask about deliveries, they are judged once these are
    integrated (`faucet land`, `faucet repro`, `faucet queue judge`). Exit code 1 when a gate
    fails.
    """
    from pipeline.faucet.work.by_hand import hand_in

    board = the_board()
    paths = [_from_root(board.workspace, path) for path in files]
    hand_in(board, task_id, owner, paths, parsed(result, "--result"))
    if not _judged(board, task_id, as_json=as_json):
        sys.exit(1)


@click.command()
@click.argument("task_id", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one report a line as JSON.")
def judge(task_id: str | None, *, as_json: bool) -> None:
    """Judge TASK_ID, or every task that is handed in, by its gates; exit code 1 if one fails."""
    from pipeline.faucet.tasks.state import standing

    board = the_board()
    state = board.load()
    handed_in = [task.task_id for task in state.tasks() if standing(state, task) == "submitted"]
    names = [task_id] if task_id else handed_in
    passed = [_judged(board, name, as_json=as_json) for name in names]
    if not passed and not as_json:
        click.echo("nothing is handed in")
    sys.exit(0 if all(passed) else 1)


@click.command()
@click.argument("task_id")
@click.option("--reason", required=True, help="What went wrong, in one sentence.")
@click.option("--transient", "kind", flag_value="transient", help="Costs no attempt.")
@click.option("--quota", "kind", flag_value="quota", help="Costs none; the agent waits.")
@click.option("--retry-after", type=click.IntRange(1), help="With --quota: seconds to wait.")
@click.option("--as", "owner", help="Name of the worker that claimed it.")
@click.option("--json", "as_json", is_flag=True, help="Print the task as one JSON object.")
def fail(
    task_id: str,
    reason: str,
    kind: str | None,
    retry_after: int | None,
    owner: str | None,
    *,
    as_json: bool,
) -> None:
    """Say that TASK_ID did not succeed: it comes back with this reason, three times at most."""
    from pipeline.faucet.work.by_hand import fail as give_up

    state = give_up(the_board(), task_id, owner, kind or "failed", reason, retry_after)
    _print_state(state, task_id, as_json=as_json)


@click.command()
@click.argument("task_id")
@click.option("--json", "as_json", is_flag=True, help="Print the task as one JSON object.")
def release(task_id: str, *, as_json: bool) -> None:
    """Give TASK_ID back unfinished: whoever held it is gone. Costs no attempt."""
    from pipeline.faucet.work.by_hand import release as give_back

    _print_state(give_back(the_board(), task_id), task_id, as_json=as_json)


def apply_and_print(
    operation: "Operation", task_id: str | None, agent: str | None = None, *, as_json: bool
) -> None:
    """Apply an operation and print what it made of its task or agent."""
    from pipeline.faucet.queues.attempts import apply_or_raise

    _print_state(apply_or_raise(the_board(), operation), task_id, agent, as_json=as_json)


def _print_state(
    state: "State", task_id: str | None, agent: str | None = None, *, as_json: bool
) -> None:
    from pipeline.faucet.queues.view import agent_line, queues_as_json, task_line

    if not as_json:
        click.echo(agent_line(state, agent) if agent else task_line(state, task_id or "", now()))
    elif agent:
        click.echo(json.dumps(queues_as_json(state, [agent])))
    else:
        click.echo(json.dumps(_document(state, task_id or "")))


def _document(state: "State", task_id: str) -> Any:
    from pipeline.faucet.tasks.documents import entry_of

    task = state.task(task_id)
    return entry_of(task) if task else {"task_id": task_id, "status": "completed"}


def _judged(board: "Board", task_id: str, *, as_json: bool) -> bool:
    """Judge a task and print how it went; return whether no gate failed."""
    from pipeline.faucet.gates.criteria import failed
    from pipeline.faucet.terminal import one_line
    from pipeline.faucet.work.by_hand import judged

    made = judged(board, task_id)
    report = made.report
    if as_json:
        click.echo(json.dumps({"task_id": task_id, "report": report}, sort_keys=True))
        return report is None or bool(report["passed"])
    if report is None:
        click.echo(f"{task_id}: handed in; judged once it is integrated: `faucet queue judge`")
        return True
    if report["passed"]:
        click.echo(f"{task_id}: completed, gates passed: {len(report['criteria'])}")
        if made.checkpoint:
            click.echo(f"{task_id}: checkpoint {made.checkpoint[:10]}")
        elif made.note:
            click.echo(f"{task_id}: no checkpoint yet: {one_line(made.note)}", err=True)
        return True
    for sentence in failed(report):
        click.echo(f"{task_id}: {one_line(sentence)}", err=True)
    return False


def _from_root(root: "Workspace", path: Path) -> str:
    """Return a path as given in the folder of the caller, relative to root."""
    try:
        return path.absolute().relative_to(root).as_posix()
    except ValueError:
        raise UserError(f"{path} is not inside the workspace") from None


def parsed(text: str | None, option: str) -> Any:
    """Return the JSON value of an option, None where it was not given."""
    if text is None:
        return None
    try:
        return strict_json(text)
    except BrokenJsonError as broken:
        raise UserError(f"{option}: {broken}") from None


def now() -> datetime:
    """Return this moment, in UTC."""
    return datetime.now(UTC)


def the_board() -> "Board":
    """Return the board of the workspace in whose folder the command was called."""
    from pipeline.faucet.clones.boards import open_board

    return open_board(find_workspace(Path.cwd()))
