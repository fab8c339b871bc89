"""The checkpoints of a branch: when, by which task, and how the data set stood at each.

A checkpoint is known by the trailer Pairs-After of its message. Its figures are read from the
metrics in that very commit, never from the workspace.
"""

from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.faucet.tasks.state import moment
from pipeline.store.metrics import figures_of
from pipeline.workspace.layout import metrics_path
from pipeline.workspace.workspace import Workspace

_TRAILERS = ("Task", "Agent", "Attempt", "Pairs-Before", "Pairs-After")
_FORMAT = "%x00".join(
    ["%H", "%cI", *(f"%(trailers:key={key},valueonly,separator=%x1f)" for key in _TRAILERS)]
)
_FIGURES = {
    "mean_score": "qa",
    "duplicate_rate": "dedup",
    "answer_chars_mean": "qa",
    "specificity_mean": "qa",
}
_STAGES = ("qa", "dedup")


class Checkpoint(NamedTuple):
    """One checkpoint; task, agent and attempt are None for one made by hand.

    One that takes several tasks names all of them, and the attempt of the first. pairs are those
    that dedup kept. A figure is None where the metrics of that commit lack it.
    """

    commit: str
    when: datetime
    task: str | None
    agent: str | None
    attempt: int | None
    pairs_before: int
    pairs: int
    mean_score: float | None = None
    duplicate_rate: float | None = None
    answer_chars_mean: float | None = None
    specificity_mean: float | None = None


def checkpoints(workspace: Workspace, limit: int | None = None) -> list[Checkpoint]:
    """Return the checkpoints of the branch at root, newest first, at most limit of them.

    A repository without commits has none. Raises UserError where root is in no repository.
    """
    if head(workspace) is None:
        return []
    listing = workspace.git("log", "-z", "--grep=^Pairs-After:", f"--format={_FORMAT}")
    found = [one for row in _rows(listing) if (one := _checkpoint(row)) is not None][:limit]
    texts = workspace.files_at([one.commit for one in found], map(metrics_path, _STAGES))
    return [one._replace(**_figures(one, texts)) for one in found]


def head(workspace: Workspace) -> str | None:
    """Return the last commit of the branch at root, None where nothing was committed yet.

    Raises UserError where root is in no repository.
    """
    workspace.git("rev-parse", "--git-dir")
    try:
        return workspace.git("rev-parse", "--verify", "--quiet", "HEAD").strip()
    except UserError:
        return None


def as_json(checkpoint: Checkpoint) -> Json:
    """Return a checkpoint as JSON values, when as ISO 8601."""
    return {**checkpoint._asdict(), "when": checkpoint.when.isoformat()}


def _rows(listing: str) -> list[list[str]]:
    fields = listing.split("\0")[:-1]
    width = 2 + len(_TRAILERS)
    return [fields[place : place + width] for place in range(0, len(fields), width)]


def _checkpoint(row: list[str]) -> Checkpoint | None:
    """Return the checkpoint of a commit; None where its message only looks like one."""
    commit, when, *trailers = row
    tasks, agents, attempts, before, after = (
        [v.strip() for v in t.split("\x1f")] for t in trailers
    )
    if not (before[-1].isdecimal() and after[-1].isdecimal()):
        return None
    number = int(attempts[0]) if attempts[0].isdecimal() else None
    task, agent = ", ".join(filter(None, tasks)), ", ".join(dict.fromkeys(filter(None, agents)))
    counts = int(before[-1]), int(after[-1])
    return Checkpoint(commit, moment(when), task or None, agent or None, number, *counts)


def _figures(checkpoint: Checkpoint, texts: dict[tuple[str, Path], bytes]) -> dict[str, Any]:
    metrics = {
        stage: _metrics(stage, texts.get((checkpoint.commit, metrics_path(stage)), b"{}"))
        for stage in _STAGES
    }
    return {name: metrics[stage].get(name) for name, stage in _FIGURES.items()}


def _metrics(stage: str, content: bytes) -> dict[str, float]:
    """Return the figures of a metrics file; none where it was committed broken."""
    try:
        return figures_of(stage, content)
    except UserError:
        return {}
