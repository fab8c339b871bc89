"""The commands that keep and bring back what was made: checkpoint, restore, archive."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.core.text import counted
from pipeline.faucet.terminal import one_line
from pipeline.workspace.workspace import find_workspace

if TYPE_CHECKING:
    from pipeline.faucet.checkpoints.making import Made


@click.command("import-base")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--agent", default="base", show_default=True, help="Whose delivery it is.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def import_base(file: Path, agent: str, *, as_json: bool) -> None:
    """Bring in a base that exists already: the start point of all growth figures.

    FILE is SQLite, Parquet, JSON or JSONL. It lands as a delivery, the DAG runs, and a checkpoint
    tells its pairs as what was there before.
    """
    from pipeline.faucet.checkpoints.base import import_base as bring_in

    found = bring_in(find_workspace(Path.cwd()), file, agent)
    commit = found.made.commit if found.made else None
    if as_json:
        click.echo(json.dumps({**found._asdict(), "made": commit}))
        return
    counts = f"{found.accepted:,} accepted, {found.repeated:,} repeated"
    click.echo(
        f"{found.stored}: {found.found:,} found, {counts}, {found.quarantined:,} quarantined"
    )
    click.echo(f"checkpoint {commit[:10]}: growth begins here" if commit else "nothing is new")


@click.command()
@click.option("--keep", default=10, show_default=True, type=click.IntRange(1), help="Checkpoints.")
@click.option("--yes", "is_removed", is_flag=True, help="Remove it; without it, only say so.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def gc(keep: int, *, is_removed: bool, as_json: bool) -> None:
    """Say what DVC's cache holds for no tag, branch, experiment or late checkpoint; remove it.

    Deliveries are never touched, and what is removed can be made again: `faucet restore` of an
    older checkpoint runs what it needs.
    """
    from pipeline.faucet.checkpoints.garbage import collect_garbage

    found = collect_garbage(find_workspace(Path.cwd()), keep, is_removed=is_removed)
    if as_json:
        click.echo(json.dumps({**found._asdict(), "removed": is_removed}, sort_keys=True))
        return
    for name, size in found.bytes_by_output.items():
        click.echo(f"{size / 1e6:10,.1f} MB  {name}")
    done = "removed" if is_removed else "would go; `faucet gc --yes` removes it"
    click.echo(f"{found.bytes / 1e6:10,.1f} MB  in {counted(found.objects, 'object')} {done}")
    click.echo(f"{found.kept_bytes / 1e6:10,.1f} MB  stays")


@click.command()
@click.option("--tag", help="Name this checkpoint with a git tag.")
@click.option("--push", "is_pushed", is_flag=True, help="Then `dvc push` and `git push`.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def checkpoint(tag: str | None, *, is_pushed: bool, as_json: bool) -> None:
    """Land, run the DAG, hold the gates, commit the data set with queues and receipts.

    What you have staged stays staged and is not in the commit. Nothing is committed where code
    or params have changes of their own: such a checkpoint could not be rebuilt.
    """
    from pipeline.faucet.checkpoints import making
    from pipeline.faucet.checkpoints.pushing import push
    from pipeline.faucet.clones.boards import open_board
    from pipeline.faucet.runs.reporting import reporting
    from pipeline.faucet.settings import read_settings

    root = find_workspace(Path.cwd())
    settings = read_settings(root)
    board = open_board(root, settings)
    board.synchronize()
    with reporting(root, "checkpoint"):
        making.settle(root)
        making.hold_gates(root, settings.checkpoint_gates)
        if board.is_shared:
            board.change(along=making.along(root, []))
            board.synchronize()
        made = making.checkpoint(root, tag=tag)
    _print(made, "nothing to commit: the last commit holds all of it", as_json=as_json)
    if is_pushed:
        for sentence in push(root, tag):
            click.echo(sentence, err=as_json)


@click.command()
@click.argument("revision")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def restore(revision: str, *, as_json: bool) -> None:
    """Bring back the data set of REVISION, as a new checkpoint on top of the others.

    Deliveries, verdicts, params and results come back; code, queues and receipts stay.
    """
    from pipeline.faucet.checkpoints.restoring import restore as bring_back
    from pipeline.faucet.runs.reporting import reporting

    root = find_workspace(Path.cwd())
    with reporting(root, "restore"):
        made = bring_back(root, revision)
    _print(made, f"nothing to do: the data set is that of {revision}", as_json=as_json)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def archive(file: Path, *, as_json: bool) -> None:
    """Write one FILE that brings history and data set back on a machine without network.

    Unpack it (`tar -xf FILE`) and call `python restore.py FOLDER`: Python and git are enough.
    """
    from pipeline.faucet.checkpoints.archive import write_archive
    from pipeline.faucet.runs.reporting import reporting

    root = find_workspace(Path.cwd())
    with reporting(root, "archive"):
        written = write_archive(root, file.absolute())
    size = file.stat().st_size
    if as_json:
        click.echo(json.dumps({**written._asdict(), "bytes": size}, sort_keys=True))
    else:
        held = f"{written.commit[:12]} and {written.objects:,} objects, {size:,} bytes"
        click.echo(f"{one_line(str(file))}: {held}")


def _print(made: "Made | None", nothing: str, *, as_json: bool) -> None:
    if as_json:
        report = {**made._asdict(), "tasks": [t.task_id for t in made.tasks]} if made else None
        click.echo(json.dumps(report, sort_keys=True))
    elif made is None:
        click.echo(nothing)
    else:
        pairs = f"{made.pairs_before or 0:,} -> {made.pairs_after or 0:,} pairs"
        tasks = f", {', '.join(task.task_id for task in made.tasks)}" if made.tasks else ""
        click.echo(f"checkpoint {made.commit[:12]}: {pairs}{tasks}")
