"""Python in README and docs/python.md runs; docs/rag.md shows libraries that are not here."""

import re
from pathlib import Path

import pytest

from tests.workspaces import ROOT

BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)
PAGES = [ROOT / "README.md", ROOT / "docs/python.md"]
BLOCKS = [
    pytest.param(page, code, id=f"{page.name}-{number}")
    for page in PAGES
    for number, code in enumerate(BLOCK.findall(page.read_text(encoding="utf-8")))
]
ANSWER = "The gap between the price that was expected and the price of the execution."
GIVEN = {
    "README.md": {
        "rows": [{"question": "What is slippage?", "answer": ANSWER}],
        "others": [{"question": "what is slippage", "answer": ANSWER.upper()}],
    }
}
"""What a page's reader has already."""


@pytest.mark.parametrize(("page", "code"), BLOCKS)
def test_examples_of_pages_run(page: Path, code: str) -> None:
    """What a page shows works as it stands; its own assertions hold."""
    names = dict(GIVEN.get(page.name, {}))
    exec(compile(code, page.name, "exec"), names)
    if page.name == "README.md":
        assert names["new"] == []


def test_readme_dedupes_two_lists_in_three_lines() -> None:
    """The first code that a stranger writes is short."""
    code = BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))[0]
    lines = [line for line in code.splitlines() if line.strip()]
    assert len(lines) <= 3
    assert "against=" in code
