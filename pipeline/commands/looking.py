"""The commands that look into the data set and decide on it: ask, trace, dup, review."""

import json
import sys
from pathlib import Path

import click

from pipeline.core.errors import UserError
from pipeline.workspace.workspace import find_workspace

_FILE = click.Path(dir_okay=False, path_type=Path)
_OLD_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("question")
@click.option("--limit", default=5, show_default=True, type=click.IntRange(1, 100))
@click.option("--category", help="Only pairs of this category.")
@click.option("--group", help="Only pairs of this group: a category, or the group of their topic.")
@click.option("--indicator", help="Only pairs of this entry of the plan.")
@click.option("--agent", help="Only pairs that this agent delivered.")
@click.option("--difficulty", help="Only pairs of this difficulty, as delivered.")
@click.option("--split", help="Only pairs of this split, or in none: waiting, withheld ...")
@click.option(
    "--min-score",
    type=click.FloatRange(0, 1),
    help="How close a pair must be, 0-1; 0 shows the best whatever was asked.",
)
@click.option("--explain", is_flag=True, help="Say which words and vectors brought each hit.")
@click.option("--json", "as_json", is_flag=True, help="Print the hits as one JSON array.")
def ask(
    question: str,
    limit: int,
    min_score: float | None,
    *,
    explain: bool,
    as_json: bool,
    **filters: str | None,
) -> None:
    """Find the pairs that answer QUESTION best, by its words and by its sense.

    Misspelt words are looked for as the data set spells them. Where no pair is close, none is
    shown.
    """
    from rich.console import Console

    from pipeline.faucet.asking import ask as find
    from pipeline.rag.filters import Filters
    from pipeline.rag.rendering import render_hits

    workspace = find_workspace(Path.cwd())
    hits = find(workspace, question, limit=limit, filters=Filters(**filters), min_score=min_score)
    if as_json:
        click.echo(json.dumps([hit._asdict() for hit in hits], sort_keys=True))
    else:
        Console().print(render_hits(hits, is_explained=explain))


@click.command()
@click.argument("pair_id")
@click.option("--json", "as_json", is_flag=True, help="Print the whole trace as one JSON object.")
def trace(pair_id: str, *, as_json: bool) -> None:
    """Follow a pair from its delivery to its end.

    Where it came from, what was decided about it at each stage and why, where it ended. The
    start of a PAIR_ID is enough, from 6 hex digits on.
    """
    from rich.console import Console

    from pipeline.faucet.trace.tracing import as_json as to_json
    from pipeline.faucet.trace.tracing import trace as follow
    from pipeline.faucet.trace.view import render_trace
    from pipeline.store.words import read_nouns

    workspace = find_workspace(Path.cwd())
    report = follow(workspace, pair_id)
    if as_json:
        click.echo(json.dumps(to_json(report), sort_keys=True))
    else:
        Console().print(render_trace(report, read_nouns(workspace)))


@click.command()
@click.argument("pair_id")
@click.option("--json", "as_json", is_flag=True, help="Print the decisions as one JSON object.")
def dup(pair_id: str, *, as_json: bool) -> None:
    """Show the duplicate decisions about a pair, with their evidence.

    The start of a PAIR_ID is enough, from 6 hex digits on.
    """
    from rich.console import Console

    from pipeline.faucet.trace.duplicates import duplicates
    from pipeline.faucet.trace.view import render_duplicates

    report = duplicates(find_workspace(Path.cwd()), pair_id)
    if as_json:
        click.echo(json.dumps(report, sort_keys=True))
    else:
        Console().print(render_duplicates(report))


@click.command()
@click.argument("pair_id", required=False)
@click.argument("other_id", required=False)
@click.option("--who", help="Who decides; else git's user.name.")
@click.option("--only", type=click.Choice(["pairs", "proposals"]), help="One kind of item.")
@click.option("--export", "target", type=_FILE, help="Write what is open as CSV for a spreadsheet.")
@click.option(
    "--form",
    type=click.Choice(["csv", "argilla", "label-studio"]),
    default="csv",
    show_default=True,
    help="What --export writes: JSON is for an annotation tool.",
)
@click.option("--import", "source", type=_OLD_FILE, help="Take the verdicts of such a file.")
@click.option(
    "--withdraw", "is_withdrawal", is_flag=True, help="Take a verdict back: the rules decide."
)
@click.option(
    "--bulk",
    "conditions",
    multiple=True,
    metavar="FIELD=VALUE",
    help="All that have this rule, agent, delivery, flag or cluster; several must all hold.",
)
@click.option("--verdict", help="With --bulk: the verdict on each of them.")
@click.option("--yes", "is_sure", is_flag=True, help="With --bulk: write it, not only show it.")
@click.option("--agreement", "is_agreement", is_flag=True, help="Show how rules and people agree.")
@click.option(
    "--json", "as_json", is_flag=True, help="One JSON object a line of what is open, or one."
)
def review(
    pair_id: str | None,
    other_id: str | None,
    who: str | None,
    only: str | None,
    target: Path | None,
    form: str,
    source: Path | None,
    conditions: tuple[str, ...],
    verdict: str | None,
    *,
    is_withdrawal: bool,
    is_agreement: bool,
    is_sure: bool,
    as_json: bool,
) -> None:
    """Decide on flagged pairs and proposed merges.

    One key is a verdict, e edits a pair; with PAIR_ID, on that pair alone. Verdicts go to
    data/reviews/verdicts.csv at once and win over the rules in the next run. In a spreadsheet,
    fill in verdict (accept, reject; merge, keep_apart, keep_both, better_of_rerun; withdraw) and
    note; annotation tools take and give the same by --form (docs/exchange.md). --bulk shows what
    one verdict on many changes, with a sample to read; --yes writes it.
    --withdraw takes the verdict on PAIR_ID back, with OTHER_ID the one on the two. Exit code 1
    when an import has a row that is wrong.
    """
    from pipeline.faucet.review import command

    root = find_workspace(Path.cwd())
    chosen = (target, source, conditions, is_withdrawal, is_agreement)
    if sum(map(bool, chosen)) > 1:
        forms = "--export, --import, --bulk, --withdraw and --agreement"
        raise UserError(f"{forms} are said one at a time")
    if (verdict or is_sure) and not conditions:
        raise UserError("--verdict and --yes are for --bulk FIELD=VALUE")
    if (is_withdrawal and not pair_id) or (other_id and not is_withdrawal):
        raise UserError("--withdraw PAIR_ID [OTHER_ID] takes ids; a second id is for it alone")
    if conditions:
        command.decide_in_bulk(root, conditions, verdict, who, sure=is_sure)
    elif is_agreement:
        command.agree(root, as_json=as_json)
    elif is_withdrawal and pair_id:
        command.take_back(root, pair_id, other_id, who)
    elif source is not None:
        sys.exit(command.take(root, source, who, as_json=as_json))
    elif target is not None:
        command.export(root, target, form, pair_id, only, as_json=as_json)
    elif as_json:
        command.list_open(root, pair_id, only)
    else:
        command.walk(root, pair_id, only, who)
