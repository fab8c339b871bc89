"""`faucet repro` and `faucet verify` on a workspace of its own, as a newcomer runs them."""

import json
import re
import shutil
from pathlib import Path

import orjson
import pytest

from pipeline.faucet.runs.verify import verify
from pipeline.workspace.dag import Dag
from pipeline.workspace.git import git
from pipeline.workspace.workspace import Workspace
from tests.workspaces import LONG, run

pytest.importorskip("pty", reason="no pseudo-terminals here: CI has them")
from tests.terminal import shown

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def workspace(built_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    root = tmp_path_factory.mktemp("verify") / "here"
    shutil.copytree(built_once, root, symlinks=True)
    return Workspace(root)


def test_a_finished_workspace_is_up_to_date(workspace: Workspace) -> None:
    """A second run changes nothing and leaves the tree clean."""
    assert "up to date" in run(workspace, "-m", "pipeline.cli", "repro")
    assert git(workspace, "status", "--porcelain") == ""


def test_same_bytes_stop_the_run_there(workspace: Workspace) -> None:
    """A stage whose code changed without changing its result runs alone."""
    with (workspace / "pipeline/stages/embed.py").open("a") as code:
        code.write("# a remark\n")
    report = json.loads(run(workspace, "-m", "pipeline.cli", "repro", "--json"))
    states = {stage["stage"]: stage["state"] for stage in report["stages"]}
    assert states == {**dict.fromkeys(Dag(workspace).names, "unchanged"), "embed": "ran"}
    git(workspace, "commit", "-qam", "remark")


def test_a_commit_rebuilds_and_a_forged_one_does_not(workspace: Workspace) -> None:
    """What the inputs give is confirmed stage by stage; a figure written by hand is found.

    One rebuild shows both: all stages but the forged one are confirmed.
    """
    if LONG:
        assert [verdict.differing for verdict in verify(workspace, "HEAD")] == [()] * 9
    path = workspace / "metrics/dedup.json"
    forged = {**orjson.loads(path.read_bytes()), "kept": 10_000}
    path.write_bytes(orjson.dumps(forged))
    git(workspace, "commit", "-qam", "better figures")
    code, left = shown(workspace, "verify", "HEAD")
    *lines, last = left.splitlines()
    assert (code, last) == (1, "Error: HEAD does not rebuild to the bytes that it records")
    assert not any(line.startswith("WARNING") for line in lines), left
    verdicts = (re.fullmatch(r"(\S+) +((?:same|DIFFERS) .*)", line) for line in lines)
    by_stage = {found[1]: found[2] for found in verdicts if found}
    assert by_stage.pop("dedup") == "DIFFERS  metrics/dedup.json"
    assert "metrics/dedup.json" in by_stage.pop("dvc.lock")
    assert len(by_stage) == 7
    assert all(said.startswith("same ") for said in by_stage.values())
