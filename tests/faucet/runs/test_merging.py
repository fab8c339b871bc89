"""Two branches that both landed become one data set in one command."""

from pathlib import Path

import pytest

from pipeline.core.errors import UserError
from pipeline.faucet.runs.inbox import land_inbox
from pipeline.faucet.runs.mending import heal
from pipeline.faucet.runs.repro import closing_line, repro
from pipeline.store.metrics import read_figures
from pipeline.workspace.git import git, try_git
from tests.faucet import toy_dag

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of what DVC imports


@pytest.fixture(scope="module")
def merging_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("merging") / "w"
    with pytest.MonkeyPatch.context() as patch:
        root = toy_dag.workspace(folder, patch)
        patch.chdir(root)
        _merge(root)
    return folder


@pytest.fixture
def merging(merging_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a workspace in which a merge stopped in dvc.lock and metrics alone."""
    root = toy_dag.copied(merging_once, tmp_path / "w", monkeypatch)
    monkeypatch.chdir(root)
    return root


def _merge(root: Path) -> None:
    branch = git(root, "rev-parse", "--abbrev-ref", "HEAD").strip()
    _land(root, "first")
    git(root, "checkout", "-qb", "other")
    _land(root, "second")
    git(root, "checkout", "-q", branch)
    _land(root, "third", "fourth")
    assert try_git(root, "merge", "--quiet", "other").returncode == 1


def _land(root: Path, *names: str) -> None:
    for name in names:
        toy_dag.deliver(root, "zai", name)
    land_inbox(root)
    assert repro(root, []).exit_code == 0
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", names[0])


def test_a_run_ends_what_a_merge_left_in_results(merging: Path) -> None:
    """The run takes a side, makes the results of both, and says what is left to do."""
    run = repro(merging, [])
    assert run.exit_code == 0
    assert run.mended[0].startswith("dvc.lock was in conflict")
    assert {stage["stage"]: stage["state"] for stage in run.stages} == {
        "integrate": "ran",
        "dedup": "ran",
    }
    assert read_figures(merging, "integrate") == {"accepted": 4}
    assert "`git add dvc.lock metrics` and `git commit` end the merge" in closing_line(run)
    git(merging, "add", "dvc.lock", "metrics")
    git(merging, "commit", "--quiet", "--no-edit")
    assert git(merging, "status", "--porcelain") == ""
    assert closing_line(repro(merging, [])) == "up to date: nothing had to run"


def test_marks_that_were_committed_are_mended_as_well(merging: Path) -> None:
    """Without a merge under way, the last readable state is taken, and none where there is none."""
    git(merging, "commit", "--quiet", "--all", "-m", "marks and all")
    assert len(heal(merging)) == 3
    assert not (merging / "dvc.lock").exists()
    assert heal(merging) == []


def test_what_people_write_is_never_chosen_for_them(merging: Path) -> None:
    """Another file in conflict stops the run with its name and what to do; nothing is touched."""
    before = (merging / "dvc.lock").read_bytes()
    (merging / "params.yaml").write_text("<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> other\n")
    with pytest.raises(UserError, match=r"params\.yaml holds conflict marks"):
        repro(merging, [])
    assert (merging / "dvc.lock").read_bytes() == before
