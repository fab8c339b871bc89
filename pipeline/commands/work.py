"""The commands that do tasks: `work` for one agent, `run` for the whole team."""

import sys
from pathlib import Path

import click

from pipeline.commands.attempt import NOTHING_TO_DO, the_board
from pipeline.core.errors import UserError
from pipeline.workspace.workspace import find_workspace


@click.command()
@click.option("--agent", required=True, help="Whose tasks are done.")
@click.option("--once", "is_once", is_flag=True, help="Do one task and end.")
@click.option("--forever", "is_forever", is_flag=True, help="Wait for more when nothing is left.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object an event.")
def work(agent: str, *, is_once: bool, is_forever: bool, as_json: bool) -> None:
    """Do an agent's tasks until none is left: stages, checkpoints, its command, worked examples.

    Exit code 75 when there was nothing to do, 1 when the last attempt failed. Ended with Ctrl-C
    (exit code 130) or SIGTERM, the task is given back; killed, it is free for the next who looks.
    """
    from pipeline.faucet.settings import read_settings
    from pipeline.faucet.work.looping import StopSignal, say, say_as_json, work_on

    if is_once and is_forever:
        raise UserError("--once and --forever exclude each other")
    board = the_board()
    if agent not in board.load().queues:
        raise UserError(f"{agent} has no queue: `faucet queue init --agent {agent}` makes one")
    stop = StopSignal()
    endings = work_on(
        board,
        read_settings(board.workspace),
        agent,
        stop,
        is_once=is_once,
        is_forever=is_forever,
        say=say_as_json if as_json else say,
    )
    if stop.is_interrupted:
        raise KeyboardInterrupt
    if is_forever:
        return
    if not endings:
        click.echo(f"nothing to do for {agent} now", err=True)
        sys.exit(NOTHING_TO_DO)
    sys.exit(0 if endings[-1] in ("completed", "submitted") else 1)


@click.command()
@click.option("--until-idle", is_flag=True, help="End when nobody can do anything more.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object an event.")
def run(*, until_idle: bool, as_json: bool) -> None:
    """Work for all agents at once, and turn whatever is dropped into an inbox into work.

    One worker a queue. Ctrl-C ends all of them (exit code 130); tasks under way are given back.
    """
    from pipeline.faucet.work.team import run_team

    if run_team(find_workspace(Path.cwd()), until_idle=until_idle, as_json=as_json):
        raise KeyboardInterrupt
