"""What the work came to: pairs integrated, their quality, what was refused, which gates failed."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import orjson

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.faucet.answers.books import accounting
from pipeline.faucet.checkpoints.history import Checkpoint
from pipeline.faucet.monitor.figures import DAY_S, HOUR_S, Figure, given, rate, share, unknown
from pipeline.faucet.monitor.spans import Span
from pipeline.faucet.tasks.state import State
from pipeline.store.metrics import read_figures
from pipeline.workspace.layout import metrics_path
from pipeline.workspace.workspace import Workspace

_METRICS = {
    "pairs": ("dedup", "kept"),
    "rejected": ("qa", "rejected"),
    "merged": ("dedup", "merged"),
    "waiting": ("split", "waiting"),
    "withheld": ("split", "withheld"),
    "unassigned": ("qa", "unassigned_pairs"),
    "proposals": ("dedup", "proposals"),
    "mean_score": ("qa", "mean_score"),
    "answer_chars_mean": ("qa", "answer_chars_mean"),
    "specificity_mean": ("qa", "specificity_mean"),
    "duplicate_rate": ("dedup", "duplicate_rate"),
    "false_merges": ("dedup", "planted_false_merges"),
    "merged_by_rule": ("dedup", "planted_merged_by_rule"),
}


class DataSetQuality(NamedTuple):
    """The data set by its last run: specificity, duplicate rate and merged_by_rule are 0-1.

    false_merges and merged_by_rule are about the duplicates and traps that dedup planted itself:
    how many traps it merged, and which share of the duplicates its rules merged.
    """

    pairs: Figure
    rejected: Figure
    merged: Figure
    waiting: Figure
    withheld: Figure
    unassigned: Figure
    proposals: Figure
    mean_score: Figure
    answer_chars_mean: Figure
    specificity_mean: Figure
    duplicate_rate: Figure
    false_merges: Figure
    merged_by_rule: Figure


class Growth(NamedTuple):
    """Pairs that the checkpoints of a window added, net, their rates, and the first of them."""

    checkpoints: int
    pairs: Figure
    per_day: Figure
    per_hour: Figure
    first: Checkpoint | None = None


class GateFailure(NamedTuple):
    """A criterion that was missed, how often, and at which agents."""

    criterion: str
    failures: int
    agents: tuple[str, ...]


def quality(workspace: Workspace) -> DataSetQuality:
    """Return what the metrics of the workspace at root say.

    Raises UserError where a metrics file is no JSON object.
    """
    return DataSetQuality(**{name: _metric(workspace, *place) for name, place in _METRICS.items()})


def growth(checkpoints: Sequence[Checkpoint] | str, window: Span) -> Growth:
    """Return what checkpoints, newest first, added in a window; a text says why none are known."""
    if isinstance(checkpoints, str):
        return _no_growth(checkpoints)
    inside = [one for one in checkpoints if window.start <= one.when <= window.end]
    if not inside:
        return _no_growth("no checkpoint in the window")
    pairs = inside[0].pairs - inside[-1].pairs_before
    a_day, an_hour = (rate(pairs, window.seconds, per_s) for per_s in (DAY_S, HOUR_S))
    return Growth(len(inside), Figure(pairs), a_day, an_hour, inside[-1])


def _no_growth(why: str) -> Growth:
    return Growth(0, unknown(why), unknown(why), unknown(why))


def acceptance(workspace: Workspace) -> dict[str, Figure]:
    """Return the share of found records that were not refused, by agent that delivered.

    Empty where nothing was integrated yet.
    """
    sums: dict[str, list[int]] = {}
    for row in accounting(workspace):
        found, refused = sums.setdefault(row["agent"], [0, 0])
        sums[row["agent"]] = [found + row["found"], refused + row["quarantined"]]
    return {
        agent: share(found - refused, found, "its deliveries hold no records")
        for agent, (found, refused) in sorted(sums.items())
    }


def gate_failures(state: State, receipts: Iterable[Json]) -> list[GateFailure]:
    """Return the criteria that were missed in any recorded attempt, the most frequent first."""
    failures = [(task.agent, failure) for task in state.tasks() for failure in task.failures]
    failures += [(one["agent"], failure) for one in receipts for failure in one["failures"]]
    by_criterion: dict[str, list[str]] = {}
    for agent, failure in failures:
        for row in (failure["report"] or {"criteria": ()})["criteria"]:
            if not row["passed"]:
                by_criterion.setdefault(row["criterion"], []).append(agent)
    rows = [
        GateFailure(name, len(who), tuple(sorted(set(who)))) for name, who in by_criterion.items()
    ]
    return sorted(rows, key=lambda row: (-row.failures, row.criterion))


def _metric(workspace: Workspace, stage: str, name: str) -> Figure:
    figures = read_figures(workspace, stage)
    if figures is None:
        return unknown(f"{stage} has not run yet")
    return given(figures.get(name), f"{metrics_path(stage).as_posix()} does not tell {name}")


def _object(path: Path) -> Json:
    try:
        metrics = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as fault:
        raise UserError(f"{path.name} cannot be read: {fault}") from None
    if not isinstance(metrics, dict):
        raise UserError(f"{path.name} is no JSON object")
    return metrics
