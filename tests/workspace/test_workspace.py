from pathlib import Path

import pytest

from pipeline.core.errors import UserError
from pipeline.faucet.runs.fresh import start_fresh
from pipeline.workspace.git import git
from pipeline.workspace.workspace import Workspace, find_workspace

DVC_YAML = """
stages:
  one:
    cmd: "true"
    deps: [data/deliveries]
    outs: [data/one/a.parquet]
    metrics: [metrics/one.json]
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    for name, text in {
        "dvc.yaml": DVC_YAML,
        "params.yaml": "{}",
        "data/deliveries/README.md": "stays",
        "data/deliveries/zai/000000000000-a.json": "{}",
        "data/one/a.parquet": "",
        "metrics/one.json": "{}",
        "dvc.lock": "",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    git(tmp_path, "init", "-q")
    return Workspace(tmp_path)


def test_the_root_is_found_from_below(workspace: Workspace) -> None:
    """A command works in any folder of a workspace, and says so outside of one."""
    assert find_workspace(workspace / "data" / "deliveries") == workspace
    with pytest.raises(UserError, match=r"no dvc\.yaml"):
        find_workspace(Path("/"))


def test_deliveries_that_git_does_not_hold_are_not_removed(workspace: Workspace) -> None:
    """Starting fresh never loses a delivery that nobody committed, unless forced."""
    with pytest.raises(UserError, match="git does not hold"):
        start_fresh(workspace, force=False)
    assert (workspace / "data/deliveries/zai/000000000000-a.json").exists()


def test_a_fresh_workspace_has_no_deliveries_and_no_outputs(workspace: Workspace) -> None:
    """What the stages made and what agents delivered goes; what the project is stays."""
    removed = start_fresh(workspace, force=True)
    assert removed == ["data/deliveries/zai", "data/one/a.parquet", "dvc.lock", "metrics/one.json"]
    left = {
        path.relative_to(workspace).as_posix()
        for path in workspace.root.rglob("*.*")
        if ".git" not in path.parts
    }
    assert {"dvc.yaml", "params.yaml", "data/deliveries/README.md"} <= left
    assert start_fresh(workspace, force=True) == []
