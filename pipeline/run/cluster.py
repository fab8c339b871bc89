"""A Ray cluster that stages run on: joined without its words, asked again when it loses a node.

ray is imported where it is needed: it is an extra, and most workspaces run in one process.
"""

import logging
import os
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

import click
import daft

from pipeline.core.errors import UserError
from pipeline.core.extras import of_extra
from pipeline.core.text import counted

_ATTEMPTS = 3
_NOTICED_WITHIN_S = 10
"""How long a cluster may take to notice that a node is gone."""


def join(address: str | None) -> None:
    """Have Daft run on the Ray cluster at address, or on one made on this machine.

    What its nodes write stays in Ray's own logs. Raises UserError where Ray is not installed.
    """
    with of_extra("ray", "params.yaml: engine.runner: ray"):
        import ray  # noqa: PLC0415 - an extra
    if not ray.is_initialized():
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    daft.set_runner_ray()


def surviving(stage: str, run: Callable[[], None]) -> None:
    """Call run, and once more from its inputs each time that it fails because a node was lost.

    Daft gives what a lost node was doing to the others. What it had done lay in its memory, and a
    query that needs it fails; a stage has written nothing by then or writes it anew, whole, so
    that running it again on the nodes that are left gives the same bytes. Either is said in a line
    on stderr. What nodes cry out comes on stdout, where no stage says anything: it is dropped.
    """
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
        for attempt in range(1, _ATTEMPTS + 1):
            before = _nodes()
            try:
                run()
            except UserError:
                raise
            except Exception:  # Daft has no type for it: what tells is that a node is gone
                if attempt == _ATTEMPTS or not (lost := _noticed(before)):
                    raise
                _say(stage, lost, "the stage starts again on the others")
            else:
                if lost := len(before - _nodes()):
                    _say(stage, lost, "the others did its work")
                return


def _say(stage: str, lost: int, what: str) -> None:
    click.echo(f"{stage}: {counted(lost, 'node')} of the cluster lost: {what}", err=True)


def _noticed(before: set[str]) -> int:
    """Return how many nodes are gone, as soon as the cluster has noticed one."""
    until = time.monotonic() + _NOTICED_WITHIN_S
    while not (lost := before - _nodes()) and time.monotonic() < until:
        time.sleep(1 / 4)
    return len(lost)


def _nodes() -> set[str]:
    """Return the ids of the nodes that are alive."""
    import ray  # noqa: PLC0415 - an extra

    found = ray.nodes()  # type: ignore[no-untyped-call]  # Ray gives it no types
    return {node["NodeID"] for node in found if node["Alive"]}
