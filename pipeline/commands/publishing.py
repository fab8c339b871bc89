"""The command that brings a checkpoint to others: publish."""

import json
from pathlib import Path

import click

from pipeline.faucet.terminal import one_line, paragraphs
from pipeline.workspace.workspace import find_workspace


@click.command()
@click.argument("address")
@click.option("--dry-run", "is_dry", is_flag=True, help="Say what would go, and send nothing.")
@click.option(
    "--without", multiple=True, metavar="PATTERN", help="What stays here: rag.sqlite, training."
)
@click.option("--private", "is_private", is_flag=True, help="A new repository of the Hub is yours.")
@click.option("--keep-secrets", is_flag=True, help="Also where credentials stand in texts.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def publish(
    address: str,
    *,
    without: tuple[str, ...],
    is_dry: bool,
    is_private: bool,
    keep_secrets: bool,
    as_json: bool,
) -> None:
    """Publish the data set of the last checkpoint to ADDRESS; only what changed is sent.

    ADDRESS is hf:ORG/NAME (the Hugging Face Hub), folder:PATH, or the address of a store that DVC
    speaks to: s3://BUCKET/PATH, remote://NAME/PATH. Data card, Croissant description and the
    checkpoint's mark go along; at the Hub the commit is tagged with the checkpoint.
    """
    from pipeline.faucet.publishing.bundle import bundle
    from pipeline.faucet.publishing.publish import lines, plan
    from pipeline.faucet.publishing.publish import publish as bring
    from pipeline.faucet.publishing.target import target_of

    workspace = find_workspace(Path.cwd())
    target = target_of(workspace, address, is_private=is_private)
    bundled = bundle(workspace, without=without, keep_secrets=keep_secrets)
    done = plan(bundled, target) if is_dry else bring(bundled, target)
    if as_json:
        click.echo(json.dumps(done.as_json(), sort_keys=True))
        return
    for line in lines(done):
        click.echo(paragraphs(line))
    if is_dry:
        click.echo("nothing was sent: a dry run")
    elif done.where:
        click.echo(f"checkpoint {bundled.short}: {one_line(str(done.where))}")
