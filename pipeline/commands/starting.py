"""The commands that make a workspace of the installed engine and renew it: init, upgrade."""

import json
import sys
from pathlib import Path

import click

from pipeline.core.errors import UserError
from pipeline.faucet.terminal import paragraphs
from pipeline.workspace.workspace import find_workspace

_ASKED = "Licence of the contents (cc-by-4.0, cc0-1.0, mit, ...; unknown where they have none)"


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--plan", type=click.Path(path_type=Path), help="What there is to know: a CSV.")
@click.option("--example", metavar="NAME", help="Begin with a subject of ours, or with `empty`.")
@click.option(
    "--licence", metavar="NAME", help="Of the contents, as the Hub names it: cc-by-4.0, unknown."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def init(
    folder: Path, plan: Path | None, example: str | None, licence: str | None, *, as_json: bool
) -> None:
    """Make FOLDER a knowledge base of its own: a git and DVC repository.

    Everything is in it but the engine, which stays the installed package. A plan has a column
    `name`, and if you like category, subcategory, target and aliases. Without --plan and --example
    it begins with an empty subject. Claude Code, Gemini CLI and Codex find what `faucet agents
    install` writes.

    In a terminal it asks for the licence of the contents where neither --licence nor an example
    says it: data card, Croissant and `faucet publish` name it.
    """
    from pipeline.faucet.scaffold.licence import UNKNOWN
    from pipeline.faucet.scaffold.starting import lines, start_workspace
    from pipeline.faucet.scaffold.templates import EMPTY
    from pipeline.faucet.sessions.install import install_for_all

    if licence is None and not as_json and example in {None, EMPTY} and sys.stdin.isatty():
        licence = click.prompt(_ASKED, default=UNKNOWN)
    started = start_workspace(
        folder, plan=plan, example=example, licence=licence, furnish=install_for_all
    )
    click.echo(json.dumps(started._asdict()) if as_json else paragraphs("\n".join(lines(started))))


@click.command()
@click.option("--dry-run", "is_dry", is_flag=True, help="Show the diff and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def upgrade(*, is_dry: bool, as_json: bool) -> None:
    """Bring in the templates of a newer engine, with a diff; your changes are merged.

    Where both changed the same lines, the file stays as it is, the merge is laid beside it as
    FILE.new, and the exit code is 1. What depends on changed code runs in the next `faucet repro`.
    """
    from pipeline.faucet.scaffold.upgrading import as_document, lines
    from pipeline.faucet.scaffold.upgrading import upgrade as bring_in

    upgraded = bring_in(find_workspace(Path.cwd()), is_dry=is_dry)
    click.echo(
        json.dumps(as_document(upgraded)) if as_json else paragraphs("\n".join(lines(upgraded)))
    )
    if upgraded.conflicts:
        raise UserError(f"{upgraded.conflicts[0]} and the newer template changed the same lines")
