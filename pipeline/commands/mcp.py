"""`faucet mcp`: tasks and data set for clients of the Model Context Protocol."""

import os
from pathlib import Path

import click

from pipeline.commands.agents import refuse_no_name
from pipeline.core.errors import UserError
from pipeline.workspace.workspace import find_workspace


@click.command()
@click.option("--agent", required=True, help="Whose tasks it takes and hands in.")
@click.option("--as", "owner", help="Name of this client, where an agent has several.")
@click.option("--allow-review", "may_review", is_flag=True, help="Let it write verdicts, too.")
def mcp(agent: str, owner: str | None, *, may_review: bool) -> None:
    """Serve one agent by MCP over stdin and stdout, until the client leaves.

    Tools, pages and a prompt: next task with its brief, check and land pairs, hand in, ask,
    trace. `pip install "qa-data-factory[mcp]"` brings what it needs.
    """
    os.environ.setdefault("DAFT_RUNNER", "native")  # looking for Ray takes longer than a call
    try:
        from pipeline.mcp.server import make_server
    except ModuleNotFoundError as missing:
        if not str(missing.name).startswith("mcp"):
            raise
        raise UserError('MCP comes with an extra: pip install "qa-data-factory[mcp]"') from None
    from pipeline.mcp.client_session import ClientSession

    refuse_no_name(agent)
    workspace = find_workspace(Path.cwd())
    make_server(ClientSession(workspace, agent, owner or agent, may_review)).run("stdio")
