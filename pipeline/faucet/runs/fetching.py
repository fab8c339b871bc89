"""Inputs that DVC holds and a clone lacks: brought in before a run or a landing needs them."""

import click

from pipeline.core.errors import UserError
from pipeline.faucet.runs.apart import dvc_apart, last_words
from pipeline.workspace.layout import stand_in
from pipeline.workspace.workspace import Workspace


def fetch_inputs(root: Workspace) -> None:
    """Have DVC bring the inputs that only their stand-ins are here of, from its cache or remote.

    A stand-in (`data/deliveries.dvc`) beside a folder with new files alone would soon name those
    alone, so that whoever lands into a fresh clone needs the others, too. What is there is never
    touched. Raises UserError where DVC cannot bring one: nothing ran and nothing landed.
    """
    for path in root.offloaded:
        if (root / path).exists():
            continue
        held = stand_in(path).as_posix()
        click.echo(f"faucet: {path.as_posix()} is not here yet: `dvc pull {held}`", err=True)
        ended = dvc_apart(root, ("pull", held))
        if ended.exit_code:
            raise UserError(
                f"{path.as_posix()} is not here, and no remote of DVC gave it"
                f" ({last_words(ended.tail)}): `dvc pull {held}` brings it, once .dvc/config or"
                " .dvc/config.local names a remote that has it (`dvc remote add`, docs/scale.md)"
            )
