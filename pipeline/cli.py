"""`faucet`: what people and agents call. A command is a library call and nothing more."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from pipeline.commands.checkpoints import archive, checkpoint, restore
from pipeline.commands.looking import dup, receipts, review, trace
from pipeline.commands.monitor import log, monitor
from pipeline.commands.queue import queue
from pipeline.commands.work import run, work
from pipeline.core.errors import UserError
from pipeline.core.text import counted
from pipeline.faucet.workspace import DELIVERIES, INBOX, find_root


class _Sentences(click.Group):
    """A group whose commands end a UserError with its sentence and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except UserError as fault:
            raise click.ClickException(str(fault)) from None


@click.group(cls=_Sentences, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="qa-data-factory")
def faucet() -> None:
    """Turn deliveries of question-answer pairs into a data set that can be trusted."""


@faucet.command()
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--agent", help="Who delivered; else a folder's first level names the agent.")
@click.option(
    "--map", "maps", multiple=True, metavar="ROLE=KEY", help="What a key or column means."
)
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
    from pipeline.faucet.run_lock import run_lock

    mapping = from_options(maps, encoding)
    root = find_root(Path.cwd())
    if path is None:
        (root / INBOX).mkdir(parents=True, exist_ok=True)
    source = path or root / INBOX
    from_inbox = source.resolve().is_relative_to((root / INBOX).resolve())
    landed = left = again = 0
    with run_lock(root):  # a run must not see deliveries come
        for item in bring_in(
            source, root / DELIVERIES, agent=agent, move=from_inbox, mapping=mapping
        ):
            landed, left = landed + item.is_new, left + (item.stored is None)
            again += item.stored is not None and not item.is_new
            if as_json:
                click.echo(json.dumps(item._asdict(), sort_keys=True))
            elif item.reason is not None:
                click.echo(f"left: {item.source}: {LEFT_REASONS[item.reason]}", err=True)
    if not as_json:
        known = f", {counted(again, 'file')} known already" if again else ""
        stayed = f", {counted(left, 'file')} left where they are" if left else ""
        click.echo(f"{counted(landed, 'file')} landed{known}{stayed}")
    sys.exit(1 if left else 0)


@faucet.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[STAGE] [DVC OPTIONS]")
def repro(arguments: tuple[str, ...]) -> None:
    """Bring the data set up to date: `dvc repro` behind our lock, after mending a killed run."""
    from pipeline.faucet.runs.repro import repro as run

    sys.exit(run(find_root(Path.cwd()), arguments))


@faucet.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[DVC OPTIONS]")
def exp(arguments: tuple[str, ...]) -> None:
    """Try other params: `dvc exp run` behind our lock, refusing what would lose deliveries."""
    from pipeline.faucet.runs.repro import experiment

    sys.exit(experiment(find_root(Path.cwd()), arguments))


@faucet.command()
@click.option("--json", "as_json", is_flag=True, help="Print the metrics of all stages as JSON.")
def summary(*, as_json: bool) -> None:
    """Say what came out of the last run and where to look."""
    from pipeline.faucet.runs.summary import lines, metrics

    root = find_root(Path.cwd())
    if as_json:
        click.echo(json.dumps(metrics(root), sort_keys=True))
    else:
        click.echo("\n".join(lines(root)))


@faucet.command()
@click.argument("revision", default="HEAD")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a stage.")
def verify(revision: str, *, as_json: bool) -> None:
    """Rebuild REVISION from scratch in a temporary clone and compare every output's bytes."""
    from pipeline.faucet.runs.verify import verify as rebuild

    verdicts = rebuild(find_root(Path.cwd()), revision)
    for verdict in verdicts:
        if as_json:
            click.echo(json.dumps(verdict._asdict(), sort_keys=True))
        elif verdict.differing:
            click.echo(f"{verdict.stage:<10} DIFFERS  {', '.join(verdict.differing)}")
        else:
            click.echo(f"{verdict.stage:<10} same     {counted(verdict.files, 'file')}")
    if any(verdict.differing for verdict in verdicts):
        raise UserError(f"{revision} does not rebuild to the bytes that it records")


@faucet.command()
@click.option("--force", is_flag=True, help="Remove deliveries that git does not hold, too.")
def fresh(*, force: bool) -> None:
    """Remove all deliveries and outputs, to start a knowledge base of your own."""
    from pipeline.faucet.workspace import start_fresh

    for line in start_fresh(find_root(Path.cwd()), force=force):
        click.echo(f"removed {line}")
    click.echo("next: `faucet land FOLDER`, then `faucet repro`")


@faucet.command()
@click.argument("question")
@click.option("--limit", default=5, show_default=True, type=click.IntRange(1, 100))
@click.option("--json", "as_json", is_flag=True, help="Print the hits as one JSON array.")
def ask(question: str, limit: int, *, as_json: bool) -> None:
    """Find the pairs that answer QUESTION best, by words (FTS5) and by vectors together."""
    from rich.console import Console

    from pipeline.faucet.asking import ask as search
    from pipeline.rag.rendering import render_hits

    hits = search(find_root(Path.cwd()), question, limit=limit)
    if as_json:
        click.echo(json.dumps([hit._asdict() for hit in hits], sort_keys=True))
    else:
        Console().print(render_hits(hits))


for command in (
    trace,
    dup,
    receipts,
    review,
    queue,
    work,
    run,
    checkpoint,
    restore,
    archive,
    log,
    monitor,
):
    faucet.add_command(command)

if __name__ == "__main__":
    faucet()
