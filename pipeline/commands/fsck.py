"""The command that reads every byte: fsck."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.core.text import counted
from pipeline.workspace.workspace import find_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.faucet.fsck.checking import Kind


@click.command()
@click.option("--repair", is_flag=True, help="Bring back what can be brought back.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a kind of files.")
def fsck(*, repair: bool, as_json: bool) -> None:
    """Read every byte and name what is damaged, one line a kind of files.

    Compared are digests, kept copies and commits. Exit code 1 while anything is damaged.
    """
    from pipeline.faucet.fsck.checking import check
    from pipeline.faucet.runs.reporting import reporting

    root = find_workspace(Path.cwd())
    is_whole = True
    with reporting(root, "fsck"):
        kinds = list(check(root, repair=repair))
    for kind in kinds:
        is_whole = is_whole and kind.is_whole
        if as_json:
            damaged = [one._asdict() for one in kind.damaged]
            click.echo(json.dumps({**kind._asdict(), "damaged": damaged}, sort_keys=True))
        else:
            click.echo("\n".join(_lines(kind)))
    sys.exit(0 if is_whole else 1)


def _lines(kind: "Kind") -> "Iterator[str]":
    from pipeline.faucet.terminal import one_line

    state = f"{len(kind.damaged):,} damaged" if kind.damaged else "whole"
    yield f"{kind.kind:<11}{counted(kind.files, 'file'):<14}{state}"
    for one in kind.damaged:
        done = f"mended: {one.mended}" if one.mended else one.hint
        yield "  " + one_line(f"{one.path}: {one.fault}{'; ' if done else ''}{done}")
