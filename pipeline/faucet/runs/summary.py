"""What came out of the last run, in a few lines, and where to look."""

import orjson

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.core.text import counted
from pipeline.faucet.answers.books import accounting
from pipeline.faucet.removed import removed_in
from pipeline.faucet.terminal import one_line
from pipeline.store.metrics import Figures, read_figures
from pipeline.workspace.dag import Dag
from pipeline.workspace.workspace import Workspace

_SPLIT_METADATA = "split_metadata.json"
_QUALITY_REPORT = "quality_analysis_report.json"
_IN_EXPORT = "rag.sqlite"
"""The output whose folder is named instead: all of it is for use together."""

_REMOVED_SHOWN = 5
_PLACES = {
    "dashboard.html": "the data set at a glance: open it in a browser",
    _IN_EXPORT: "train / validation / test, data card and rag.sqlite",
    "review.csv": "flagged pairs, worst first",
    "duplicate_analysis_detailed.json": "every duplicate, and why",
    "quarantine.jsonl": "what was refused, and why",
}


def metrics(root: Workspace) -> dict[str, Figures]:
    """Return the metrics of every stage, by stage in order of the DAG.

    Raises UserError where a stage has not run yet.
    """
    dag = Dag(root)
    found = {}
    for name in dag.names:
        figures = read_figures(root, name)
        if figures is None:
            raise UserError(f"{name} has not run yet: `faucet repro` runs it")
        found[name] = figures
    return found


def lines(root: Workspace) -> list[str]:
    """Return the summary of the workspace at root for people, one line each."""
    figures = metrics(root)
    took, qa, dedup, split = (figures[name] for name in ("integrate", "qa", "dedup", "split"))
    books = (
        f"{took['accepted']:,} accepted + {took['repeated']:,} repeated"
        f" + {took['quarantined']:,} quarantined"
    )
    splits = " / ".join(f"{split[f'{name}_pairs']:,}" for name in ("train", "validation", "test"))
    outside = ("waiting", "withheld", "alternatives")
    counts = [f"{name}: {split[name]:,}" for name in outside if split.get(name)]
    became = (
        f"{counted(dedup['pairs'], 'pair')} = {dedup['kept']:,} kept + {dedup['merged']:,} merged"
        f" + {dedup['rejected']:,} rejected; mean quality score {qa['mean_score']:.1f} of 100"
    )
    return [
        f"{counted(took['found'], 'record')} found in {_deliveries(took)} = {books}",
        *_removed(root),
        became,
        f"train / validation / test: {'; '.join([splits, *counts])}",
        *_waiting(root, split),
        f"unassigned: {qa['unassigned_pairs']:,}; proposals: {dedup['proposals']:,}",
        *_farthest(root),
        *_not_judged(root),
        *_left_out(figures),
        "",
        *(f"{_place(root, name):<46}{what}" for name, what in _PLACES.items() if root.has(name)),
    ]


def _waiting(root: Workspace, split: Figures) -> list[str]:
    """Return why pairs wait, by flag; a pair counts under each of its own."""
    by_flag = _split_metadata(root).get("waiting_by_flag", {}) if split.get("waiting") else {}
    counts = ", ".join(f"{code} {count:,}" for code, count in by_flag.items())
    return [f"waiting for `faucet review`: {counts}"] if counts else []


def _not_judged(root: Workspace) -> list[str]:
    """Return a line on what the domain says too little of to be judged."""
    rows = _document(root, _QUALITY_REPORT).get("not_judged", ())
    reasons = "; ".join(f"{row['rule']} ({row['reason']})" for row in rows)
    return [one_line(f"not judged: {reasons}")] if rows else []


def _left_out(figures: dict[str, Figures]) -> list[str]:
    """Return a line on the records that a fault of this program cost, where there are any."""
    counts = {name: of_stage.get("internal", 0) for name, of_stage in figures.items()}
    some = ", ".join(f"{name} {count:,}" for name, count in counts.items() if count)
    return [f"left out by a fault of this program (internal): {some}"] if some else []


def _farthest(root: Workspace) -> list[str]:
    farthest = _split_metadata(root).get("largest_distance")
    if not farthest:
        return []
    where = f"{farthest['split']}, {farthest['dimension']}"
    return [f"largest distance from train: {farthest['distance']:.1%} ({where})"]


def _split_metadata(root: Workspace) -> Json:
    return _document(root, _SPLIT_METADATA)


def _document(root: Workspace, name: str) -> Json:
    if not root.has(name):
        return {}
    document: Json = orjson.loads((root / root.output(name)).read_bytes())
    return document


def _removed(root: Workspace) -> list[str]:
    """Return a line on the deliveries that people removed, and one on what no run has heeded."""
    out = removed_in(root).by_place
    heeded = {(row["agent"], row["delivery"]) for row in accounting(root) if row.get("removed")}
    lines = [f"removed: {'/'.join(place)} {one.because}" for place, one in out.items()]
    more = [f"and {len(lines) - _REMOVED_SHOWN:,} more: `faucet remove` lists all"]
    shown = [*lines[:_REMOVED_SHOWN], *(more if len(lines) > _REMOVED_SHOWN else [])]
    waiting = len(heeded ^ set(out))
    if waiting:
        shown.append(f"{counted(waiting, 'removal')} or return of one waits for `faucet repro`")
    return [one_line(line) for line in shown]


def _place(root: Workspace, name: str) -> str:
    path = root.output(name)
    return (path.parent if name == _IN_EXPORT else path).as_posix()


def _deliveries(took: Figures) -> str:
    count = took["deliveries"]
    return "1 delivery" if count == 1 else f"{count:,} deliveries"
