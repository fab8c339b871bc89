"""`faucet mcp`: tasks and data set for clients of the Model Context Protocol."""

import os
from pathlib import Path

import click

from pipeline.commands.agents import refuse_no_name
from pipeline.core.extras import of_extra
from pipeline.workspace.workspace import find_workspace


@click.command()
@click.option("--agent", required=True, help="Whose tasks it takes and hands in.")
@click.option("--as", "owner", help="Name of this client, where an agent has several.")
@click.option("--allow-review", "may_review", is_flag=True, help="Let it write verdicts, too.")
def mcp(agent: str, owner: str | None, *, may_review: bool) -> None:
    """Serve one agent by MCP over stdin and stdout, until the client leaves.

    Tools, pages and a prompt: next task with its brief, check and land pairs, hand in, ask,
    trace. It comes with the extra `mcp`.
    """
    os.environ.setdefault("DAFT_RUNNER", "native")  # looking for Ray takes longer than a call
    with of_extra("mcp", "serving by MCP"):
        from pipeline.mcp.server import make_server
    from pipeline.mcp.client_session import ClientSession

    refuse_no_name(agent)
    workspace = find_workspace(Path.cwd())
    make_server(ClientSession(workspace, agent, owner or agent, may_review)).run("stdio")
