"""A workspace: the clone that a person or an agent works in."""

import shutil
import subprocess
from pathlib import Path

from pipeline.core.errors import UserError
from pipeline.core.text import counted
from pipeline.deliveries.landing import AGENT_NAME, MAPPING_NAME, UNFINISHED
from pipeline.store.dag import Dag

DELIVERIES = Path("data/deliveries")
INBOX = Path("data/inbox")
LOCK = Path("dvc.lock")


def find_root(start: Path) -> Path:
    """Return the nearest folder from start upwards that holds dvc.yaml and params.yaml.

    Raises UserError where there is none.
    """
    for folder in (start, *start.parents):
        if (folder / "dvc.yaml").is_file() and (folder / "params.yaml").is_file():
            return folder
    raise UserError(f"{start} is in no workspace: no dvc.yaml here or above")


def git(root: Path, *arguments: str) -> str:
    """Return what a git command prints on stdout; raises UserError with its words when it fails."""
    done = subprocess.run(  # noqa: S603 - an argument list, no shell
        ["git", *arguments],  # noqa: S607 - git is found where the user has it
        cwd=root,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise UserError(f"git {arguments[0]}: {' '.join(done.stderr.split()) or 'failed'}")
    return done.stdout


def unlanded(root: Path) -> list[Path]:
    """Return the files that wait in the inboxes and could land now."""
    inbox = root / INBOX
    return sorted(
        path
        for folder in inbox.glob("*/")
        if AGENT_NAME.fullmatch(folder.name)
        for path in folder.rglob("*")
        if path.is_file()
        and not path.is_symlink()
        and not path.name.startswith(".")
        and not path.name.endswith(UNFINISHED)
        and path.name != MAPPING_NAME.decode()
    )


def start_fresh(root: Path, *, force: bool) -> list[str]:
    """Remove all deliveries, outputs and metrics; return what was removed, one line each.

    Raises UserError where deliveries would be lost that git does not hold, unless force.
    """
    at_risk = git(root, "status", "--porcelain", "--", str(DELIVERIES)).splitlines()
    if at_risk and not force:
        told = counted(len(at_risk), "change")
        raise UserError(f"{DELIVERIES} has {told} that git does not hold: commit, or use --force")
    removed = []
    for path in [*sorted((root / DELIVERIES).glob("*/")), *_outputs(root)]:
        if not path.exists():
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
        removed.append(path.relative_to(root).as_posix())
    return removed


def _outputs(root: Path) -> list[Path]:
    dag = Dag(root)
    wirings = [dag.stage(name) for name in dag.names]
    made = {path for wiring in wirings for path in (*wiring.outs, wiring.metrics)}
    return [root / path for path in sorted({*made, LOCK})]
