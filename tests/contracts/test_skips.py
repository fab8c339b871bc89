"""A test that is skipped here runs somewhere, and the skip's reason says where."""

import ast
from pathlib import Path

from tests.contracts.parsed import nodes, parsed

ROOT = Path(__file__).parents[2]
SKIPS = {"skip", "skipif", "importorskip", "SkipTest", "skipTest"}
PLACES = (".ci/run", "CI has", "../shared", "make nightly")


def skips() -> list[tuple[str, str]]:
    """Return place and source of every call that skips a test."""
    return [
        (f"{path.relative_to(ROOT)}:{node.lineno}", ast.unparse(node))
        for path in sorted((ROOT / "tests").rglob("*.py"))
        for node in nodes(path)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", None) in SKIPS
    ]


def test_every_skip_says_where_its_test_runs() -> None:
    """What needs a capability is run by CI's second round, or where real files lie."""
    silent = [place for place, call in skips() if not any(name in call for name in PLACES)]
    assert silent == []
    assert skips()


def test_the_second_round_has_the_tests_that_the_first_may_skip() -> None:
    """A test that sends its reader to .ci/run carries the mark of what .ci/run runs again."""
    assert "make -C" in (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert " bytes " in (ROOT / ".ci/run").read_text(encoding="utf-8")
    unmarked = []
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        source = path.read_text(encoding="utf-8")
        if path == Path(__file__) or "ci/run" not in source or "skip" not in source:
            continue
        for node in filter(lambda node: isinstance(node, ast.FunctionDef), parsed(path).body):
            sends = any(
                "ci/run" in ast.unparse(line) and "skip" in ast.unparse(line) for line in node.body
            )
            if sends and "pytest.mark.bytes" not in map(ast.unparse, node.decorator_list):
                unmarked.append(f"{path.relative_to(ROOT)}: {node.name}")
    assert unmarked == []
