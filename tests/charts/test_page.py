"""The dashboard is one file that runs nothing and asks for nothing that was delivered."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from pipeline.charts.addresses import ORIGIN, pairs_address
from pipeline.charts.label import plain
from pipeline.charts.page import (
    Card,
    Cards,
    Chart,
    CoverageGroup,
    Hint,
    Page,
    ScaleStep,
    Section,
    Square,
    Table,
    Tile,
    dashboard,
    pair_link,
)
from tests.charts.made_up import ATTACKS

SVG = '<svg xmlns="http://www.w3.org/2000/svg"><title>drawn</title></svg>\n'


class Reader(HTMLParser):
    """Collects the elements, attributes and texts of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.cells: list[str] = []
        self._in_cell = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag == "td":
            self._in_cell = True
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "td":
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if self._in_cell:
            self.cells[-1] += data


def page(text: str) -> Page:
    """Return a page with text in every place that takes one."""
    hint = Hint(text, text)
    linked = pair_link(text, text)
    rows = [(text, 1), ([text, linked], 2.5), (None, linked)]
    table = Table(text, (text, "Number"), rows, text, hint=hint)
    cards = Cards(text, hint, [Card(text, [text, text], text, table)], text)
    return Page(
        title=text,
        entry=text,
        newest=text,
        tiles=[Tile(text, text, text), Tile(text, text, text, pairs_address(state=text))],
        steps=[ScaleStep("step1", text)],
        groups=[
            CoverageGroup(text, text, [Square(text, text, "step1", pairs_address(indicator=text))])
        ],
        sections=[
            Section("first", text, text, [Chart(SVG, text, table)], [table]),
            Section("second", text, text, [], [cards, Table(text, ("A",), [], text, (text,))]),
            Section("third", text, text, [], [Cards(text, hint, [], text)]),
        ],
    )


def shape(html: str) -> tuple[list[str], list[str]]:
    """Return the elements and the attribute names of a page."""
    read = Reader(html)
    return read.tags, [name for name, _ in read.attributes if name != "class"]


@pytest.mark.parametrize("attack", ATTACKS)
def test_delivered_text_changes_no_element(attack: str) -> None:
    """Law: whatever is delivered, the page has the elements that it has for a harmless text."""
    html = dashboard(page(attack))
    assert shape(html) == shape(dashboard(page("harmless text")))
    assert plain(attack) in Reader(html).cells


def test_nothing_is_fetched() -> None:
    """Law: addresses are anchors of the page and pages of the desk, and one script is inline."""
    read = Reader(dashboard(page("text")))
    links = [value or "" for name, value in read.attributes if name in {"href", "src", "action"}]
    assert links
    assert all(link.startswith(("#", f"{ORIGIN}/")) for link in links)
    assert read.tags.count("script") == read.tags.count("style") == 1
    assert not {"link", "iframe", "img", "object", "base", "form"} & set(read.tags)


def test_anchors_exist_and_ids_are_unique() -> None:
    """Law: every link of the contents leads somewhere, and every label names one element."""
    read = Reader(dashboard(page("text")))
    ids = [value for name, value in read.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    hrefs = [value or "" for name, value in read.attributes if name == "href"]
    links = {value[1:] for value in hrefs if value.startswith("#")}
    labels = {value for name, value in read.attributes if name == "aria-labelledby"}
    assert links | labels <= set(ids)


def test_the_policy_names_the_script_and_the_style_of_the_page() -> None:
    """Law: a browser runs the page's own script and style, and by its policy no other."""
    html = dashboard(page("text"))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy
    assert policy[1].startswith("default-src 'none'")
    for tag in ("script", "style"):
        body = re.search(f"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        assert body
        digest = base64.b64encode(hashlib.sha256(body[1].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy[1]
    assert "unsafe" not in policy[1]


def test_headings_descend_and_tables_are_labelled() -> None:
    """Law: one h1, no level skipped, and every table has a caption and column headings."""
    read = Reader(dashboard(page("text")))
    levels = [int(tag[1]) for tag in read.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert read.tags.count("caption") == read.tags.count("table") == 4
    assert ("scope", "col") in read.attributes
    assert ("lang", "en") in read.attributes


def test_figures_are_written_for_people_and_kept_for_sorting() -> None:
    """Law: a number is shown with separators and stands beside it as it is."""
    table = Table("t", ("a", "b"), [(1234567, 0.5)])
    html = dashboard(page("text")._replace(sections=[Section("s", "s", "s", [], [table])]))
    assert '<td class="number" data-value="1234567">1,234,567</td>' in html
    assert '<td class="number" data-value="0.5">0.50</td>' in html
