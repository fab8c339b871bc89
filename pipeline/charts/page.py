"""The dashboard as a page: tiles, charts and tables, in one file that asks nobody for anything."""

from collections.abc import Sequence
from typing import NamedTuple

from pipeline.charts.addresses import pair_address
from pipeline.charts.frame import framed


class Link(NamedTuple):
    """A word that leads to a page of the desk; address is its path there.

    copied is an id that stands before the word and can be copied, "" for none.
    """

    name: str
    address: str
    copied: str = ""


def pair_link(pair_id: str, question: str) -> Link:
    """Return the question of a pair as the word that leads to it, its id before it."""
    return Link(question, pair_address(pair_id), pair_id)


Cell = str | int | float | None | Sequence[str | Link] | Link


class Tile(NamedTuple):
    """A figure of the summary: what it is, its value as shown, a word on it, and its list.

    address is the path of the desk that lists what was counted, "" where there is none.
    """

    name: str
    value: str
    note: str
    address: str = ""


class Hint(NamedTuple):
    """A word on what follows, and the command that goes on from there."""

    text: str
    command: str


class Table(NamedTuple):
    """Rows under a caption; empty says what it means that there are none, total adds them up.

    A cell is a text, a number, nothing, a link, or a list of texts and links.
    """

    caption: str
    headings: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    empty: str = "none"
    total: tuple[Cell, ...] = ()
    hint: Hint | None = None


class Card(NamedTuple):
    """A thing of which much is said: its heading, facts and id, and a table that unfolds.

    address is its page in the desk.
    """

    heading: str
    facts: list[str]
    key: str
    table: Table
    address: str = "/"


class Cards(NamedTuple):
    """Cards in order, under a caption; empty says what it means that there are none."""

    caption: str
    hint: Hint
    cards: list[Card]
    empty: str


class Chart(NamedTuple):
    """A picture that is drawn into the page, and the table that says the same in numbers."""

    svg: str
    says: str
    table: Table


class Square(NamedTuple):
    """One entry of the plan in the coverage map; address lists its pairs in the desk."""

    name: str
    figure: str
    band: str
    address: str = "/"


class CoverageGroup(NamedTuple):
    """One category of the coverage map, folded: its summary and how much of its target is met."""

    name: str
    summary: str
    squares: list[Square]
    covered_pct: float = 0.0


class ScaleStep(NamedTuple):
    """A colour of the coverage map: its class in the style sheet, and its label."""

    band: str
    label: str


class Section(NamedTuple):
    """A part of the page; its anchor is what the contents link to."""

    anchor: str
    heading: str
    text: str
    charts: list[Chart]
    listings: list[Table | Cards]


class Page(NamedTuple):
    """Everything that the dashboard shows, in order.

    title is what the data set is called, entry what one of the plan is; newest is the date of the
    newest delivery that names one, "" where none does: a page that is an output of a run knows no
    clock and no commit.
    """

    title: str
    entry: str
    newest: str
    tiles: list[Tile]
    steps: list[ScaleStep]
    groups: list[CoverageGroup]
    sections: list[Section]


def dashboard(page: Page) -> str:
    """Return the page as one HTML file: styles, script and charts inline, nothing fetched.

    Charts are SVG, drawn once: 1.3 CPU s and 0.9 MB of JavaScript less than charts that a
    browser draws, readable on paper and without scripts. A small script sorts tables and shows
    what a mark of a chart stands for.
    """
    return framed(__package__, "dashboard.html", page=page)
