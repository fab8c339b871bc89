"""The site of `make docs`: built once, and looked through."""

import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from pipeline import __all__ as names_of_the_door
from pipeline.cli import faucet
from pipeline.workspace.dag import Dag
from tests.workspaces import ROOT

LOADED = re.compile(
    r"<(?:script|img|iframe|source)[^>]*\ssrc=\"?([^\"\s>]+)|<link[^>]*href=\"?([^\"\s>]+)"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs")
    runpy.run_path(str(ROOT / "docs/site.py"))["write_pages"](folder)
    subprocess.run(
        [
            sys.executable,
            "-m",
            "zensical",
            "build",
            "--strict",
            "--config-file",
            str(folder / "zensical.toml"),
        ],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    return folder


def commands(command: click.Command, name: str) -> Iterator[str]:
    yield name
    for below, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, f"{name} {below}")


def headings(site: Path, page: str) -> list[str]:
    text = (site / "pages" / page).read_text(encoding="utf-8")
    return re.findall(r"^#+ (.*)$", text, re.MULTILINE)


def test_references_have_all_that_there_is(site: Path) -> None:
    """Every command, every schema with every field, every function of the door, every stage."""
    assert set(headings(site, "command_reference.md")) >= set(commands(faucet, "faucet"))
    dictionary = (site / "site/data_dictionary.html").read_text(encoding="utf-8")
    for path in (ROOT / "schemas").glob("*.schema.json"):
        assert f'id="{path.name.removesuffix(".schema.json")}"' in dictionary
    assert "<code>origins[].pointer</code>" in dictionary
    reference = headings(site, "python_reference.md")
    assert set(reference) >= {f"qa.{name}" for name in names_of_the_door} | set(Dag(ROOT).names)
    assert "DedupedRows" in reference


def test_pages_load_without_network_and_links_lead_somewhere(site: Path) -> None:
    """No page loads anything from elsewhere; every link within the site has its file."""
    pages = sorted((site / "site").rglob("*.html"))
    assert len(pages) > 25
    missing, foreign = [], []
    for page in pages:
        text = page.read_text(encoding="utf-8")
        loaded = [one or other for one, other in LOADED.findall(text)]
        foreign += [name for name in loaded if name.startswith(("http:", "https:", "//"))]
        for link in re.findall(r"<a [^>]*href=\"?([^\"\s>]+)", text):
            target = link.partition("#")[0]
            is_own = target and page.name != "404.html" and "://" not in target
            if is_own and not (page.parent / target).exists():
                missing.append(f"{page.name}: {link}")
    assert foreign == []
    assert missing == []
