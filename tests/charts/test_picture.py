"""The same chart gives the same bytes, on any machine that has the locked libraries."""

import hashlib
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

import altair as alt
import pandas as pd
import pytest

from pipeline.charts.growth import database_growth_over_time, growth_table
from pipeline.charts.picture import Picture, drawn
from tests.charts.made_up import accounting, delivery
from tests.conftest import ROOT

BOOKS = accounting(
    delivery("droid", 3, "2025-01-02"), delivery("zai", 4, "2025-03-04"), delivery("zai", 2, None)
)
SCRIPT = """
from tests.charts.test_picture import digest
print(digest())
"""
ELSEWHERE = {"TZ": "Pacific/Auckland", "PYTHONHASHSEED": "7", "LC_ALL": "de_DE.UTF-8"}


def picture() -> Picture:
    """Return a chart with dates, the most likely part to follow a machine's settings."""
    return drawn(database_growth_over_time(growth_table(BOOKS)), "growth")


@cache
def drawn_once() -> Picture:
    """Return the picture for those to whom it is all the same when it was drawn."""
    return picture()


def digest() -> str:
    """Return a digest of both files of the picture."""
    return hashlib.sha256(drawn_once().png + drawn_once().svg.encode()).hexdigest()


def test_drawing_twice_gives_the_same_bytes() -> None:
    """Law: a chart's PNG and SVG depend on the chart alone."""
    assert picture() == drawn_once()


def test_settings_of_the_machine_change_nothing(tmp_path: Path) -> None:
    """Law: time zone, locale, hash seed and the fonts of the system do not show."""
    fonts = tmp_path / "fonts.conf"
    fonts.write_text("<fontconfig><dir>/usr/share/fonts</dir></fontconfig>", encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=ROOT,
        env={**os.environ, **ELSEWHERE, "FONTCONFIG_FILE": str(fonts)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == digest()


def test_the_environment_is_left_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """Law: loading the library's own fonts leaves no trace in the environment."""
    monkeypatch.setenv("FONTCONFIG_FILE", "mine")
    picture()
    assert os.environ["FONTCONFIG_FILE"] == "mine"


def test_files_are_what_their_names_say() -> None:
    """Law: the PNG has PNG's signature, the SVG is one element, and its ids are its own."""
    png, svg = drawn_once()
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert svg.startswith("<svg")
    assert svg.endswith("</svg>\n")
    assert all(name.startswith("growth-") for name in re.findall(r'\bid="([^"]*)"', svg))
    assert "http" not in re.sub(r'xmlns(:xlink)?="[^"]*"', "", svg)


def test_the_table_behind_a_chart_is_not_changed_by_drawing() -> None:
    """Law: drawing reads its table and leaves it as it was."""
    table = growth_table(BOOKS)
    before = table.copy(deep=True)
    drawn(database_growth_over_time(table), "growth")
    pd.testing.assert_frame_equal(table, before)


def test_no_character_of_a_name_stops_the_drawing() -> None:
    """Law: what XML forbids is replaced wherever a chart shows it, even where no label was cut."""
    forbidden = [chr(code) for code in (*range(32), *range(0x7F, 0xA0), 0xFFFE, 0xFFFF)]
    names = pd.DataFrame({"name": [f"x{character}y" for character in forbidden]})
    chart = alt.Chart(names).mark_bar().encode(x="name:N")
    root = ET.fromstring(drawn(chart, "names").svg)
    shown = {element.text for element in root.iter() if element.tag.endswith("text")}
    assert "x\ufffdy" in shown
