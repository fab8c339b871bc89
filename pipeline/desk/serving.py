"""A desk that is open: a server on this machine alone, from its start to Ctrl-C."""

import socket
import threading
import webbrowser

import click
import uvicorn

from pipeline.charts.addresses import DEFAULT_PORT, HOST
from pipeline.core.errors import UserError
from pipeline.desk.application import application
from pipeline.desk.guard import TOKEN, Keys
from pipeline.desk.keeper import Keeper
from pipeline.desk.site import Site
from pipeline.faucet.verdicts.book import reviewer
from pipeline.store.words import data_set_name, read_nouns
from pipeline.workspace.workspace import Workspace

_GRACE_S = 2


def open_desk(
    workspace: Workspace, port: int | None, who: str | None, *, is_read_only: bool, browse: bool
) -> None:
    """Serve the desk of a workspace until Ctrl-C; browse opens it in the browser.

    port is the port to listen on; None is DEFAULT_PORT, or another one where that is taken.

    Raises UserError where the port that was asked for is taken.
    """
    listener = _listener(port)
    bound = listener.getsockname()[1]
    keys = Keys((f"{HOST}:{bound}", f"localhost:{bound}"))
    click.echo("faucet desk: reading the outputs of the last run …", err=True)
    keeper = Keeper(workspace)
    if keeper.fault:
        click.echo(f"faucet desk: {keeper.fault}", err=True)
    site = Site(
        workspace,
        keeper,
        keys,
        _who(workspace, who),
        data_set_name(workspace),
        read_nouns(workspace),
        is_read_only,
    )
    address = f"http://{HOST}:{bound}/?{TOKEN}={keys.token}"
    click.echo(f"the desk is open, for this machine alone: {address}")
    click.echo(_role(site) + "; Ctrl-C closes it")
    if browse:
        threading.Timer(0.5, webbrowser.open, [address]).start()
    server = uvicorn.Server(
        uvicorn.Config(
            application(site),
            log_level="warning",
            access_log=False,  # addresses hold the token
            server_header=False,
            timeout_graceful_shutdown=_GRACE_S,
            lifespan="off",
        )
    )
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    finally:
        keeper.close()
        listener.close()
    click.echo("the desk is closed")


def _who(workspace: Workspace, who: str | None) -> str:
    """Return who signs verdicts, "" where nobody is known: the desk is then for reading."""
    try:
        return reviewer(workspace, who)
    except UserError:
        return ""


def _role(site: Site) -> str:
    if site.is_read_only:
        return "for reading only"
    if not site.who:
        return "for reading only, because nobody is named who decides (--who NAME)"
    return f"verdicts are signed {site.who}"


def _listener(port: int | None) -> socket.socket:
    wanted = (DEFAULT_PORT, 0) if port is None else (port,)
    for number in wanted:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, number))
            listener.listen()  # who follows the address at once waits until it is served
        except OSError:
            listener.close()
            continue
        return listener
    raise UserError(f"port {port} is taken: name another one with --port, or 0 for any")
