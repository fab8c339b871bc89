"""Deliveries that came while a run read the others: safe under their names, and not yet among them.

A run must not see deliveries come, and who brings one must not wait for a run. So it lands beside
them, by all rules of landing, and is brought in under the same name once the run has ended.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.deliveries.beside import put_beside
from pipeline.deliveries.copies import Copy, copied, settle, sweep
from pipeline.deliveries.stored import Stored, landed, mapping_path
from pipeline.faucet.runs.fetching import fetch_inputs
from pipeline.workspace.layout import DELIVERIES, WAITING_DELIVERIES, WAITING_LOCK
from pipeline.workspace.locks import file_lock, try_run_lock
from pipeline.workspace.workspace import Workspace


@contextmanager
def landing_place(root: Workspace) -> Iterator[Path]:
    """Hold and yield the folder into which deliveries may land now, without waiting for a run.

    While one goes on that is the waiting room beside the deliveries: whoever has the run lock next
    brings in what is there, under the same names (bring_in_waiting).
    """
    with try_run_lock(root) as is_free:
        if is_free:
            bring_in_waiting(root)
            yield root / DELIVERIES
            return
    with file_lock(root, WAITING_LOCK):
        yield root / WAITING_DELIVERIES


def bring_in_waiting(root: Workspace) -> list[Stored]:
    """Bring in what landed while a run read the deliveries; the caller holds the run lock."""
    fetch_inputs(root)
    if not (root / WAITING_DELIVERIES).is_dir():
        return []
    with file_lock(root, WAITING_LOCK):
        return bring_in(root / WAITING_DELIVERIES, root / DELIVERIES)


def bring_in(waiting: Path, deliveries: Path) -> list[Stored]:
    """Move the deliveries that landed in waiting to the others, and return them as they waited.

    Interrupted anywhere, each is whole in one of the two places, and the next call ends it. Bytes
    that are there already go; what would take another delivery's name stays where it waits.
    """
    there = landed(waiting)
    for agent in sorted({one.agent for one in there}):
        folder = deliveries / agent
        folder.mkdir(parents=True, exist_ok=True)
        sweep(folder)
        own = [one for one in there if one.agent == agent]
        for one in own:
            mapping = mapping_path(one.path)
            if mapping.is_file():
                put_beside(folder / one.delivery, mapping.read_bytes())
        settle(list(_copies(own, folder)), move=True)
        for one in own:
            if not one.path.exists():
                mapping_path(one.path).unlink(missing_ok=True)
    return there


def _copies(waiting: list[Stored], folder: Path) -> Iterator[Copy]:
    for one in waiting:
        with one.path.open("rb") as content:
            state = os.fstat(content.fileno())
            path, name = os.fsencode(one.path), one.delivery.encode()
            made = copied(content.fileno(), state, path, name, folder)
        if isinstance(made, Copy):  # else there is no room, and the next call finds some
            yield made._replace(stored=one.delivery)
