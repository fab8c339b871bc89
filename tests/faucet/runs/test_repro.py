"""What a killed run leaves is mended; a run that is alive is waited for."""

import json
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from pipeline.faucet.runs.mending import heal
from pipeline.workspace.git import git
from pipeline.workspace.locks import run_lock
from pipeline.workspace.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    git(tmp_path, "init", "-q")
    for name in ("user.name", "user.email"):
        git(tmp_path, "config", name, "somebody@example.org")
    (tmp_path / "dvc.lock").write_text("schema: '2.0'\n")
    git(tmp_path, "add", "dvc.lock")
    git(tmp_path, "commit", "-qm", "start")
    (tmp_path / ".dvc/tmp").mkdir(parents=True)
    (tmp_path / ".cache").mkdir()
    return Workspace(tmp_path)


def test_a_healthy_workspace_is_left_alone(workspace: Workspace) -> None:
    """Nothing is mended and nothing said where nothing is broken."""
    (workspace / ".dvc/tmp/rwlock").write_text(json.dumps({}))
    assert heal(workspace) == []


def test_an_emptied_lock_file_comes_back_from_git(workspace: Workspace) -> None:
    """An empty dvc.lock is the mark of a run killed while writing it."""
    (workspace / "dvc.lock").write_bytes(b"")
    (told,) = heal(workspace)
    assert "restored" in told
    assert (workspace / "dvc.lock").read_text() == "schema: '2.0'\n"


def test_an_emptied_lock_file_that_no_commit_has_goes(workspace: Workspace) -> None:
    """Where git has none, DVC starts from none."""
    git(workspace, "rm", "-q", "dvc.lock")
    git(workspace, "commit", "-qm", "without")
    (workspace / "dvc.lock").write_bytes(b"\n")
    (told,) = heal(workspace)
    assert "removed" in told
    assert not (workspace / "dvc.lock").exists()


@pytest.mark.parametrize("left", [b"", b'{"half'])
def test_an_unreadable_rwlock_goes(workspace: Workspace, left: bytes) -> None:
    """DVC cannot get past a rwlock that is no JSON; we hold the run lock, so nobody needs it."""
    (workspace / ".dvc/tmp/rwlock").write_bytes(left)
    assert len(heal(workspace)) == 1
    assert not (workspace / ".dvc/tmp/rwlock").exists()


def test_a_stage_that_outlived_its_run_is_ended(workspace: Workspace) -> None:
    """A stage of this workspace without a living run is killed before the next run starts."""
    stage = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)", "-m", "pipeline.run", "qa"],
        cwd=workspace,
    )
    (workspace / ".cache/repro.running").touch()
    try:
        (told,) = heal(workspace)
        assert told.startswith("stage qa ")
        assert not psutil.pid_exists(stage.pid)
    finally:
        stage.kill()
        stage.wait()
    assert heal(workspace) == []


def test_a_second_run_waits_for_the_first(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    """The lock dies with the process that has it; the one who waits says so and goes on."""
    script = (
        "import pathlib, time\n"
        "from pipeline.workspace.locks import run_lock\n"
        f"with run_lock(pathlib.Path({str(workspace)!r})):\n"
        "    print('held', flush=True)\n"
        "    time.sleep(60)\n"
    )
    holder = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    killer = subprocess.Popen(
        [sys.executable, "-c", f"import time, os; time.sleep(1); os.kill({holder.pid}, 9)"]
    )
    with run_lock(workspace):
        assert "waiting" in capsys.readouterr().err
    assert holder.wait() != 0
    holder.stdout.close()
    killer.wait()
