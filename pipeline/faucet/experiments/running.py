"""`dvc exp run` with params that are checked first and written in their place.

DVC's own -S reads values only once outputs are gone, and writes params.yaml anew. Here a value
that is not allowed leaves every byte of the workspace as it was, and one that is changes nothing
but itself.
"""

from collections.abc import Sequence
from typing import Any

import click

from pipeline.core.errors import INTERRUPTED
from pipeline.faucet.experiments.asked import Asked, asked
from pipeline.faucet.experiments.losses import refuse_losses
from pipeline.faucet.runs.repro import Run, behind_lock
from pipeline.params.editing import with_value, with_values
from pipeline.params.yaml_text import parse_yaml
from pipeline.store.atomic import write_bytes
from pipeline.workspace.layout import PARAMS
from pipeline.workspace.params import checked, params_schema
from pipeline.workspace.workspace import Workspace


def experiment(workspace: Workspace, arguments: Sequence[str]) -> Run:
    """Run `dvc exp run` with arguments in workspace; return how the last run ended.

    Raises UserError for values that are not allowed, for what a copy of the workspace would lack
    (--queue, --temp), and for options that hang; nothing is touched then.
    """
    wanted = asked(arguments)
    if wanted.apart:
        refuse_losses(workspace, wanted.apart)
    for changes in wanted.changes:
        edited_params(workspace, changes)
    for changes in wanted.changes or ({},):
        ended = _run(workspace, wanted, changes)
        if ended.exit_code:
            break
    if ended.exit_code not in (0, INTERRUPTED) and not wanted.apart:
        click.echo(
            "faucet: the experiment failed; `faucet exp --back` returns to the last commit",
            err=True,
        )
    return ended


def edited_params(workspace: Workspace, changes: dict[str, Any]) -> bytes:
    """Return params.yaml with other values; raises UserError where they are not allowed."""
    content = (workspace / PARAMS).read_bytes()
    values = parse_yaml(content, PARAMS.name)
    for key, value in changes.items():
        values = with_value(values, key, value)
    checked(values, params_schema(workspace))
    return with_values(content, changes, PARAMS.name)


def _run(workspace: Workspace, wanted: Asked, changes: dict[str, Any]) -> Run:
    """Run one experiment; one in a copy leaves params.yaml of the workspace as it was."""
    before: list[bytes] = []

    def edited() -> bytes:
        before.append((workspace / PARAMS).read_bytes())
        return edited_params(workspace, changes)

    try:
        return behind_lock(workspace, ["exp", "run", *wanted.options], edited)
    finally:
        if wanted.apart and before and changes:
            write_bytes(workspace / PARAMS, before[0])
