"""The commands that run the DAG and say what came out: repro, exp, summary, report, verify."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.core.errors import INTERRUPTED, UserError
from pipeline.core.text import counted
from pipeline.faucet.terminal import one_line
from pipeline.workspace.workspace import find_workspace

if TYPE_CHECKING:
    from pipeline.faucet.runs.repro import Run

_PASSES_ON = {"ignore_unknown_options": True}


@click.command(context_settings=_PASSES_ON)
@click.option("--json", "as_json", is_flag=True, help="Print what each stage did as one object.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[STAGE] [DVC OPTIONS]")
def repro(arguments: tuple[str, ...], *, as_json: bool) -> None:
    """Bring the data set up to date: `dvc repro` behind our lock.

    What a killed run left is mended first, and dvc.lock and metrics that a merge left in
    conflict are made anew.
    """
    from pipeline.faucet.runs.repro import repro as run

    _end(run(find_workspace(Path.cwd()), arguments), as_json=as_json)


@click.command(context_settings=_PASSES_ON)
@click.option("--back", "is_back", is_flag=True, help="Return to what the last commit has.")
@click.option("--json", "as_json", is_flag=True, help="Print what each stage did as one object.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[DVC OPTIONS]")
def exp(arguments: tuple[str, ...], *, is_back: bool, as_json: bool) -> None:
    """Try other params: `dvc exp run` behind our lock, refusing what would lose deliveries.

    -S KEY=VALUE sets a value, as often as you like. It is checked first, and written into
    params.yaml in its place: comments and layout stay. --back undoes an experiment; deliveries,
    verdicts, edits and queues stay as they are.
    """
    from pipeline.faucet.experiments.back import go_back
    from pipeline.faucet.experiments.running import experiment

    workspace = find_workspace(Path.cwd())
    if not is_back:
        _end(experiment(workspace, arguments), as_json=as_json)
    if arguments:
        raise UserError(f"--back stands alone, without {arguments[0]}")
    lines = list(go_back(workspace))
    click.echo(json.dumps({"done": lines}) if as_json else "\n".join(lines))


def _end(run: "Run", *, as_json: bool) -> None:
    from pipeline.faucet.runs.repro import closing_line

    if as_json:
        click.echo(json.dumps(run._asdict(), sort_keys=True))
    elif run.exit_code:
        begin = "\nfaucet" if run.exit_code == INTERRUPTED else "Error"
        click.echo(f"{begin}: {closing_line(run)}", err=True)
    else:
        click.echo(closing_line(run))
    sys.exit(run.exit_code)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the metrics of all stages as JSON.")
def summary(*, as_json: bool) -> None:
    """Say what came out of the last run and where to look."""
    from pipeline.faucet.runs.summary import lines, metrics

    root = find_workspace(Path.cwd())
    if as_json:
        click.echo(json.dumps(metrics(root), sort_keys=True))
    else:
        click.echo("\n".join(lines(root)))


@click.command()
@click.argument("revision", default="HEAD~1")
@click.option("--to", "after", default="workspace", show_default=True, help="What it became.")
@click.option(
    "--html", "page", type=click.Path(dir_okay=False, path_type=Path), help="Write a page."
)
@click.option("--rebuild", "is_rebuilt", is_flag=True, help="Make pairs that no cache has anew.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def report(
    revision: str, after: str, page: Path | None, *, is_rebuilt: bool, as_json: bool
) -> None:
    """Say what changed since REVISION, as Markdown: for a pull request, or for a lead.

    Pairs before and after, rejected and merged, three charts, ten pairs that came and ten that
    went by their questions, every figure that differs.
    """
    from pipeline.faucet.changes.comparing import changes
    from pipeline.faucet.changes.markdown import markdown

    found = changes(find_workspace(Path.cwd()), revision, after, is_rebuilt=is_rebuilt)
    if page is not None:
        from pipeline.faucet.changes.page import write_page

        write_page(found, page.absolute())
    if as_json:
        click.echo(json.dumps(found.as_json(), sort_keys=True))
    elif page is None:
        click.echo(markdown(found), nl=False)
    else:
        click.echo(
            f"{one_line(str(page))}: what changed from {found.before.short} to {found.after.short}"
        )


@click.command()
@click.argument("revision", default="HEAD")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a stage.")
def verify(revision: str, *, as_json: bool) -> None:
    """Rebuild REVISION in a temporary clone and compare every output's bytes.

    Nothing is taken from caches. Exit code 1 when any byte differs.
    """
    from pipeline.faucet.runs.reporting import reporting
    from pipeline.faucet.runs.verify import verify as rebuild

    root = find_workspace(Path.cwd())
    with reporting(root, f"verify {revision}"):
        verdicts = rebuild(root, revision)
    for verdict in verdicts:
        if as_json:
            click.echo(json.dumps(verdict._asdict(), sort_keys=True))
        elif verdict.differing:
            click.echo(f"{verdict.stage:<10} DIFFERS  {', '.join(verdict.differing)}")
        else:
            click.echo(f"{verdict.stage:<10} same     {counted(verdict.files, 'file')}")
    if any(verdict.differing for verdict in verdicts):
        raise UserError(f"{revision} does not rebuild to the bytes that it records")
