"""Colours, type and the look that all charts share.

Charts name channels by their classes and get what they need when they are made: Altair finds the
class of a plain text by digests of its whole schema, and copies a chart for each thing that is
said of it later. Both took longer than drawing.

Everything is legible to readers with a colour vision deficiency: steps differ in lightness, and
the colours of unordered groups are Paul Tol's muted scheme (personal.sron.nl/~pault, SRON/EPS/TN
09-002) or Okabe and Ito's set (jfly.uni-koeln.de/color). No chart relies on colour alone.
"""

from collections.abc import Sequence
from typing import NamedTuple

import altair as alt
import pandas as pd

from pipeline.domain.topics_table import NO_GROUP

FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
"""Liberation Sans comes with vl-convert; Arial and Helvetica have the same widths."""

INK = "#1f2933"
SOFT_INK = "#52606d"
GRID = "#d9e0e7"
PAPER = "#ffffff"
WHITE_INK = "#fefefe"
"""White for text on dark cells: unlike PAPER, a dark page must not change it."""

GROUPS = (
    "#332288",
    "#88ccee",
    "#44aa99",
    "#117733",
    "#999933",
    "#ddcc77",
    "#cc6677",
    "#882255",
    "#aa4499",
    "#6699cc",
)
GROUP_INK = dict(zip(GROUPS, "wkkwkkkwwk", strict=True))
REST = "#c3cad1"
"""What does not belong to a group of its own: none, others, undated."""

VERDICTS = {"accept": "#0072b2", "review": "#e69f00", "reject": "#d55e00"}
"""Okabe and Ito's blue, orange and vermilion; scores use no other verdict."""


Panel = alt.Chart | alt.LayerChart | alt.FacetChart
Figure = Panel | alt.HConcatChart


class Band(NamedTuple):
    """A step of the coverage scale: from floor_pct upwards, filled with fill, written in ink."""

    label: str
    floor_pct: float
    fill: str
    ink: str


NOTHING = Band("nothing yet", 0.0, PAPER, SOFT_INK)
NO_TARGET = Band("no target", 0.0, "#eceff1", INK)
BANDS = (
    Band("under 25 %", 0.0, "#d6e8f5", "#1f2934"),
    Band("25 to 50 %", 25.0, "#a6cde6", "#1f2934"),
    Band("50 to 75 %", 50.0, "#68a9d0", "#1f2934"),
    Band("75 to 100 %", 75.0, "#2874a6", WHITE_INK),
    Band("100 % and more", 100.0, "#0b3c5d", WHITE_INK),
)
"""One hue, five steps of lightness; an indicator without a single pair has none of them."""


EACH_ITS_OWN = alt.Resolve(scale=alt.ScaleResolveMap(color="independent", fill="independent"))
"""Every one of some panels has colours of its own."""


def group_colours(names: Sequence[str]) -> dict[str, str]:
    """Return a colour per name, in order; names beyond the palette share the colour of the rest."""
    named = (name for name in names if name != NO_GROUP)
    colours = dict(zip(named, GROUPS, strict=False))
    return {name: colours.get(name, REST) for name in names}


def themed(chart: Figure, title: str, subtitle: str) -> Figure:
    """Return chart with its title and the look that all charts share."""
    heading = alt.TitleParams(
        title,
        subtitle=subtitle,
        anchor="start",
        frame="bounds",
        fontSize=18,
        subtitleFontSize=13,
        color=INK,
        subtitleColor=SOFT_INK,
        offset=16,
    )
    look = alt.Config(
        font=FONT,
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(
            labelColor=INK,
            titleColor=SOFT_INK,
            gridColor=GRID,
            domainColor=GRID,
            tickColor=GRID,
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
        ),
        legend=alt.LegendConfig(
            labelColor=INK,
            titleColor=SOFT_INK,
            labelFontSize=12,
            titleFontWeight="normal",
            symbolType="square",
            symbolSize=140,
        ),
    )
    figure: Figure = chart.properties(title=heading, background=PAPER, padding=16, config=look)
    return figure


def at_x(place: float | str) -> alt.XValue:
    """Return the place of a mark in pixels from the left, or a word of Vega-Lite's for it."""
    return alt.XValue(place)  # type: ignore[no-untyped-call]  # Altair gives it no types


def at_y(place: float) -> alt.YValue:
    """Return the place of a mark in pixels from the top."""
    return alt.YValue(place)  # type: ignore[no-untyped-call]  # as above


def vacant(title: str, why: str) -> Figure:
    """Return the chart that stands where there is nothing to draw yet, and says why."""
    text = alt.Chart(pd.DataFrame({"why": [why]})).mark_text(fontSize=14, color=SOFT_INK)
    return themed(text.encode(text=alt.Text("why:N")).properties(width=560, height=120), title, "")
