"""The desk's benchmark: what it makes is what the desk opens."""

from pathlib import Path

from benchmarks.desk import ASKED, make, measured
from pipeline.desk.index.catalog import open_catalog
from pipeline.desk.index.sources import sources
from pipeline.workspace.workspace import Workspace


def test_made_pairs_are_opened_and_asked(tmp_path: Path) -> None:
    """Made tables have every column of their schemas, and each list and its facets are timed."""
    make(tmp_path, pairs=40, words=3)
    workspace = Workspace(tmp_path)
    catalog = open_catalog(workspace, sources(workspace))
    try:
        assert catalog.rows("SELECT count(*) AS pairs FROM facts") == [{"pairs": 40}]
        timed = [name for name, times in measured(catalog, ASKED) if min(times[0]) >= 0]
        assert timed == [f"{what}, {name}" for name in ASKED for what in ("list", "facets")]
    finally:
        catalog.close()
