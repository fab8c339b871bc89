"""What a killed run leaves is mended; a run that is alive is waited for."""

import json
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
import yaml

from pipeline.core.errors import UserError
from pipeline.faucet.runs.mending import heal
from pipeline.workspace.git import git
from pipeline.workspace.layout import KEPT_COPIES, SCRATCH
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


def entry(path: str) -> str:
    return f"    - path: {path}\n      hash: md5\n      md5: {'a' * 32}\n      size: 1\n"


FIRST = "schema: '2.0'\nstages:\n  integrate:\n    cmd: a\n    outs:\n" + entry("one")
WHOLE = FIRST + "  qa:\n    cmd: b\n    outs:\n" + entry("two") + entry("three")
DAG = {
    "integrate": {"cmd": "a", "deps": ["toy.py"], "outs": [], "metrics": ["one"]},
    "qa": {"cmd": "b", "deps": ["toy.py"], "outs": ["two"], "metrics": ["three"]},
}


@pytest.mark.parametrize("cut", [FIRST, WHOLE[:-4], WHOLE.removesuffix(entry("three")), "a: 1\n"])
def test_a_lock_that_was_cut_comes_back_from_the_last_whole_copy(
    workspace: Workspace, cut: str
) -> None:
    """A cut is noticed even where it is valid YAML and whole stages are left of it."""
    (workspace / "dvc.yaml").write_text(yaml.safe_dump({"stages": DAG}))
    (workspace / "dvc.lock").write_text(WHOLE)
    assert heal(workspace) == []
    (workspace / "dvc.lock").write_text(cut)
    (told,) = heal(workspace)
    assert "restored from the last whole copy" in told
    assert (workspace / "dvc.lock").read_text() == WHOLE
    assert heal(workspace) == []


def test_a_lock_of_another_commit_is_believed(workspace: Workspace) -> None:
    """What git checks out may have fewer stages than the last run had."""
    (workspace / "dvc.yaml").write_text(yaml.safe_dump({"stages": DAG}))
    (workspace / "dvc.lock").write_text(WHOLE)
    assert heal(workspace) == []
    git(workspace, "checkout", "--", "dvc.lock")
    assert heal(workspace) == []
    (workspace / "dvc.lock").unlink()
    assert heal(workspace) == []
    (workspace / "dvc.lock").write_text(FIRST)
    assert heal(workspace) == []


def test_a_damaged_copy_is_passed_over(workspace: Workspace) -> None:
    """Where the kept copy is damaged as well, the last commit's comes back."""
    (workspace / "dvc.lock").write_text(WHOLE)
    assert heal(workspace) == []
    copy = workspace / KEPT_COPIES / "dvc.lock"
    copy.write_bytes(copy.read_bytes()[:-9])
    (workspace / "dvc.lock").write_text("")
    (told,) = heal(workspace)
    assert "restored from the last commit" in told
    assert (workspace / "dvc.lock").read_text() == "schema: '2.0'\n"


def test_a_stand_in_that_was_cut_comes_back_or_stops_the_run(workspace: Workspace) -> None:
    """The file of `dvc add` names an input: it is never guessed."""
    (workspace / "dvc.yaml").write_text(yaml.safe_dump({"stages": DAG}))
    whole = "outs:\n- md5: " + "0" * 32 + ".dir\n  size: 1\n  nfiles: 1\n  path: deliveries\n"
    held = workspace / "data/deliveries.dvc"
    held.parent.mkdir()
    held.write_text(whole)
    assert heal(workspace) == []
    held.write_text(whole[:20])
    (told,) = heal(workspace)
    assert told.startswith("data/deliveries.dvc was cut")
    assert held.read_text() == whole
    (workspace / KEPT_COPIES / "data/deliveries.dvc").unlink()
    held.write_text("")
    with pytest.raises(UserError, match=r"`dvc add data/deliveries` makes it anew"):
        heal(workspace)


def test_what_killed_commands_left_half_written_is_swept(workspace: Workspace) -> None:
    """Temporary files and folders of the dead go and are told; those of the living stay."""
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], text=True,
                          stdout=subprocess.PIPE, check=True).stdout.strip()  # fmt: skip
    litter = [f"data/deliveries/zai/.landing-{dead}", f"metrics/.qa.json.{dead}.tmp"]
    litter += [f".dvc.lock.{dead}.tmp", f".claude/.settings.json.{dead}.tmp"]
    alive = f"metrics/.qa.json.{psutil.Process().pid}.tmp"
    for name in (*litter, alive, "metrics/.notes"):
        (workspace / name).parent.mkdir(parents=True, exist_ok=True)
        (workspace / name).touch()
    folders = [workspace / SCRATCH / f"index-{process}-a_b1" for process in (dead, os.getpid())]
    for folder in folders:
        folder.mkdir(parents=True)
        (folder / f".index.{dead}.tmp").touch()
    files, scratch = heal(workspace)
    assert files.startswith("4 half-written files of killed commands removed: ")
    assert scratch == "1 temporary folder of killed commands removed"
    assert [(folder / f".index.{dead}.tmp").exists() for folder in folders] == [False, True]
    assert [(workspace / name).exists() for name in (*litter, alive)] == [False] * 4 + [True]
    assert (workspace / "metrics/.notes").exists()


def test_temporary_files_of_dvc_go_while_no_dvc_is_alive(workspace: Workspace) -> None:
    """They name no process; DVC's own book of who holds what tells whether one works here."""
    left = workspace / "metrics/.OIOJZj6iDqZFImHQ8nZOaw.tmp"
    book = workspace / ".dvc/tmp/rwlock"
    for pid, stays in ((psutil.Process().pid, True), (2**22 + 1, False)):
        left.parent.mkdir(exist_ok=True)
        left.touch()
        book.write_text(json.dumps({"data": {"write": {"pid": pid, "cmd": "dvc repro"}}}))
        heal(workspace)
        assert left.exists() is stays


def test_a_lock_of_a_killed_git_goes(workspace: Workspace) -> None:
    """No git works here: what holds its index is nobody's."""
    lock = workspace / ".git/index.lock"
    lock.touch()
    os.utime(lock, (1, 1))
    (told,) = heal(workspace)
    assert told == "index.lock of a git that was killed: removed"
    assert not lock.exists()


@pytest.mark.parametrize("left", [b"", b'{"half', b"[]", b'{"read": 3}'])
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
