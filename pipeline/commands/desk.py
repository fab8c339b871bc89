"""`faucet desk`: the same functions as the commands, as a local web page."""

from pathlib import Path

import click

from pipeline.core.extras import of_extra
from pipeline.workspace.workspace import find_workspace


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="Port to listen on, 0 for any; else 8765, or another one where that is taken.",
)
@click.option("--who", help="Who decides; else git's user.name.")
@click.option("--read-only", "is_read_only", is_flag=True, help="Show everything, write nothing.")
@click.option("--no-browser", is_flag=True, help="Print the address, open nothing.")
def desk(port: int | None, who: str | None, *, is_read_only: bool, no_browser: bool) -> None:
    """Open the data set as a local web page: look, search, review, compare.

    It listens on this machine alone, at an address with a token that only this terminal shows.
    Verdicts go into the same book as those of `faucet review`. Ctrl-C closes it.
    """
    with of_extra("desk", "the desk"):
        from pipeline.desk.serving import open_desk
    workspace = find_workspace(Path.cwd())
    open_desk(workspace, port, who, is_read_only=is_read_only, browse=not no_browser)
