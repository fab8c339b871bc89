"""Checkpoints: the data set at each, and two of them side by side."""

from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import orjson
from starlette.requests import Request
from starlette.responses import Response

from pipeline.core.errors import UserError
from pipeline.desk.index.catalog import fetched
from pipeline.desk.index.facts import limit, scan
from pipeline.desk.site import Site
from pipeline.faucet.checkpoints.history import checkpoints
from pipeline.quality.redaction import redacted
from pipeline.store.metrics import figures_of
from pipeline.workspace.layout import DVC_LOCK, metrics_path
from pipeline.workspace.lock_file import cached, recorded_files, recorded_stages
from pipeline.workspace.workspace import Workspace

KEPT = "kept.parquet"
LISTED = 200
SAMPLE_PAIRS = 10
NOW = "workspace"
"""The name of what lies in the workspace, beside names of commits."""


class FigureChange(NamedTuple):
    """A figure at both sides, None where a side lacks it."""

    name: str
    before: float | None
    after: float | None


def show(site: Site, request: Request) -> Response:
    """Return the checkpoints of this branch, newest first."""
    try:
        listed = checkpoints(site.workspace, LISTED)
    except UserError as fault:
        return site.page(request, "checkpoints.html", listed=[], fault=str(fault))
    return site.page(request, "checkpoints.html", listed=listed, fault="")


def compare(site: Site, request: Request) -> Response:
    """Return the figures of two states side by side, and which pairs came and went."""
    before, after = (request.query_params.get(name, "").strip() for name in ("before", "after"))
    commits = [_commit(site.workspace, name) for name in (before or "HEAD", after or NOW)]
    figures = [_figures(site.workspace, commit) for commit in commits]
    names = sorted(figures[0].keys() | figures[1].keys())
    changes = [FigureChange(name, figures[0].get(name), figures[1].get(name)) for name in names]
    pairs, fault = _pairs(site.workspace, *commits)
    return site.page(
        request,
        "compare.html",
        commits=commits,
        changes=[one for one in changes if one.before != one.after],
        same=sum(one.before == one.after for one in changes),
        pairs=pairs,
        fault=fault,
    )


def _commit(workspace: Workspace, name: str) -> str:
    """Return the commit that a name means, NOW for the workspace itself."""
    if name == NOW:
        return NOW
    ended = workspace.try_git(
        "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"
    )
    if not ended.stdout.strip():
        raise UserError(f"{name[:80]!r} is no commit of this repository")
    return str(ended.stdout.strip())


def _figures(workspace: Workspace, commit: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for stage in workspace.dag.names:
        path = metrics_path(stage)
        if commit == NOW:
            content = (workspace / path).read_bytes() if (workspace / path).is_file() else b"{}"
        else:
            name = f"{commit}:{path.as_posix()}"
            content = workspace.blobs([name]).get(name, b"{}")
        try:
            figures = figures_of(stage, content)
        except (UserError, orjson.JSONDecodeError):
            continue
        found |= {f"{stage}.{name}": value for name, value in figures.items()}
    return found


def _pairs(workspace: Workspace, before: str, after: str) -> tuple[dict[str, Any] | None, str]:
    """Return how many kept pairs came and went with some of their questions, or why not."""
    sides = [_kept(workspace, commit) for commit in (before, after)]
    for commit, files in zip((before, after), sides, strict=True):
        if files is None:
            short = commit[:12]
            return (
                None,
                f"the pairs of {short} are not in DVC's cache here: `dvc fetch` brings them",
            )
    with duckdb.connect() as connection:
        limit(connection)
        one, other = (scan(files or ()) for files in sides)
        return {
            "gained": _only_in(connection, other, one),
            "lost": _only_in(connection, one, other),
        }, ""


def _only_in(connection: duckdb.DuckDBPyConnection, one: str, other: str) -> dict[str, Any]:
    source = f"(SELECT pair_id, question, indicator FROM {one} ANTI JOIN {other} USING (pair_id))"
    count = connection.execute(f"SELECT count(*) FROM {source}").fetchone()
    rows = fetched(connection.execute(f"FROM {source} ORDER BY pair_id LIMIT {SAMPLE_PAIRS}"))
    shown = [{**row, "question": redacted(row["question"][:400])} for row in rows]
    return {"count": count[0] if count else 0, "sample": shown}


def _kept(workspace: Workspace, commit: str) -> tuple[Path, ...] | None:
    """Return the files of the kept pairs at a commit, None where they are not to be had here."""
    place = workspace.output(KEPT)
    if commit == NOW:
        path = workspace / place
        if path.is_dir():
            return tuple(sorted(path.glob("*.parquet")))
        return (path,) if path.exists() else None
    name = f"{commit}:{DVC_LOCK.as_posix()}"
    content = workspace.blobs([name]).get(name)
    if content is None:
        return None
    stages = recorded_stages(content, DVC_LOCK.name)
    outs = [
        out
        for stage in stages.values()
        for out in stage.get("outs", ())
        if out["path"] == place.as_posix()
    ]
    files = [cached(workspace, md5) for _, md5 in recorded_files(workspace, outs)]
    return tuple(files) if files and all(file.exists() for file in files) else None
