"""The keys of the desk are the same ones in its pages, its legend, its document and other tools."""

import re
import xml.etree.ElementTree as ET

from pipeline.desk.pages.reviewing import KEYS
from tests.conftest import ROOT

TEMPLATES = ROOT / "pipeline/desk/templates"
VERDICTS = {verdict: key for kind in KEYS.values() for verdict, (key, _) in kind.items()}
SAID_AS_RANGE = set("0123456789")


def test_every_key_is_in_the_legend_and_in_the_document() -> None:
    """What a page heeds, the legend behind `?` and docs/desk.md name, and nothing besides."""
    pages = "".join(path.read_text() for path in TEMPLATES.glob("*.html"))
    heeded = {*re.findall(r'data-key="(.)"', pages), *VERDICTS.values()}
    assert 'data-key="g{{' in pages
    assert 'data-key="{{ key[0]|upper }}"' in pages
    heeded |= {"g", *map(str.upper, VERDICTS.values())}
    legend = set(re.findall(r"<kbd>(.)</kbd>", (TEMPLATES / "layout.html").read_text()))
    table = (ROOT / "docs/desk.md").read_text().partition("## Keys")[2]
    written = set(re.findall(r"^\|[^|]*\|", table, re.MULTILINE))
    named = {key for cell in written for key in re.findall(r"`(.)`", cell)}
    assert named - SAID_AS_RANGE == heeded - SAID_AS_RANGE
    assert legend - SAID_AS_RANGE == heeded - {"?"} - SAID_AS_RANGE


def test_a_verdict_has_one_key_everywhere() -> None:
    """Label Studio's buttons have the desk's keys, so that hands need not learn twice."""
    choices = ET.parse(ROOT / "docs/label_studio.xml").iter("Choice")
    assert {one.get("value"): one.get("hotkey") for one in choices} == VERDICTS
