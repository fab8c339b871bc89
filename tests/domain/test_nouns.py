"""An entry of the plan is called by its subject's noun on every page that speaks of one."""

import io
from pathlib import Path

import daft
import pytest
from rich.console import Console

from pipeline.charts.coverage import coverage_heatmap, coverage_table
from pipeline.charts.picture import drawn
from pipeline.domain.nouns import Nouns, nouns_of
from pipeline.faucet.trace.tracing import trace
from pipeline.faucet.trace.view import render_trace
from pipeline.faucet.work.assignment import Places
from pipeline.faucet.work.brief import brief
from pipeline.store.words import read_nouns
from pipeline.workspace.layout import NAMES, SUBJECT_BRIEF, WORK
from pipeline.workspace.workspace import Workspace
from tests.charts import made_up as charts
from tests.faucet import made_up
from tests.faucet.team import task

PLANTS = Nouns("plant", "plants")
OWED = [{"name": "Rose", "target_pairs": 5}]


@pytest.fixture(scope="module")
def garden(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return a workspace whose plan is one of plants."""
    made = made_up.workspace(tmp_path_factory.mktemp("nouns") / "garden")
    (made / SUBJECT_BRIEF).unlink()
    (made / NAMES).write_text("entry: plant\nentries: plants\n")
    return made


def test_words_that_nobody_gives_are_neutral() -> None:
    """A subject without words has entries; a noun in words.yaml is taken on one line."""
    assert nouns_of({}) == Nouns("entry", "entries")
    assert nouns_of({"entry": " a\n plant "}).entry == "a plant"
    assert (PLANTS.unplaced, PLANTS.heading) == ("under no plant of the plan", "Plants")


def test_briefs_charts_and_traces_say_the_noun(garden: Workspace) -> None:
    """Each has the noun of words.yaml, and the column's name only where a file has that key."""
    assert read_nouns(garden) == PLANTS
    plan = charts.plan(("Rose", "Shrubs"))
    kept = daft.from_pydict({"pair_id": ["a"], "indicator": ["Rose"]})
    chart = drawn(coverage_heatmap(coverage_table(kept, plan), PLANTS), "x").svg
    folder = Path(WORK) / "a"
    page = brief(
        task("a", kind="deliver", indicators=OWED), Places(garden, folder, folder / "r.json"), {}
    )
    screen = io.StringIO()
    Console(file=screen, width=100).print(render_trace(trace(garden, made_up.KEPT), PLANTS))
    traced = screen.getvalue()
    assert "1 of 1 plants have kept pairs" in chart
    assert "| plant | pairs to write now" in page
    assert "about its plant" in page
    assert "under no plant" in traced or "plant " in traced
    for text in (chart, page.replace('"indicator"', "").replace("`indicator`", ""), traced):
        assert "indicator" not in text.lower()
