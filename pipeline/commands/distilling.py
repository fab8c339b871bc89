"""The command `faucet embed distill`."""

import json
from pathlib import Path

import click

from pipeline.workspace.workspace import find_workspace


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def distill(*, as_json: bool) -> None:
    """Make a table of word vectors over this base's own vocabulary; needs the extra minilm.

    Every word of the pairs, of the plan and of general English is encoded once by MiniLM; the
    table goes to data/domain/encoders/words.parquet, and the stage embed takes it once params.yaml
    says `embed.model: words.parquet`.
    """
    from pipeline.faucet.distilling import distill_words

    click.echo("encoding every word once: some minutes on one core", err=True)
    made = distill_words(find_workspace(Path.cwd()))
    if as_json:
        click.echo(json.dumps({**made._asdict(), "path": made.path.as_posix()}))
        return
    click.echo(f"{made.words:,} words in {made.path} ({made.size_bytes / 1e6:.1f} MB)")
    click.echo("params.yaml: set embed.model to words.parquet, then `faucet repro`")
