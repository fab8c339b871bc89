"""`faucet agents`: whether the command lines that do tasks can work on this machine."""

import json
import sys
from pathlib import Path

import click

from pipeline.commands.program import Subcommands


@click.group(cls=Subcommands)
def agents() -> None:
    """Look after the agents that tasks are given to."""


@agents.command("check")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object an agent.")
def check_agents(*, as_json: bool) -> None:
    """Say of every agent with a command whether it can work here, and what would mend it.

    Found, version, logged in, may write, may read the workspace, may call faucet. Nobody is
    called and nothing is spent. Exit code 1 where something is to be mended.
    """
    from pipeline.faucet.clones.boards import open_board
    from pipeline.faucet.settings import read_settings
    from pipeline.faucet.work.agents_check import agent_states
    from pipeline.workspace.workspace import find_workspace

    workspace = find_workspace(Path.cwd())
    settings = read_settings(workspace)
    states = list(agent_states(open_board(workspace, settings), settings))
    for state in states:
        click.echo(json.dumps(state._asdict()) if as_json else state.line())
    if not states and not as_json:
        click.echo("no agent has a command: name one in faucet.local.yaml (agents)")
    sys.exit(1 if any(state.mend for state in states) else 0)
