"""`python -m pipeline.generate`: write the starter's deliveries; the only place that writes."""

from pathlib import Path

import click

from pipeline.core.errors import UserError
from pipeline.core.extras import of_extra


@click.command()
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder that gets one folder per agent.",
)
@click.option("--agent", default="droid", show_default=True, help="Who delivers most files.")
@click.option(
    "--second-agent", default="claude_code", show_default=True, help="Who delivers the others."
)
@click.option("--seed", default=20251001, show_default=True, type=click.IntRange(min=0))
@click.option("--per-indicator", default=14, show_default=True, type=click.IntRange(1, 200))
def generate(out: Path, agent: str, second_agent: str, seed: int, per_indicator: int) -> None:
    """Write deliveries of worked indicator examples, the same bytes for the same options."""
    try:
        with of_extra("examples", "making worked examples"):
            from pipeline.generate.starter import starter  # noqa: PLC0415 - needs what is an extra
    except UserError as fault:
        raise click.ClickException(str(fault)) from None
    for made in starter(agent, second_agent, seed=seed, pairs_per_indicator=per_indicator):
        path = out / made.agent / made.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made.text, encoding="utf-8", newline="\n")
        click.echo(f"{made.agent}/{made.name}")


if __name__ == "__main__":
    generate(prog_name="python -m pipeline.generate")
