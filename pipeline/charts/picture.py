"""A chart as files: SVG for pages and print, PNG for everything else."""

import re
from typing import NamedTuple

import altair as alt
import vl_convert as vlc

from pipeline.charts.palette import Figure

PNG_SCALE = 1.5
"""PNG pixels per unit of the chart: sharp on dense screens, and legible at 100 %."""

_VEGA_LITE = ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])
_LOCAL_ID = re.compile(r'((?<=\bid=")|(?<=url\(#)|(?<=href="#))')


class Picture(NamedTuple):
    """One chart, drawn twice: the bytes of a PNG file and the text of an SVG file."""

    png: bytes
    svg: str


def drawn(chart: Figure, name: str) -> Picture:
    """Return chart as PNG and SVG, the same bytes for the same chart.

    It is drawn in this process by vl-convert: no browser, no network, and fonts that come with
    the library. The ids inside the SVG start with name, so several of them fit on one page.
    """
    svg = vlc.vegalite_to_svg(chart.to_dict(), vl_version=_VEGA_LITE, allowed_base_urls=[])
    own = _LOCAL_ID.sub(f"{name}-", svg)
    return Picture(vlc.svg_to_png(own, scale=PNG_SCALE), own + "\n")
