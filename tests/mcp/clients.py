"""A client of the protocol's own SDK, in memory for tests without async, or over stdio."""

import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio

from pipeline.mcp.client_session import ClientSession
from pipeline.workspace.workspace import Workspace
from tests.lazy_modules import LazyModule

mcp = LazyModule("mcp")
mcp_types = LazyModule("mcp_types")
server = LazyModule("pipeline.mcp.server")
Talk = Callable[[Any], Awaitable[Any]]
"""What is done with a client of the SDK."""


def in_memory(session: ClientSession, talk: Talk) -> Any:
    """Return what a talk with the server of a session comes to."""
    return _talked(server.make_server(session), talk)


def stdio_server(root: Path, *options: str) -> Any:
    """Return how `faucet mcp` is started in root, as a process of its own."""
    path = os.pathsep.join((str(Path(__file__).parents[2]), *sys.path))
    return mcp.StdioServerParameters(
        command=sys.executable,
        args=["-m", "pipeline.cli", "mcp", *options],
        cwd=root,
        env={**os.environ, "PYTHONPATH": path},
    )


def call(session: ClientSession, tool: str, **arguments: Any) -> Any:
    """Return the structured content that a tool answers with; fails where it is an error."""
    answer = _call(session, tool, arguments)
    assert not answer.is_error, sentence(answer)
    return answer.structured_content


def refused(session: ClientSession, tool: str, **arguments: Any) -> str:
    """Return the sentence with which a call is refused, which is one line."""
    answer = _call(session, tool, arguments)
    assert answer.is_error
    assert len(sentence(answer).splitlines()) == 1
    return sentence(answer)


def sentence(answer: Any) -> str:
    """Return the text of an answer."""
    (content,) = answer.content
    assert isinstance(content, mcp_types.TextContent)
    return content.text


def reviewer(workspace: Workspace) -> ClientSession:
    """Return a session that may write verdicts."""
    return ClientSession(workspace, "eva", "eva", may_review=True)


def _call(session: ClientSession, tool: str, arguments: dict[str, Any]) -> Any:
    async def talk(client: Any) -> Any:
        return await client.call_tool(tool, arguments)

    found = in_memory(session, talk)
    assert isinstance(found, mcp_types.CallToolResult)
    return found


def _talked(made: Any, talk: Talk) -> Any:
    async def run() -> Any:
        async with mcp.Client(made) as client:
            return await talk(client)

    return anyio.run(run)
