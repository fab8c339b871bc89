"""`faucet agents`: whether the command lines that do tasks can work on this machine."""

import json
import sys
from pathlib import Path

import click

from pipeline.commands.program import Subcommands
from pipeline.core.errors import UserError
from pipeline.core.strict_json import BrokenJsonError, strict_json

_MOST_EVENT_BYTES = 50_000_000


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


@agents.command("install")
@click.option(
    "--for",
    "lines",
    multiple=True,
    type=click.Choice(["claude", "gemini", "codex"]),
    help="A command line; repeatable. Without it, all three.",
)
@click.option("--agent", help="As whom they work; else the agent of that preset or name.")
@click.option("--json", "as_json", is_flag=True, help="Print the files as one JSON array.")
def install_files(lines: tuple[str, ...], agent: str | None, *, as_json: bool) -> None:
    """Write what command lines read when people start them here.

    AGENTS.md, CLAUDE.md, .mcp.json, settings with hooks, and a skill: a session starts with the
    next brief in context, and a stop hands over the next task. What is in those files stays.
    """
    from pipeline.faucet.clones.boards import open_board
    from pipeline.faucet.sessions.install import COMMAND_LINES, agents_of, has_queues, install
    from pipeline.faucet.settings import read_settings
    from pipeline.workspace.workspace import find_workspace

    if agent is not None:
        refuse_no_name(agent)
    workspace = find_workspace(Path.cwd())
    settings = read_settings(workspace)
    queues = open_board(workspace, settings).load().queues if has_queues(workspace) else {}
    named = agents_of(settings, {name: one.rest.get("worker") for name, one in queues.items()})
    chosen = {line: agent or named[line] for line in lines or COMMAND_LINES}
    written = install(workspace, chosen)
    if as_json:
        click.echo(json.dumps([one._asdict() for one in written]))
        return
    for one in written:
        click.echo(f"{one.change} {one.path}")
    for line, name in chosen.items():
        if queues and name not in queues:
            click.echo(f"{line}: {name} has no queue: `faucet queue init --agent {name}`", err=True)


@agents.command("hook")
@click.option("--agent", required=True, help="As whom the session works.")
def answer_hook(agent: str) -> None:
    """Answer a hook of a command line: its event on stdin, the answer on stdout, both JSON.

    `faucet agents install` registers it. At a session's start it gives the next brief; at a stop
    it hands over the next task, unless a stop hook is active already.
    """
    import os

    from pipeline.faucet.clones.boards import open_board
    from pipeline.faucet.sessions.hooks import answer
    from pipeline.workspace.workspace import find_workspace

    try:
        event = strict_json(sys.stdin.buffer.read(_MOST_EVENT_BYTES) or b"{}")
    except BrokenJsonError as broken:
        raise UserError(f"the event on stdin is {broken}") from None
    if not isinstance(event, dict):
        raise UserError("the event on stdin is no JSON object")
    answered = answer(open_board(find_workspace(Path.cwd())), agent, event, os.environ)
    if answered is not None:
        click.echo(json.dumps(answered))


def refuse_no_name(agent: str) -> None:
    """Raise UserError where no agent can be called so."""
    from pipeline.deliveries.stored import AGENT_NAME

    if not AGENT_NAME.fullmatch(agent):
        raise UserError(f"{agent!r} is no agent name: lower case letters, digits, _ and -")
