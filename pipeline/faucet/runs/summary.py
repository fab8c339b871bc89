"""What came out of the last run, in a few lines, and where to look."""

from pipeline.core.errors import UserError
from pipeline.core.text import counted
from pipeline.store.metrics import Figures, read_figures
from pipeline.workspace.dag import Dag
from pipeline.workspace.workspace import Workspace

_IN_EXPORT = "rag.sqlite"
"""The output whose folder is named instead: all of it is for use together."""

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
    if withheld := split.get("withheld"):
        splits += f"; withheld: {withheld:,}"
    return [
        f"{counted(took['found'], 'record')} found in {_deliveries(took)} = {books}",
        f"{counted(dedup['kept'], 'pair')} kept, mean quality score {qa['mean_score']:.1f} of 100",
        f"train / validation / test: {splits}",
        "",
        *(f"{_place(root, name):<46}{what}" for name, what in _PLACES.items() if root.has(name)),
    ]


def _place(root: Workspace, name: str) -> str:
    path = root.output(name)
    return (path.parent if name == _IN_EXPORT else path).as_posix()


def _deliveries(took: Figures) -> str:
    count = took["deliveries"]
    return "1 delivery" if count == 1 else f"{count:,} deliveries"
