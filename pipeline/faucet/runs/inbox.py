"""Inboxes brought in, never while a run reads the deliveries."""

from collections.abc import Callable
from pathlib import Path

from pipeline.deliveries.beside import MAPPING_NAME
from pipeline.deliveries.landing import UNFINISHED, Landed, LandingLimits, land
from pipeline.deliveries.stored import AGENT_NAME
from pipeline.faucet.removed import removed_in
from pipeline.workspace.layout import DELIVERIES, INBOX
from pipeline.workspace.locks import run_lock, try_run_lock
from pipeline.workspace.params import read_params
from pipeline.workspace.workspace import Workspace

_BYTES_PER_MB = 1_000_000


def land_inbox(root: Workspace, watch: Callable[[], None] = lambda: None) -> list[Landed]:
    """Move what waits in the inboxes below root to the deliveries; return what became of each.

    Waits for a run that is going on: a file that landed in the middle of one would be recorded
    as read by stages that never saw it. watch can end the waiting (run_lock).
    """
    with run_lock(root, is_announced=False, watch=watch):
        return _land(root)


def land_if_free(root: Workspace) -> list[Landed]:
    """Do the same where something waits and no run goes on; else leave it for the next time."""
    if not unlanded(root):
        return []
    with try_run_lock(root) as is_held:
        return _land(root) if is_held else []


def _land(root: Workspace) -> list[Landed]:
    bounds, removed = bounds_of(root), removed_in(root)
    return list(land(inbox_of(root), root / DELIVERIES, move=True, bounds=bounds, removed=removed))


def inbox_of(root: Workspace) -> Path:
    """Return the folder where agents drop files, made where it is not there yet."""
    inbox = root / INBOX
    inbox.mkdir(parents=True, exist_ok=True)
    return inbox


def unlanded(workspace: Workspace) -> list[Path]:
    """Return the files that wait in the inboxes and could land now."""
    return sorted(
        path
        for folder in (workspace / INBOX).glob("*/")
        if AGENT_NAME.fullmatch(folder.name)
        for path in folder.rglob("*")
        if path.is_file()
        and not path.is_symlink()
        and not path.name.startswith(".")
        and not path.name.endswith(UNFINISHED)
        and path.name != MAPPING_NAME.decode()
    )


def bounds_of(workspace: Workspace) -> LandingLimits:
    """Return what one landing takes in a workspace: integrate.max_delivery_mb a file."""
    largest_mb = read_params(workspace)["integrate"]["max_delivery_mb"]
    return LandingLimits(max_bytes=largest_mb * _BYTES_PER_MB)
