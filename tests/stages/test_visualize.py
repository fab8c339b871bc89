"""Laws of the visualize stage, on a made-up corpus."""

import json
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as ET

import pandas as pd
import pyarrow as pa
import pytest
from markupsafe import escape

from pipeline.charts.label import plain
from pipeline.core.schemas import arrow_schema, faults
from pipeline.core.text import excerpt
from pipeline.stages.visualize import Visualized, visualize
from tests.charts.made_up import ATTACKS, corpus, plan
from tests.conftest import schema

PICTURES = Visualized._fields[:5]
TABLES = Visualized._fields[6:-1]
NO_CLUSTERS = "no two pairs share a cluster"
SMALL_PLAN = plan(("RSI", "Oscillators"), ("SMA", "Averages, all"), ("EMA", "Averages, all"))


class Rows(HTMLParser):
    """Collects the rows of every table of a page under the table's caption."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.tiles: dict[str, str] = {}
        self._texts: list[str] = []
        self._caption = self._tile = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in {"caption", "td", "dt", "strong"}:
            self._texts = []
        if tag == "tr":
            self.tables.setdefault(self._caption, []).append([])

    def handle_endtag(self, tag: str) -> None:
        text = "".join(self._texts).strip()
        if tag == "caption":
            self._caption = text
        elif tag == "td":
            self.tables[self._caption][-1].append(text)
        elif tag == "dt":
            self._tile = text
        elif tag == "strong":
            self.tiles[self._tile] = text

    def handle_data(self, data: str) -> None:
        self._texts.append(data)


TITLE = "Questions about made-up things"


def made(count: int, plan: pd.DataFrame = SMALL_PLAN, **more: Any) -> Visualized:
    """Return what the stage makes of a made-up corpus."""
    return visualize(**corpus(count, plan, **more), words={"title": TITLE}, listed_rows=5)


@pytest.fixture(scope="module")
def visualized() -> Visualized:
    """Return what the stage makes of sixty pairs."""
    return made(60)


@pytest.mark.parametrize("count", [0, 1, 60])
def test_tables_hold_to_their_schemas(visualized: Visualized, count: int) -> None:
    """Law: whatever comes in, every table fits its published schema."""
    result = visualized if count == 60 else made(count, SMALL_PLAN if count else plan())
    for name in TABLES:
        table = getattr(result, name)
        assert table.column_names == list(schema(name)["properties"])
        assert faults(table.cast(arrow_schema(schema(name))), schema(name)) == []
    assert json.loads(json.dumps(result.metrics)) == result.metrics


def test_row_order_is_irrelevant(visualized: Visualized) -> None:
    """Law: rows in any order give the same files."""
    inputs = corpus(60, SMALL_PLAN)
    for name in ("pairs", "scores", "kept", "decisions", "assignments"):
        inputs[name] = inputs[name].sort(inputs[name].column_names[0], desc=True)
    inputs["quarantine"] = inputs["quarantine"][::-1]
    inputs["accounting"]["deliveries"].reverse()
    assert visualize(**inputs, words={"title": TITLE}, listed_rows=5) == visualized


def test_the_same_inputs_give_the_same_bytes_and_stay(visualized: Visualized) -> None:
    """Law: all files are a function of the inputs, which the stage leaves as they were."""
    inputs = corpus(60, SMALL_PLAN.copy())
    before = json.dumps([inputs["accounting"], inputs["quarantine"]])
    tables = {name: inputs[name].to_pydict() for name in ("kept", "scores", "decisions")}
    assert visualize(**inputs, words={"title": TITLE}, listed_rows=5) == visualized
    assert json.dumps([inputs["accounting"], inputs["quarantine"]]) == before
    assert {name: inputs[name].to_pydict() for name in tables} == tables
    pd.testing.assert_frame_equal(inputs["plan"], SMALL_PLAN)


def test_figures_of_the_dashboard_equal_the_tables(visualized: Visualized) -> None:
    """Law: tiles, tables behind charts and metrics say the same as the published tables."""
    page = Rows(visualized.dashboard)
    assert f"<h1>{TITLE}</h1>" in visualized.dashboard
    assert "Newest dated delivery: 20" in visualized.dashboard
    kept = sum(visualized.categories["pairs"].to_pylist())
    books = corpus(60, SMALL_PLAN)["accounting"]["totals"]
    assert page.tiles["Kept"] == f"{kept}"
    assert page.tiles["Found"] == str(books["found"])
    assert page.tiles["Accepted"] == str(books["accepted"])
    assert page.tiles["Repeated"] == str(books["repeated"])
    assert page.tiles["Quarantined"] == str(books["quarantined"])
    assert page.tiles["Merged"] == str(visualized.metrics["merged"]) == "6"
    assert page.tiles["Proposals"] == str(visualized.metrics["proposals"]) == "3"
    assert page.tiles["Mean score"] == f"{visualized.metrics['mean_score']:.1f}"
    assert page.tiles["Target met"] == f"{int(visualized.metrics['target_met_pct'])} %"
    for caption, table in (
        ("Groups", visualized.categories),
        ("Growth", visualized.growth),
        ("Quality by group", visualized.quality_by_category),
        ("Answer length, characters", visualized.answer_lengths),
    ):
        shown = [row for row in page.tables[caption] if row]
        assert shown == [[_shown(value) for value in row.values()] for row in table.to_pylist()]


def _shown(value: float | str | None) -> str:
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"


def test_every_table_counts_the_kept_pairs(visualized: Visualized) -> None:
    """Law: histogram, categories and quality hold every kept pair; coverage all with a name."""
    kept = corpus(60, SMALL_PLAN)["kept"].to_pydict()
    count = len(kept["pair_id"])
    for name in ("answer_lengths", "categories", "quality_by_category"):
        assert sum(getattr(visualized, name)["pairs"].to_pylist()) == count
    unnamed = kept["indicator"].count(None)
    assert sum(visualized.coverage["kept_pairs"].to_pylist()) == count - unnamed
    assert visualized.metrics["pairs_without_indicator"] == unnamed


def test_lists_are_as_long_as_asked_for(visualized: Visualized) -> None:
    """Law: listed_rows bounds the lists, and only the lists."""
    page = Rows(visualized.dashboard)
    assert len(page.tables["The lowest scores"]) - 1 == 5
    assert len(page.tables["Pairs that took in most others"]) - 1 == 5
    assert len(page.tables["Proposals to review"]) - 1 == 3
    assert len(page.tables["Answers in conflict"]) - 1 == 1
    assert [caption for caption in page.tables if caption.startswith("Cluster ")] == [
        f"Cluster {place}: all 2 pairs" for place in range(1, 6)
    ]
    assert len(page.tables["Every delivery"]) - 1 == 3


def test_delivered_text_stays_text() -> None:
    """Law: attack strings in every delivered field add no element and no handler to the page."""
    hostile = " ".join(ATTACKS)
    names = plan((f"RSI {hostile}", f"A {hostile}"), ("SMA", "B"))
    attacked, harmless = (made(20, names, hostile=text) for text in (hostile, "harmless"))
    for name in PICTURES:
        ET.fromstring(getattr(attacked, name).svg)
    assert _elements(attacked.dashboard) == _elements(harmless.dashboard)
    heading = plain(excerpt(f"What is number 8? {hostile}"))
    assert f"<bdi>{escape(heading)}</bdi></a></b>" in attacked.dashboard


def _elements(html: str) -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []

    class Elements(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag not in {"tspan", "text"}:  # long names take two lines
                found.append((tag, sorted(name for name, _ in attrs if name != "class")))

    Elements().feed(html)
    return found


def test_an_empty_workspace_has_a_dashboard() -> None:
    """Law: without a single pair every chart and list says that there is nothing yet."""
    result = made(0, plan())
    for name in PICTURES:
        picture = getattr(result, name)
        assert picture.png.startswith(b"\x89PNG")
        assert ET.fromstring(picture.svg).tag.endswith("svg")
    for told in ("no deliveries yet", "nothing was refused", "no pairs were scored"):
        assert told in result.dashboard
    assert NO_CLUSTERS in result.dashboard
    assert result.metrics["target_met_pct"] == 0
    assert all(getattr(result, name).num_rows == 0 for name in TABLES)


def test_a_corpus_without_duplicates_says_so(visualized: Visualized) -> None:
    """Law: where no two pairs share a cluster and none waits, the page says so and no more."""
    result = made(1)
    assert NO_CLUSTERS in result.dashboard
    assert "nothing waits for a reviewer" in result.dashboard
    assert "faucet review" not in result.dashboard
    assert NO_CLUSTERS not in visualized.dashboard


def test_tables_are_arrow(visualized: Visualized) -> None:
    """Law: tables carry no index and no metadata that would differ from machine to machine."""
    for name in TABLES:
        table = getattr(visualized, name)
        assert isinstance(table, pa.Table)
        assert table.schema.metadata is None
