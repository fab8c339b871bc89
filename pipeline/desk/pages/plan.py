"""The plan: how much of it is there, what lacks most, and what an agent would be told to do."""

from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from pipeline.desk.site import Site
from pipeline.faucet.queues.refilling import gaps
from pipeline.faucet.tasks.documents import task_of
from pipeline.faucet.work.assignment import Places
from pipeline.faucet.work.brief import brief
from pipeline.store.fitting import fitting
from pipeline.store.inputs import read_input
from pipeline.workspace.layout import WORK, inbox_path

COVERAGE = "coverage.csv"
_EXAMPLE_TASK = "deliver_example"


def show(site: Site, request: Request) -> Response:
    """Return the categories of the plan, the emptiest first, each with its indicators."""
    workspace = site.workspace
    if workspace.has(COVERAGE):
        fitting(workspace, workspace.output(COVERAGE))
    rows = read_input(workspace, workspace.output(COVERAGE)) if workspace.has(COVERAGE) else None
    groups = [] if rows is None else _groups(rows.to_dict("records"))
    return site.page(request, "plan.html", groups=groups, has_run=rows is not None)


def show_brief(site: Site, request: Request) -> Response:
    """Return the brief that an agent would get for an indicator of the plan."""
    name = request.query_params.get("indicator", "")
    known = {gap.indicator: gap for gap in gaps(site.workspace)}
    gap = known.get(name)
    if gap is None:
        raise HTTPException(404, f"the plan of the last run names no {name[:80]!r}")
    owed = max(1, gap.target_pairs - gap.pairs)
    entry = {
        "task_id": _EXAMPLE_TASK,
        "priority": 1,
        "status": "queued",
        "estimated_time": "",
        "dependencies": [],
        "kind": "deliver",
        "description": f"Deliver pairs on {name}.",
        "indicators": [{"name": name, "target_pairs": owed}],
        "deliver_to": f"{inbox_path('AGENT').as_posix()}/",
    }
    folder = Path(WORK) / _EXAMPLE_TASK
    text = brief(
        task_of(entry, "AGENT"), Places(site.workspace, folder, folder / "result.json"), known
    )
    return site.page(
        request, "brief.html", indicator=name, text=text.replace(str(site.workspace), ".")
    )


def _groups(rows: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Return a group per category with its sums and its indicators, those that lack most first."""
    by_category: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        kept, target = int(row["kept_pairs"]), int(row["target_pairs"])
        share = min(100, round(100 * kept / target)) if target else 100
        entry = {"name": row["indicator"], "kept": kept, "target": target, "share": share}
        by_category.setdefault(row["category"], []).append(entry)
    groups = [_group(name, entries) for name, entries in by_category.items()]
    return sorted(groups, key=lambda group: (group["share"], group["name"]))


def _group(name: str, entries: list[dict[str, Any]]) -> dict[str, Any]:
    target = sum(entry["target"] for entry in entries)
    covered = sum(min(entry["kept"], entry["target"]) for entry in entries)
    return {
        "name": name,
        "kept": sum(entry["kept"] for entry in entries),
        "target": target,
        "begun": sum(entry["kept"] > 0 for entry in entries),
        "share": round(100 * covered / target) if target else 100,
        "entries": sorted(entries, key=lambda entry: (entry["share"], entry["name"])),
    }
