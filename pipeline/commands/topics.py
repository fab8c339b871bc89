"""The command `faucet topics`."""

import json
from pathlib import Path

import click

from pipeline.workspace.workspace import find_workspace

_SHOWN_CHARS = 70


@click.command()
@click.option("--write", is_flag=True, help="Append them to topics.csv, each as a proposal.")
@click.option("--json", "as_json", is_flag=True, help="Print the topics as one JSON array.")
def topics(*, write: bool, as_json: bool) -> None:
    """List the topics of deliveries that no group has yet, and the nearest group of each.

    A pair belongs to the category of its entry in the plan, else to the group that
    data/domain/topics.csv gives its topic. What --write appends there places nothing until you
    empty the cell status of its row; change the group first where it is wrong, or write `none`.
    """
    from pipeline.core.text import counted, excerpt
    from pipeline.faucet.terminal import one_line
    from pipeline.faucet.topics import propose_groups, unlisted_topics
    from pipeline.workspace.layout import TOPICS

    workspace = find_workspace(Path.cwd())
    found = unlisted_topics(workspace)
    written = propose_groups(workspace, found) if write else 0
    if as_json:
        click.echo(json.dumps([one._asdict() for one in found], sort_keys=True))
    for one in () if as_json else found:
        near = "no group to compare with"
        if one.group is not None:
            like = excerpt(one_line(one.like or ""), _SHOWN_CHARS)
            near = f"{one_line(one.group)}? {one.closeness:.2f} like {like}"
        mark = ", proposed" if one.is_proposed else ""
        topic = excerpt(one_line(one.topic), _SHOWN_CHARS)
        click.echo(f"{one.pairs:>7,}  {topic}: {near}{mark}")
    if not found and not as_json:
        click.echo("every topic has a group")
    if write:
        click.echo(f"{counted(written, 'proposal')} appended to {TOPICS}", err=True)
