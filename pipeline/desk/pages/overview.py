"""The overview: what there is, what waits for people, and the charts of the last run."""

import orjson
from starlette.requests import Request
from starlette.responses import Response

from pipeline.charts.addresses import pairs_address
from pipeline.charts.page import Tile
from pipeline.core.splits import SPLITS, WAITING
from pipeline.desk.index.catalog import Catalog
from pipeline.desk.review_list import open_counts
from pipeline.desk.site import Site
from pipeline.faucet.checkpoints.settled import unsettled_now
from pipeline.workspace.layout import metrics_path
from pipeline.workspace.workspace import Workspace

CHARTS = {
    "quality_metrics_by_category": ("Quality by group", "/pairs?sort=score"),
    "category_distribution": ("Groups", "/pairs?state=kept"),
    "answer_length_distribution": ("Answer length", "/pairs?sort=-answer_chars"),
    "database_growth_over_time": ("Growth", "/deliveries"),
}
"""Chart of the dashboard -> its name here, and the list that it is about."""


def show(site: Site, request: Request) -> Response:
    """Return the overview; before the first run, what to do first."""
    catalog = site.catalog
    return site.page(
        request,
        "overview.html",
        tiles=[] if catalog is None else _tiles(site, catalog),
        charts=list(_charts(site.workspace)),
        unsettled=unsettled_now(site.workspace) if catalog else None,
    )


def _tiles(site: Site, catalog: Catalog) -> list[Tile]:
    states = _counts(catalog, "SELECT state, count(*) FROM facts GROUP BY 1")
    splits = _counts(catalog, "SELECT split, count(*) FROM facts GROUP BY 1")
    waiting = open_counts(catalog, site.book())
    books = _metrics(site.workspace, "integrate")
    unassigned = catalog.rows("SELECT count(*) AS pairs FROM facts WHERE indicator IS NULL")[0]
    mean = catalog.rows("SELECT avg(score) AS mean FROM facts WHERE state = 'kept'")[0]["mean"]
    tiles = [
        Tile("Pairs", f"{sum(states.values()):,}", "different ones, from all deliveries", "/pairs"),
        _state("Kept", states, "kept", "the data set"),
        _state("Merged", states, "merged", "into a better pair that says the same"),
        _state("Rejected", states, "rejected", "by the rules or a person"),
        Tile("Pairs to review", f"{waiting['pair']:,}", "a person decides", "/review?kind=pair"),
        Tile(
            "Proposals to review",
            f"{waiting['proposal']:,}",
            "two pairs each",
            "/review?kind=proposal",
        ),
        Tile(
            "Unassigned",
            f"{unassigned['pairs']:,}",
            site.nouns.unplaced,
            pairs_address(indicator="-"),
        ),
        Tile("Quarantined", f"{books.get('quarantined', 0):,}", "refused records", "/deliveries"),
        Tile("Clusters", f"{_clusters(catalog):,}", "of two pairs and more", "/duplicates"),
        Tile(
            "Mean score",
            "-" if mean is None else f"{mean:.1f}",
            "of 100, kept pairs",
            pairs_address(state="kept", sort="score"),
        ),
    ]
    return tiles + [
        Tile(split.title(), f"{splits.get(split, 0):,}", "pairs", pairs_address(split=split))
        for split in (*SPLITS, WAITING)
    ]


def _state(name: str, states: dict[str, int], state: str, note: str) -> Tile:
    return Tile(name, f"{states.get(state, 0):,}", note, pairs_address(state=state))


def _clusters(catalog: Catalog) -> int:
    return int(catalog.rows("SELECT count(*) AS found FROM clusters")[0]["found"])


def _counts(catalog: Catalog, statement: str) -> dict[str, int]:
    return {
        row[0] or "": row[1] for row in (tuple(row.values()) for row in catalog.rows(statement))
    }


def _metrics(workspace: Workspace, stage: str) -> dict[str, float]:
    path = workspace / metrics_path(stage)
    found: dict[str, float] = (
        orjson.loads(path.read_bytes()).get(stage, {}) if path.is_file() else {}
    )
    return found


def _charts(workspace: Workspace) -> list[tuple[str, str, str]]:
    """Return name, address and SVG of the charts that the last run drew."""
    drawn = []
    for stem, (name, address) in CHARTS.items():
        if workspace.has(f"{stem}.svg"):
            path = workspace / workspace.output(f"{stem}.svg")
            drawn.append((name, address, path.read_text(encoding="utf-8")))
    return drawn
