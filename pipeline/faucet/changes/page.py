"""Changes as one self-contained page: charts, tables and styles inline, nothing fetched."""

from collections.abc import Iterator
from pathlib import Path

import altair as alt
import pandas as pd

from pipeline.charts.addresses import pair_address
from pipeline.charts.frame import framed
from pipeline.charts.label import plain
from pipeline.charts.page import Link, Table, Tile
from pipeline.charts.palette import GROUPS, REST, SOFT_INK, Figure, themed
from pipeline.charts.picture import drawn
from pipeline.faucet.changes.comparing import Changes, Comparison, PairsOfOne
from pipeline.faucet.changes.figures import figures_table
from pipeline.faucet.changes.markdown import difference, number
from pipeline.faucet.changes.states import NOW
from pipeline.store.atomic import write_bytes

_WIDTH = 210
_ROW = 34
_SIDES = {"before": REST, "after": GROUPS[0]}
_TILES = ("kept", "merged", "rejected", "waiting")


def write_page(changes: Changes, path: Path) -> None:
    """Write what changed as one HTML file, whole or not at all."""
    write_bytes(path, page(changes).encode())


def page(changes: Changes) -> str:
    """Return what changed as one HTML page; whatever was delivered is escaped."""
    return framed(
        __package__,
        "changes.html",
        float_format=",.4g",
        changes=changes,
        tiles=list(_tiles(changes)),
        charts=[
            (drawn(chart(one), f"c{place}").svg, one.title)
            for place, one in enumerate(changes.charts)
        ],
        tables=list(_tables(changes)),
    )


def chart(comparison: Comparison) -> Figure:
    """Return a pair of bars for each row, with both numbers."""
    rows = [
        {
            "label": plain(label),
            "side": side,
            "pairs": value,
            "place": 2 * place + (side == "after"),
        }
        for place, (label, *values) in enumerate(comparison.rows)
        for side, value in zip(_SIDES, values, strict=True)
    ]
    table = pd.DataFrame(rows, columns=["label", "side", "pairs", "place"])
    base = alt.Chart(table).encode(
        y=alt.Y(
            "label:N",
            sort=[plain(label) for label, *_ in comparison.rows],
            title=None,
            axis=alt.Axis(labelLimit=110),
        ),
        yOffset=alt.YOffset("side:N", sort=list(_SIDES)),
        x=alt.X("pairs:Q", title=comparison.subtitle),
    )
    bars = base.mark_bar().encode(
        fill=alt.Fill(
            "side:N",
            scale=alt.Scale(domain=list(_SIDES), range=list(_SIDES.values())),
            legend=alt.Legend(title=None, orient="top"),
        )
    )
    numbers = base.mark_text(align="left", dx=4, color=SOFT_INK, fontSize=10).encode(
        text=alt.Text("pairs:Q", format=",")
    )
    height = _ROW * max(1, len(comparison.rows))
    return themed((bars + numbers).properties(width=_WIDTH, height=height), comparison.title, "")


def _tiles(changes: Changes) -> Iterator[Tile]:
    for change in changes.counts:
        if change.name in _TILES:
            yield Tile(change.name, number(change.after), f"{difference(change)} pairs")


def _tables(changes: Changes) -> Iterator[Table]:
    for name, pairs in (("Gained", changes.gained), ("Lost", changes.lost)):
        if pairs is not None:
            yield _sample(
                name, pairs, is_here=pairs is changes.gained and changes.after.commit == NOW
            )
    for one in changes.charts[1:2]:
        counts = [(label, before, after, after - before) for label, before, after in one.rows]
        yield Table(one.title, ("group", "before", "after", "change"), counts)
    yield figures_table(changes)


def _sample(name: str, pairs: PairsOfOne, *, is_here: bool) -> Table:
    """Return the first pairs; those that are in the workspace lead to their pages in the desk."""
    rows = [
        (
            Link(row["question"], pair_address(row["pair_id"])) if is_here else row["question"],
            row["group"],
            row["pair_id"][:8],
        )
        for row in pairs.sample
    ]
    caption = f"{name}: {pairs.total:,}, the first {len(rows):,} by id"
    return Table(caption if rows else name, ("question", "group", "pair"), rows)
