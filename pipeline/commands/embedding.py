"""The commands around encoders: embed and what stands below it."""

import click

from pipeline.commands.distilling import distill
from pipeline.commands.program import Program


@click.group(cls=Program)
def embed() -> None:
    """Make what vectors are made of."""


embed.add_command(distill)
