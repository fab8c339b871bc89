"""What every page of ours stands in: one HTML file that asks nobody for anything."""

import base64
import hashlib
from functools import cache
from importlib.resources import files

import jinja2
from markupsafe import Markup, escape

from pipeline.charts.addresses import ORIGIN
from pipeline.charts.label import plain, printable

_PACKAGE = __package__


def framed(
    package: str, template: str, *, style: str = "", float_format: str = ",.2f", **content: object
) -> str:
    """Return a template of a package as one HTML file, its style sheet and script inline.

    The style sheet and the macros of listings are those of the dashboard; style is what the page
    adds to them. float_format is how floats are shown. Everything delivered is escaped and has no
    control characters left. style_hash and script_hash are for the page's own policy, by which a
    browser runs no script and loads no style but those two.
    """
    style = asset(_PACKAGE, "base.css") + asset(_PACKAGE, "dashboard.css") + style
    script = asset(_PACKAGE, "dashboard.js")
    text = (
        environment(package, float_format)
        .get_template(template)
        .render(
            **content,
            origin=ORIGIN,
            style=Markup(style),  # noqa: S704 - from templates/, nothing delivered
            script=Markup(script),  # noqa: S704 - from templates/, nothing delivered
            style_hash=_hash(style),
            script_hash=_hash(script),
        )
    )
    return text.rstrip("\n") + "\n"


def asset(package: str, name: str) -> str:
    """Return a file of a package's templates, between line ends."""
    path = files(package) / "templates" / name
    return "\n" + path.read_text(encoding="utf-8").strip() + "\n"


@cache
def environment(package: str, float_format: str = ",.2f") -> jinja2.Environment:
    """Return the environment of a package's templates and of those that all pages share.

    Everything is escaped. Text is put on one line without control characters, unless it is
    Markup, which the filter prose makes of text whose lines are to stay.
    """

    def shown(value: object) -> object:
        """Return value as the page may show it; whatever is escaped after this has no controls."""
        if isinstance(value, Markup):
            return value
        if isinstance(value, str):
            return plain(value)
        if isinstance(value, float):
            return format(value, float_format)
        return f"{value:,}" if isinstance(value, int) else value

    made = jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.PackageLoader(name) for name in (package, _PACKAGE)]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=shown,
    )
    made.filters["drawing"] = _drawing
    made.filters["prose"] = _prose
    return made


def _prose(text: str) -> Markup:
    """Return text for a page with its line ends, escaped, without other control characters."""
    return escape(printable(text.replace("\r\n", "\n")))


def _drawing(svg: str) -> Markup:
    """Return the SVG of a chart for a page; Vega has escaped the texts in it."""
    return Markup(svg.strip())  # noqa: S704 - drawn here, and tested with attack strings


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
