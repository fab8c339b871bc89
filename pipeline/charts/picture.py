"""A chart as files: SVG for pages and print, PNG for everything else."""

import os
import re
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import altair as alt
import vl_convert as vlc
from altair.utils.schemapi import debug_mode

from pipeline.charts.label import printable
from pipeline.charts.palette import Figure

PNG_SCALE = 1.5
"""PNG pixels per unit of the chart: sharp on dense screens, and legible at 100 %."""

_FONTS = Path(__file__).parent / "templates" / "fonts.txt"
_VEGA_LITE = ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])
_LOCAL_ID = re.compile(r'((?<=\bid=")|(?<=url\(#)|(?<=href="#))')


class Picture(NamedTuple):
    """One chart, drawn twice: the bytes of a PNG file and the text of an SVG file."""

    png: bytes
    svg: str


def unchecked() -> AbstractContextManager[None]:
    """Have Altair take parts of charts as they are, instead of holding each to its schema.

    That costs more than drawing them, and tests that build charts outside of this do it.
    """
    checked_by_default: AbstractContextManager[None] = debug_mode(False)  # noqa: FBT003 - Altair's
    return checked_by_default


def drawn(chart: Figure, name: str) -> Picture:
    """Return chart as PNG and SVG, the same bytes for the same chart.

    It is drawn in this process by vl-convert: no browser, no network, and fonts that come with
    the library. The ids inside the SVG start with name, so several of them fit on one page.
    Characters that XML forbids are replaced in all of its texts: one of them in a name would
    abort the whole process within vl-convert.
    """
    _load_fonts()
    spec = _printable(chart.to_dict(validate=False))
    svg = vlc.vegalite_to_svg(spec, vl_version=_VEGA_LITE, allowed_base_urls=[])
    own = _LOCAL_ID.sub(f"{name}-", svg)
    return Picture(vlc.svg_to_png(own, scale=PNG_SCALE), own + "\n")


def _printable(spec: Any) -> Any:
    if isinstance(spec, str):
        return printable(spec)
    if isinstance(spec, dict):
        return {name: _printable(value) for name, value in spec.items()}
    return [_printable(value) for value in spec] if isinstance(spec, list) else spec


@cache
def _load_fonts() -> None:
    """Have vl-convert load its own fonts alone, which it does once, when it first draws.

    With the fonts of the system beside them a machine that has its own Liberation Sans draws
    other bytes, and at three times the CPU: fontdb opens a file again for every glyph.
    """
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(_FONTS)
    try:
        vlc.svg_to_png('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>')
    finally:
        del os.environ["FONTCONFIG_FILE"]
        if before is not None:
            os.environ["FONTCONFIG_FILE"] = before
