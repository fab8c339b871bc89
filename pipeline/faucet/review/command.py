"""`faucet review`: what each of its forms reads and prints."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console

from pipeline.core.errors import UserError
from pipeline.core.text import counted
from pipeline.faucet.review.agreement import agreement
from pipeline.faucet.review.agreement_view import render_agreement
from pipeline.faucet.review.bulk import conditions_of, prepare_bulk, write_bulk
from pipeline.faucet.review.exchange import FORMS, export_records
from pipeline.faucet.review.items import Item, Kind, items_of, open_items
from pipeline.faucet.review.session import Desk, review
from pipeline.faucet.review.spreadsheet import export_items, import_verdicts
from pipeline.faucet.review.view import bulk_lines, render_item
from pipeline.faucet.review.withdrawing import withdraw
from pipeline.faucet.terminal import one_line
from pipeline.faucet.verdicts.book import reviewer
from pipeline.reviews.records import OF_ONE, OF_TWO
from pipeline.workspace.workspace import Workspace

_KINDS: dict[str, Kind] = {"pairs": "pair", "proposals": "proposal"}


def walk(workspace: Workspace, pair_id: str | None, only: str | None, who: str | None) -> None:
    """Go through what is open, or through one pair, in the terminal.

    Raises UserError where no terminal is there to read keys from.
    """
    if not sys.stdin.isatty():
        raise UserError("a review needs a terminal; use --export and --import, or --json")
    signs = reviewer(workspace, who)
    items = _items(workspace, pair_id, only)
    console = Console(highlight=False)
    desk = Desk(show=console.print, key=click.getchar, write=_write, edit=_edit)
    written = review(workspace, items, signs, desk)
    done = ", ".join(f"{count} {verdict}" for verdict, count in sorted(written.items()))
    click.echo(f"verdicts written: {done}" if done else "no verdict written")
    if done:
        click.echo("next: `faucet repro` applies them")


def list_open(workspace: Workspace, pair_id: str | None, only: str | None) -> None:
    """Print what is open, or one pair's items, as one JSON object a line."""
    for item in _items(workspace, pair_id, only):
        click.echo(json.dumps(item._asdict(), sort_keys=True))


def export(
    workspace: Workspace,
    target: Path,
    form: str,
    pair_id: str | None,
    only: str | None,
    *,
    as_json: bool,
) -> None:
    """Write what is open as a CSV for a spreadsheet, or as JSON for an annotation tool."""
    items = _items(workspace, pair_id, only)
    rows = export_records(items, target, form) if form in FORMS else export_items(items, target)
    if as_json:
        click.echo(json.dumps({"file": str(target), "rows": rows}, sort_keys=True))
    else:
        done = "answer them there" if form in FORMS else "fill in verdict"
        click.echo(
            f"{counted(rows, 'row')} written to {one_line(str(target))}; {done}, then --import it"
        )


def take(workspace: Workspace, source: Path, who: str | None, *, as_json: bool) -> int:
    """Append the verdicts of a file to the book; return 1 where a row was refused."""
    result = import_verdicts(workspace, source, reviewer(workspace, who))
    if as_json:
        counts = {"taken": len(result.taken), "known": result.known, "left_open": result.left_open}
        click.echo(json.dumps({**counts, "refused": list(result.refused)}, sort_keys=True))
        return 1 if result.refused else 0
    for sentence in result.refused:
        click.echo(f"{source.name} {sentence}", err=True)
    click.echo(
        f"{counted(len(result.taken), 'verdict')} taken, {result.known:,} known already,"
        f" {result.left_open:,} left open, {len(result.refused):,} refused"
    )
    return 1 if result.refused else 0


def decide_in_bulk(
    workspace: Workspace, texts: Sequence[str], verdict: str | None, who: str | None, *, sure: bool
) -> None:
    """Show what one verdict on all open items that meet the conditions changes; write it if sure.

    Raises UserError for conditions or a verdict that are none, and for none at all.
    """
    if not verdict:
        raise UserError(f"--bulk needs --verdict: {', '.join((*OF_ONE, *OF_TWO))}")
    bulk = prepare_bulk(workspace, conditions_of(texts), verdict)
    console = Console(highlight=False)
    for number, item in enumerate(bulk.sample, start=1):
        place = f"sample {number} of {len(bulk.sample)}"
        console.print(render_item(item, place, "", in_full=False))
    for line in bulk_lines(bulk):
        click.echo(line)
    if not sure:
        click.echo(f"nothing is written: --yes writes {counted(len(bulk.items), 'verdict')}")
        return
    written = write_bulk(workspace, bulk, reviewer(workspace, who))
    click.echo(f"{counted(written, 'verdict')} written: {verdict}")
    if written:
        click.echo("next: `faucet repro` applies them")


def take_back(workspace: Workspace, pair_id: str, other_id: str | None, who: str | None) -> None:
    """Withdraw the verdict in force on a pair, or on two."""
    line = withdraw(workspace, pair_id, other_id, reviewer(workspace, who))
    click.echo(f"withdrawn: {line.verdict} of {' and '.join(line.subject)} by {line.who}")
    click.echo("next: `faucet repro` lets the rules decide again")


def agree(workspace: Workspace, *, as_json: bool) -> None:
    """Print how rules and people agree, for people or as one JSON object."""
    report = agreement(workspace)
    if as_json:
        click.echo(json.dumps(report, sort_keys=True))
    else:
        Console().print(render_agreement(report))


def _items(workspace: Workspace, pair_id: str | None, only: str | None) -> list[Item]:
    kind = _KINDS[only] if only else None
    if pair_id is None:
        return open_items(workspace, kind)
    return [item for item in items_of(workspace, pair_id) if kind in (None, item.kind)]


def _write(note: str) -> str:
    written: str = click.prompt("note", default=note, show_default=bool(note))
    return written


def _edit(page: str) -> str:
    edited = click.edit(page, extension=".txt")
    return page if edited is None else edited
