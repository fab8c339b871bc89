"""`faucet monitor` and `faucet log`. A command is a library call and nothing more."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import click

from pipeline.faucet.terminal import one_line
from pipeline.workspace.workspace import find_workspace

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option("--once", is_flag=True, help="Show it once, as where nobody watches a terminal.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--html", "page", type=_FILE, help="Write one self-contained page instead.")
@click.option("--since", help="90m, 12h, 2d, 1w or a date; else from the first claim on.")
@click.option(
    "--every", default=5.0, show_default=True, type=click.FloatRange(0.5), help="Seconds."
)
def monitor(
    page: Path | None, since: str | None, every: float, *, once: bool, as_json: bool
) -> None:
    """Show how the faucet flows: agents, queues, idle time, pairs, bottlenecks, health.

    Every figure comes from receipts, queues, metrics, books and git history; what they do not
    tell is shown as unknown.
    """
    from rich.console import Console, Group
    from rich.live import Live

    from pipeline.faucet.monitor.report import Report, report, since_of

    root = find_workspace(Path.cwd())

    def current() -> Report:
        now = datetime.now(UTC)
        return report(root, now, since_of(since, now) if since else None)

    if as_json:
        from pipeline.faucet.monitor.json_view import as_json as to_json

        click.echo(json.dumps(to_json(current()), sort_keys=True))
        return
    if page is not None:
        from pipeline.faucet.monitor.page import write_page

        write_page(current(), page)
        click.echo(f"wrote {one_line(str(page))}")
        return
    from pipeline.faucet.monitor.view import heading, render

    console = Console()
    if once or not console.is_terminal:
        console.print(render(current()))
        return
    with Live(console=console, screen=True, auto_refresh=False) as live:
        try:
            while True:
                live.update(Group(heading(every), render(current())), refresh=True)
                time.sleep(every)
        except KeyboardInterrupt:
            pass


@click.command()
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def log(limit: int, *, as_json: bool) -> None:
    """Show the checkpoints: pairs, quality and duplicates at each, the newest first."""
    from rich.console import Console

    from pipeline.faucet.checkpoints.history import as_json as to_json
    from pipeline.faucet.checkpoints.history import checkpoints
    from pipeline.faucet.monitor.log_view import render_log

    listed = checkpoints(find_workspace(Path.cwd()), limit)
    if as_json:
        click.echo(json.dumps([to_json(one) for one in listed]))
    else:
        Console().print(render_log(listed))
