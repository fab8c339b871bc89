"""docs/deliveries.md says what the code does: its tables are made from the code's."""

import os
import re
from collections.abc import Iterator

import pytest

from pipeline.deliveries import keys
from pipeline.deliveries.families import families
from pipeline.deliveries.landing import LEFT_REASONS
from pipeline.deliveries.marks import MARKS
from pipeline.deliveries.reasons import REASONS
from pipeline.deliveries.shapes import SHAPES
from pipeline.deliveries.unpacking import ENCODINGS, NOT_READ
from tests.conftest import ROOT

PAGE = ROOT / "docs/deliveries.md"
SECTION = re.compile(r"(<!-- made: (\w+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def code(words: tuple[str, ...]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def roles() -> Iterator[str]:
    yield from (row("role", "keys, the first one winning"), row("---", "---"))
    for role in dict.fromkeys(word.role for word in keys.VOCABULARY):
        yield row(role, code(keys.spelled(role)))


def listed(table: dict[str, str], first: str, second: str) -> Iterator[str]:
    yield from (row(first, second), row("---", "---"))
    for name, told in table.items():
        yield row(f"`{name}`", told)


def summaries() -> dict[str, str]:
    found = {}
    for family in families():
        assert family.__doc__ is not None
        found[family.NAME] = family.__doc__.strip().split("\n\n")[0].rstrip(".")
    return found


def made() -> dict[str, str]:
    """Return each section that the code writes."""
    sections = {
        "encodings": iter([code(ENCODINGS)]),
        "families": listed(summaries(), "family", "what it looks like"),
        "shapes": listed({shape.name: shape.looks_like for shape in SHAPES}, "shape", "an object"),
        "keys": roles(),
        "marks": iter([code(tuple(sorted(MARKS)))]),
        "reasons": listed(REASONS, "reason", "what it means"),
        "not_read": listed(
            {repr(magic)[2:-1]: told for magic, told in NOT_READ.items()},
            "first bytes",
            "what the refusal says",
        ),
        "left": listed(LEFT_REASONS, "reason", "what it means"),
    }
    return {name: "\n".join(lines) + "\n" for name, lines in sections.items()}


@pytest.mark.golden
def test_the_page_is_made_from_the_code() -> None:
    """A new key, shape, family or reason stands on the page; `make golden` writes it."""
    sections = made()
    page = PAGE.read_text(encoding="utf-8")
    assert [match[2] for match in SECTION.finditer(page)] == list(sections)
    current = SECTION.sub(lambda m: m[1] + sections[m[2]] + m[4], page)
    if os.environ.get("REWRITE_GOLDEN"):
        PAGE.write_text(current, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == current
