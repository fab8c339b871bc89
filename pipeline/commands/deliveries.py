"""The commands that bring in and clear out: land, fresh, receipts."""

import json
import sys
from pathlib import Path

import click

from pipeline.core.text import counted
from pipeline.workspace.layout import DELIVERIES, INBOX
from pipeline.workspace.workspace import find_workspace


@click.command()
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--agent", help="Who delivered; else a folder's first level names the agent.")
@click.option("--map", "maps", multiple=True, metavar="ROLE=KEY", help="What a key or column is.")
@click.option("--encoding", help="What the files' text is written in, where it is not UTF-8.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a file.")
def land(
    path: Path | None,
    agent: str | None,
    maps: tuple[str, ...],
    encoding: str | None,
    *,
    as_json: bool,
) -> None:
    """Bring files or folders in as deliveries; without PATH, what waits in data/inbox.

    Files are copied under safe, immutable names; from the inbox they are moved. Links, pipes,
    hidden and half-written files stay where they are and are named. Exit code 1 when any stays.
    `--map question=Frage --map answer=Antwort`, or a mapping.yaml beside the files, says which
    keys hold what where the files use words of their own.
    """
    from pipeline.deliveries.landing import LEFT_REASONS
    from pipeline.deliveries.landing import land as bring_in
    from pipeline.deliveries.mapping import from_options
    from pipeline.faucet.runs.inbox import bounds_of, inbox_of
    from pipeline.faucet.runs.reporting import reporting
    from pipeline.workspace.locks import run_lock

    mapping = from_options(maps, encoding)
    root = find_workspace(Path.cwd())
    source = path or inbox_of(root)
    from_inbox = source.resolve().is_relative_to((root / INBOX).resolve())
    landed = left = again = 0
    with run_lock(root), reporting(root, "land") as reporter:  # a run must not see deliveries come
        for item in bring_in(
            source,
            root / DELIVERIES,
            agent=agent,
            move=from_inbox,
            bounds=bounds_of(root),
            mapping=mapping,
        ):
            landed, left = landed + item.is_new, left + (item.stored is None)
            again += item.stored is not None and not item.is_new
            reporter.count(f"land: {counted(landed + left + again, 'file')}")
            if as_json:
                click.echo(json.dumps(item._asdict(), sort_keys=True))
            elif item.reason is not None:
                reporter.line(f"left: {item.source}: {LEFT_REASONS[item.reason]}")
    if not as_json:
        known = f", {counted(again, 'file')} known already" if again else ""
        stayed = f", {counted(left, 'file')} left where they are" if left else ""
        click.echo(f"{counted(landed, 'file')} landed{known}{stayed}")
    sys.exit(1 if left else 0)


@click.command()
@click.option("--force", is_flag=True, help="Remove deliveries that git does not hold, too.")
@click.option("--json", "as_json", is_flag=True, help="Print the removed paths as one array.")
def fresh(*, force: bool, as_json: bool) -> None:
    """Remove all deliveries and outputs, to start a knowledge base of your own."""
    from pipeline.faucet.runs.fresh import start_fresh

    removed = start_fresh(find_workspace(Path.cwd()), force=force)
    if as_json:
        click.echo(json.dumps(removed))
        return
    for path in removed:
        click.echo(f"removed {path}")
    click.echo("next: `faucet land FOLDER`, then `faucet repro`")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the paths as one JSON object.")
def receipts(*, as_json: bool) -> None:
    """Answer every delivery with a receipt in data/outbox.

    It says what was accepted, repeated and refused, and what to mend. `faucet repro` writes
    receipts by itself after a run that changed something.
    """
    from pipeline.faucet.answers.outbox import hand_receipts

    handed = hand_receipts(find_workspace(Path.cwd()))
    if as_json:
        paths = {
            name: [path.as_posix() for path in some] for name, some in handed._asdict().items()
        }
        click.echo(json.dumps(paths, sort_keys=True))
        return
    for path in (*handed.written, *handed.taken_back):
        click.echo(f"{'wrote' if path in handed.written else 'took back'} {path.as_posix()}")
    if not any(handed):
        click.echo("every receipt is as the last run has it")
