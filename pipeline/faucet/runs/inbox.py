"""Inboxes brought in, never while a run reads the deliveries."""

import os
from collections.abc import Callable
from pathlib import Path

from pipeline.core.errors import UserError
from pipeline.deliveries.beside import MAPPING_NAME
from pipeline.deliveries.landing import Landed, LandingLimits, land
from pipeline.deliveries.offered import UNFINISHED
from pipeline.deliveries.stored import AGENT_NAME, landed
from pipeline.faucet.removed import removed_in
from pipeline.faucet.runs.waiting import bring_in_waiting, landing_place
from pipeline.faucet.settings import read_settings
from pipeline.workspace.layout import (
    DELIVERIES,
    INBOX,
    SETTINGS,
    WAITING_DELIVERIES,
)
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
    bring_in_waiting(root)
    bounds, removed = bounds_of(root), removed_in(root)
    return list(land(inbox_of(root), root / DELIVERIES, move=True, bounds=bounds, removed=removed))


def inbox_of(root: Workspace) -> Path:
    """Return the folder where agents drop files, made where it is not there yet."""
    inbox = root / INBOX
    inbox.mkdir(parents=True, exist_ok=True)
    return inbox


def unlanded(workspace: Workspace) -> list[Path]:
    """Return the files that wait in the inboxes, or for the end of a run, and could land now."""
    waiting = [one.path for one in landed(workspace / WAITING_DELIVERIES)]
    return waiting + sorted(
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
    """Return what one landing takes: integrate.max_delivery_mb a file, `landing` of faucet.yaml.

    Raises UserError where one of the two cannot be read.
    """
    largest_mb = read_params(workspace)["integrate"]["max_delivery_mb"]
    limits = LandingLimits(max_bytes=largest_mb * _BYTES_PER_MB)
    of_drop = read_settings(workspace).landing if os.path.lexists(workspace / SETTINGS) else {}
    if "max_total_mb" in of_drop:
        limits = limits._replace(max_total_bytes=of_drop["max_total_mb"] * _BYTES_PER_MB)
    return limits._replace(max_files=of_drop.get("max_files", limits.max_files))


def land_file(root: Workspace, path: Path, agent: str, *, move: bool) -> Landed:
    """Land one whole file as a delivery of agent, without waiting for a run that is going on.

    The caller has written it to its end: no quiet time is asked for. Raises UserError where agent
    is no name of one, or path is no file.
    """
    bounds, removed = bounds_of(root)._replace(quiet_s=0), removed_in(root)
    if not path.is_file():
        raise UserError(f"{path} is no file")
    with landing_place(root) as store:
        (found,) = land(path, store, agent=agent, move=move, bounds=bounds, removed=removed)
    return found
