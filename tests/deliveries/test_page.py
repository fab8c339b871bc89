"""docs/deliveries.md says what the code does."""

import re

from pipeline.deliveries import headers, keys
from pipeline.deliveries.families import families
from pipeline.deliveries.landing import LEFT_REASONS
from pipeline.deliveries.reasons import REASONS
from tests.conftest import ROOT


def table(heading: str) -> dict[str, str]:
    """Return the rows below a heading of the page: first cell without marks -> the other cells."""
    page = (ROOT / "docs/deliveries.md").read_text(encoding="utf-8")
    section = page.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \| (.+) \|$", section, re.MULTILINE)
    return {first.strip("`"): rest for first, rest in rows[1:]}


def test_the_page_explains_every_reason_in_the_codes_words() -> None:
    """The tables of reasons are the code's tables."""
    assert table("Why a record or a delivery is refused") == REASONS
    assert table("Why a file stays in the inbox") == LEFT_REASONS


def test_the_page_has_a_line_for_every_family() -> None:
    """Who writes a new family writes its line."""
    assert list(table("Families")) == [family.NAME for family in families()]


def test_the_page_names_every_key() -> None:
    """Keys and headers stand on the page in the order in which they win."""
    told = {column: re.findall(r"`(\w+)`", names) for column, names in table("Keys").items()}
    known = {"question": keys.QUESTION, "answer": keys.ANSWER, **keys.COLUMNS}
    assert told == {column: list(names) for column, names in known.items()}
    named = re.findall(r"`(\w+)`", table("Families")["delimited"].split("question <-")[1])
    assert named == [*headers.QUESTION, *headers.ANSWER]
