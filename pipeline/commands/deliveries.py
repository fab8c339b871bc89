"""The commands that bring in and take out: check, land, remove, fresh, receipts."""

import json
import os
import sys
from itertools import chain
from pathlib import Path

import click

from pipeline.core.errors import UserError
from pipeline.core.text import counted
from pipeline.faucet.terminal import one_line
from pipeline.workspace.layout import DELIVERIES, INBOX
from pipeline.workspace.workspace import find_workspace


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE [FILE]..."
)
@click.option("--agent", help="Who would deliver.")
@click.option("--task", "task_id", help="A queued task that the pairs are to count for.")
@click.option("--map", "maps", multiple=True, metavar="ROLE=KEY", help="What a key or column is.")
@click.option("--encoding", help="What the files' text is written in, where it is not UTF-8.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a file.")
def check(
    files: tuple[Path, ...],
    agent: str | None,
    task_id: str | None,
    maps: tuple[str, ...],
    encoding: str | None,
    *,
    as_json: bool,
) -> None:
    """Say what would become of FILEs if they were delivered; nothing lands, nothing runs.

    What would be accepted, repeated and quarantined, with places; of every pair its score, its
    flags, the nearest pair of the data set, and whether it would count for a task. With --task, of
    each of its gates whether all FILEs together would reach it, and what would lift it. Exit code 0
    when nothing is to be mended and no pair is flagged (with --task: all count besides), 1
    otherwise.
    """
    os.environ.setdefault("DAFT_RUNNER", "native")  # looking for Ray takes longer than the check
    from pipeline.deliveries.mapping import from_options
    from pipeline.faucet.checking.check import check as examine
    from pipeline.faucet.checking.view import gate_lines, lines

    mapping = from_options(maps, encoding)
    workspace = find_workspace(Path.cwd())
    checked = examine(workspace, files, agent=agent, mapping=mapping, task_id=task_id)
    for file in checked:
        click.echo(
            json.dumps(file.as_json(), sort_keys=True) if as_json else "\n".join(lines(file))
        )
    if not as_json:
        for line in gate_lines(checked[0].gates or ()):
            click.echo(line)
    sys.exit(0 if all(file.is_clean for file in checked) else 1)


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--agent", help="Who delivered; else a folder's first level names the agent.")
@click.option("--map", "maps", multiple=True, metavar="ROLE=KEY", help="What a key or column is.")
@click.option("--encoding", help="What the files' text is written in, where it is not UTF-8.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a file.")
def land(
    paths: tuple[Path, ...],
    agent: str | None,
    maps: tuple[str, ...],
    encoding: str | None,
    *,
    as_json: bool,
) -> None:
    """Bring files or folders in as deliveries; without PATHS, what waits in data/inbox.

    Files are copied under safe, immutable names; from the inbox they are moved. Links, pipes,
    hidden and half-written files stay where they are and are named. Bytes that were removed
    (`faucet remove`) do not land again. Exit code 1 when anything did not land.
    `--map question=Frage --map answer=Antwort`, or a mapping.yaml beside the files, says which
    keys hold what where the files use words of their own.
    """
    from pipeline.deliveries.landing import LEFT_REASONS
    from pipeline.deliveries.landing import land as bring_in
    from pipeline.deliveries.mapping import from_options
    from pipeline.faucet.removed import removed_in
    from pipeline.faucet.runs.inbox import bounds_of, inbox_of
    from pipeline.faucet.runs.reporting import reporting
    from pipeline.faucet.runs.waiting import bring_in_waiting
    from pipeline.workspace.locks import run_lock

    mapping = from_options(maps, encoding)
    root = find_workspace(Path.cwd())
    for missing in (path for path in paths if not path.exists()):
        raise UserError(f"{missing} does not exist; nothing was brought in")
    inbox = (root / INBOX).resolve()
    landed = left = again = gone = 0
    with run_lock(root), reporting(root, "land") as reporter:  # a run must not see deliveries come
        bring_in_waiting(root)
        items = (
            bring_in(
                source,
                root / DELIVERIES,
                agent=agent,
                move=source.resolve().is_relative_to(inbox),
                bounds=bounds_of(root),
                mapping=mapping,
                removed=removed_in(root),
            )
            for source in paths or (inbox_of(root),)
        )
        for item in chain.from_iterable(items):
            landed, gone = landed + item.is_new, gone + (item.removal is not None)
            left += item.stored is None and item.removal is None
            again += item.stored is not None and not item.is_new
            reporter.count(f"land: {counted(landed + left + again + gone, 'file')}")
            if as_json:
                click.echo(json.dumps(item._asdict(), sort_keys=True))
            elif item.removal is not None:
                reporter.line(f"not landed: {item.source}: {item.removal}")
            elif item.reason is not None:
                reporter.line(f"left: {item.source}: {LEFT_REASONS[item.reason]}")
    if not as_json:
        known = f", {counted(again, 'file')} known already" if again else ""
        known += f", {counted(gone, 'file')} removed before" if gone else ""
        stayed = f", {counted(left, 'file')} left where they are" if left else ""
        click.echo(f"{counted(landed, 'file')} landed{known}{stayed}")
    sys.exit(1 if left or gone else 0)


@click.command()
@click.argument("delivery", required=False)
@click.option("--agent", help="Whose delivery, where several begin alike.")
@click.option("--reason", default="", help="Why, in one line; its agent's receipt says it.")
@click.option("--undo", "is_undo", is_flag=True, help="Take it back into the data set.")
@click.option("--who", help="Who decides; else git's user.name.")
@click.option("--json", "as_json", is_flag=True, help="Print the entry as one JSON object.")
def remove(
    delivery: str | None,
    agent: str | None,
    reason: str,
    who: str | None,
    *,
    is_undo: bool,
    as_json: bool,
) -> None:
    """Take DELIVERY out of the data set; without one, list what is out.

    The start of its stored name or digest is enough, from 6 characters on. The next run leaves it
    out, its file and history stay, and the same bytes do not land again. --undo takes it back.
    """
    from pipeline.faucet.verdicts import removing
    from pipeline.faucet.verdicts.book import reviewer

    root = find_workspace(Path.cwd())
    if delivery is None:
        if is_undo or agent or reason:
            raise UserError("name the DELIVERY; without one, `faucet remove` lists what is out")
        found = [entry._asdict() for entry in removing.removals(root)]
        rows = [f"{'/'.join(entry.place)} {entry.because}" for entry in removing.removals(root)]
        click.echo(json.dumps(found) if as_json else "\n".join(rows) or "no delivery is removed")
        return
    change = removing.undo if is_undo else removing.remove
    entry = change(root, removing.Meant(delivery, agent), reviewer(root, who), reason)
    if as_json:
        click.echo(json.dumps(entry._asdict(), sort_keys=True))
        return
    what = "takes part again" if is_undo else "is out of the data set"
    click.echo(f"{'/'.join(entry.place)} {what} from the next run on: `faucet repro`")


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
        click.echo(f"removed {one_line(str(path))}")
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
