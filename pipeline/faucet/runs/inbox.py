"""Inboxes brought in, never while a run reads the deliveries."""

from collections.abc import Callable
from pathlib import Path

from pipeline.deliveries.landing import Landed, land
from pipeline.faucet.run_lock import run_lock, try_run_lock
from pipeline.faucet.workspace import DELIVERIES, INBOX, unlanded


def land_inbox(root: Path, watch: Callable[[], None] = lambda: None) -> list[Landed]:
    """Move what waits in the inboxes below root to the deliveries; return what became of each.

    Waits for a run that is going on: a file that landed in the middle of one would be recorded
    as read by stages that never saw it. watch can end the waiting (run_lock).
    """
    with run_lock(root, is_told=False, watch=watch):
        return _land(root)


def land_if_free(root: Path) -> list[Landed]:
    """Do the same where something waits and no run goes on; else leave it for the next time."""
    if not unlanded(root):
        return []
    with try_run_lock(root) as is_held:
        return _land(root) if is_held else []


def _land(root: Path) -> list[Landed]:
    (root / INBOX).mkdir(parents=True, exist_ok=True)
    return list(land(root / INBOX, root / DELIVERIES, move=True))
