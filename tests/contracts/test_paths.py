"""Where things are and how git is run is known in pipeline/workspace alone."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.workspace import layout
from pipeline.workspace.workspace import Workspace
from tests.contracts.parsed import nodes
from tests.workspaces import ROOT

FOLDERS = ("data", "metrics", "schemas", ".cache")
RUNS_ALONE = "pipeline/faucet/checkpoints/restore_archive.py"
"""Goes into an archive, and runs where this project is not installed."""


def modules() -> list[Path]:
    files = sorted((ROOT / "pipeline").rglob("*.py"))
    return [path for path in files if path.parent.name != "workspace"]


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Yield every text that code uses, with its line; docstrings are none."""
    said = {id(node.value) for node in nodes(path) if isinstance(node, ast.Expr)}
    for node in nodes(path):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.lineno, node.value


def is_path_of_a_workspace(text: str) -> bool:
    """Return whether a text is a path below one of the folders, and no sentence that names one."""
    return text.startswith(tuple(f"{name}/" for name in FOLDERS)) and " " not in text


@pytest.mark.parametrize("text", ["data/qa/scores.parquet", "metrics/", ".cache/x", "schemas/a"])
def test_the_search_finds_what_it_looks_for(text: str) -> None:
    """A path of the workspace is known as one, a sentence about it is not."""
    assert is_path_of_a_workspace(text)
    assert not is_path_of_a_workspace(f"{text} is missing")


def test_no_path_of_a_workspace_is_written_elsewhere() -> None:
    """A file that moves is moved in one place: dvc.yaml, or pipeline/workspace/layout.py."""
    found = [
        f"{path.relative_to(ROOT)}:{line} {text}"
        for path in modules()
        for line, text in texts(path)
        if is_path_of_a_workspace(text)
    ]
    calls = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in modules()
        for node in nodes(path)
        if isinstance(node, ast.Call | ast.BinOp)
        for part in (node.args if isinstance(node, ast.Call) else [node.right])
        if isinstance(part, ast.Constant)
        and part.value in FOLDERS
        and (isinstance(node, ast.BinOp) or getattr(node.func, "id", "") == "Path")
    ]
    assert (found, calls) == ([], [])


def test_no_script_makes_such_a_path_by_itself() -> None:
    """Benchmarks, examples and pages ask the workspace where its files are, too."""
    scripts = [
        path
        for name in ("benchmarks", "docs", "examples")
        for path in sorted((ROOT / name).rglob("*.py"))
    ]
    assert scripts
    made = [
        f"{path.relative_to(ROOT)}:{node.lineno} {part.value}"
        for path in scripts
        for node in nodes(path)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Path"
        for part in node.args
        if isinstance(part, ast.Constant)
        and (part.value in FOLDERS or is_path_of_a_workspace(str(part.value)))
    ]
    assert made == []


def test_git_is_run_in_one_place() -> None:
    """No second wrapper starts git: its language, its prompts and its faults are settled once."""
    starting = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in modules()
        if path.relative_to(ROOT).as_posix() != RUNS_ALONE
        for line, text in texts(path)
        if text == "git"
    ]
    assert starting == []


def test_inputs_that_commands_write_are_inputs_of_the_dag() -> None:
    """What layout names of the DAG is what dvc.yaml names."""
    inputs = Workspace(ROOT).inputs
    assert set(inputs) >= {
        layout.DELIVERIES,
        layout.PLAN,
        layout.VERDICTS,
        layout.EDITS,
        layout.REMOVED,
    }
    dag = Workspace(ROOT).dag
    assert [wiring.metrics for wiring in dag.wirings] == [layout.metrics_path(n) for n in dag.names]


def test_names_of_outputs_are_told_apart() -> None:
    """A file's name is enough to ask for an output."""
    dag = Workspace(ROOT).dag
    outs = [out for wiring in dag.wirings for out in wiring.outs]
    assert len(dag.outputs) == len(outs)
