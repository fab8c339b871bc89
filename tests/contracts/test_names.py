"""Names are the field's terms: no word stands for nine things, no name for two classes."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.contracts.parsed import nodes

ROOT = Path(__file__).parents[2]
VAGUE = {"told", "people", "met", "said"}
"""Words that stand for messages, rows, reports, pairs, entries and more (docs/glossary.md)."""


def modules() -> list[Path]:
    return sorted((ROOT / "pipeline").rglob("*.py"))


def names(module: Path) -> Iterator[tuple[str, int]]:
    """Yield the names that a module gives to values, functions and classes."""
    for node in nodes(module):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node.lineno


def test_no_name_is_vague() -> None:
    """A value is called what it is: message, report, row, entry, candidate pairs, edge, hits."""
    vague = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path in modules()
        for name, line in names(path)
        if VAGUE.intersection(name.lower().split("_"))
    ]
    assert not vague


def test_every_class_has_a_name_of_its_own() -> None:
    """Who reads a class's name knows which one is meant, whatever the file."""
    classes = Counter(
        node.name
        for path in modules()
        for node in nodes(path)
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert [name for name, count in classes.items() if count > 1] == []
