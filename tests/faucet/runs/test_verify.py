"""`faucet repro` and `faucet verify` on a workspace of its own, as a newcomer runs them."""

import json
import re
import shutil
from pathlib import Path

import orjson
import pytest

from pipeline.faucet.runs.inbox import land_inbox
from pipeline.faucet.runs.verify import verify
from pipeline.workspace.dag import Dag
from pipeline.workspace.git import git
from pipeline.workspace.workspace import Workspace
from tests.faucet import toy_dag
from tests.thoroughness import LONG
from tests.workspaces import run

pytest.importorskip("pty", reason="no pseudo-terminals here: CI has them")
from tests.terminal import shown

pytestmark = pytest.mark.slow


@pytest.fixture
def workspace(built_once: Path, tmp_path: Path) -> Workspace:
    """Return a workspace of eight stages that ran and was committed."""
    return Workspace(shutil.copytree(built_once, tmp_path / "here", symlinks=True))


@pytest.fixture
def two_stages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Return a workspace of two small stages that ran and was committed."""
    root = toy_dag.workspace(tmp_path / "toy", monkeypatch)
    land_inbox(root)
    (root / "requirements.lock").touch()
    run(root.root, "-m", "pipeline.cli", "repro")
    git(root, "add", "--all")
    git(root, "commit", "-qm", "ran")
    return root


def test_same_bytes_stop_the_run_there(workspace: Workspace) -> None:
    """A stage whose code changed without changing its result runs alone; the tree stays clean."""
    with (workspace / "pipeline/stages/embed.py").open("a") as code:
        code.write("# a remark\n")
    report = json.loads(run(workspace, "-m", "pipeline.cli", "repro", "--json"))
    states = {stage["stage"]: stage["state"] for stage in report["stages"]}
    assert states == {**dict.fromkeys(Dag(workspace).names, "unchanged"), "embed": "ran"}
    changed = set(git(workspace, "diff", "--name-only").split())
    assert changed == {"dvc.lock", "pipeline/stages/embed.py"}


@pytest.mark.skipif(not LONG, reason="two rebuilds of eight stages: `make nightly`; a wheel's here")
def test_a_commit_rebuilds_stage_by_stage(workspace: Workspace) -> None:
    """What the inputs give is confirmed, of every stage and of dvc.lock."""
    assert [verdict.differing for verdict in verify(workspace, "HEAD")] == [()] * 9


def test_a_forged_figure_is_found(two_stages: Workspace) -> None:
    """A figure written by hand is named with its stage; all that was not forged is confirmed."""
    path = two_stages / "metrics/dedup.json"
    forged = {"dedup": {**orjson.loads(path.read_bytes())["dedup"], "kept": 10_000}}
    path.write_bytes(orjson.dumps(forged))
    git(two_stages, "commit", "-qam", "better figures")
    code, left = shown(two_stages.root, "verify", "HEAD")
    *lines, last = left.splitlines()
    assert (code, last) == (1, "Error: HEAD does not rebuild to the bytes that it records")
    assert not any(line.startswith("WARNING") for line in lines), left
    verdicts = (re.fullmatch(r"(\S+) +((?:same|DIFFERS) .*)", line) for line in lines)
    by_stage = {found[1]: found[2].split() for found in verdicts if found}
    assert by_stage["dedup"] == ["DIFFERS", "metrics/dedup.json"]
    assert by_stage["dvc.lock"][0] == "DIFFERS"
    assert "metrics/dedup.json" in by_stage["dvc.lock"]
    assert by_stage["integrate"] == ["same", "2", "files"]
