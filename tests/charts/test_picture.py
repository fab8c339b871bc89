"""The same chart gives the same bytes, on any machine that has the locked libraries."""

import os
import re
import subprocess
import sys

import pandas as pd
import pytest

from pipeline.charts.growth import database_growth_over_time, growth_table
from pipeline.charts.picture import drawn
from tests.charts.made_up import accounting, delivery
from tests.conftest import ROOT

BOOKS = accounting(
    delivery("droid", 3, "2025-01-02"), delivery("zai", 4, "2025-03-04"), delivery("zai", 2, None)
)
SCRIPT = """
import hashlib
from tests.charts.test_picture import picture
print(hashlib.sha256(picture().png + picture().svg.encode()).hexdigest())
"""


def picture():  # noqa: ANN201
    """Return a chart with dates, the most likely part to follow a machine's settings."""
    return drawn(database_growth_over_time(growth_table(BOOKS)), "growth")


def test_drawing_twice_gives_the_same_bytes() -> None:
    """Law: a chart's PNG and SVG depend on the chart alone."""
    assert picture() == picture()


@pytest.mark.parametrize(
    "settings",
    [
        {"TZ": "Pacific/Auckland", "PYTHONHASHSEED": "7", "LC_ALL": "de_DE.UTF-8"},
        {"TZ": "America/Los_Angeles", "PYTHONHASHSEED": "0", "FONTCONFIG_FILE": "/etc/none"},
    ],
)
def test_settings_of_the_machine_change_nothing(settings: dict[str, str]) -> None:
    """Law: time zone, locale, hash seed and the system's fonts do not show."""
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=ROOT,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=True,
    )
    here = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout == here.stdout


def test_the_environment_is_left_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """Law: loading the library's own fonts leaves no trace in the environment."""
    monkeypatch.setenv("FONTCONFIG_FILE", "mine")
    picture()
    assert os.environ["FONTCONFIG_FILE"] == "mine"


def test_files_are_what_their_names_say() -> None:
    """Law: the PNG has PNG's signature, the SVG is one element, and its ids are its own."""
    png, svg = picture()
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
