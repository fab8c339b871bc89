"""An extra has one way of being installed: every page and sentence names it, and it is pinned."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from pipeline.core.extras import DISTRIBUTION

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = {
    str(name): [Requirement(line) for line in lines]
    for name, lines in PROJECT["optional-dependencies"].items()
}
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
SOURCES = sorted((ROOT / "pipeline").rglob("*.py"))


def _named(pattern: str, paths: list[Path]) -> set[str]:
    texts = (path.read_text(encoding="utf-8") for path in paths)
    return {
        name for text in texts for found in re.findall(pattern, text) for name in found.split(",")
    }


def test_extras_that_are_named_exist() -> None:
    """What pages and sentences name is an extra of pyproject.toml, and README names all of them."""
    by_page = _named(rf"(?:NAME=|{DISTRIBUTION}\[)([a-z,]+)", list(PAGES))
    by_sentence = _named(r'(?:of_extra|lacking)\("(\w+)"', SOURCES)
    assert by_page
    assert by_sentence
    assert by_page | by_sentence <= EXTRAS.keys()
    start = PAGES[0].read_text(encoding="utf-8").split("make extra NAME=desk", 1)[1].splitlines()[0]
    assert {name for name in EXTRAS if f"`{name}`" in start} == EXTRAS.keys()


def test_no_page_installs_a_copy_of_the_checkout() -> None:
    """No page and no sentence says `pip install .[...]`, which puts a copy beside the checkout."""
    texts = {path: path.read_text(encoding="utf-8") for path in (*PAGES, *SOURCES)}
    del texts[ROOT / "pipeline/core/extras.py"]  # says why not
    shown = {path: re.findall(r"""install[^`\n]*["' ]\.\[""", text) for path, text in texts.items()}
    assert {path: lines for path, lines in shown.items() if lines} == {}


def test_the_lock_pins_what_extras_need() -> None:
    """Every package of an extra stands in the lock that `make extra` takes versions from."""
    lock = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")
    pinned = dict(re.findall(r"^(\S+)==(\S+)", lock, re.MULTILINE))
    for extra, needed in EXTRAS.items():
        for one in needed:
            assert one.specifier.contains(pinned[canonicalize_name(one.name)]), (extra, one)
