"""What a checkpoint holds comes back: in the workspace, or from one file on an empty machine."""

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.core.errors import UserError
from pipeline.faucet.checkpoints import making
from pipeline.faucet.checkpoints.archive import UncommittedError, write_archive
from pipeline.faucet.checkpoints.garbage import collect_garbage
from pipeline.faucet.checkpoints.restoring import restore
from pipeline.store.digests import md5_of
from pipeline.workspace.git import git
from pipeline.workspace.lock_file import cached
from pipeline.workspace.workspace import Workspace
from tests.faucet import toy_dag

OUTPUTS = ("data/dedup/kept.txt", "data/dedup/parts/one.txt", "data/integrate/accounting.json")


@pytest.fixture(scope="module")
def made_once(toy_ran: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        folder = toy_dag.copied(toy_ran, tmp_path_factory.mktemp("back") / "w", patch)
        for name in ("v1", "v2"):
            making.settle(folder)
            making.checkpoint(folder, tag=name)
            toy_dag.deliver(folder, "droid", "second")
    (folder / "data/inbox/droid/second.json").unlink()
    return folder.root


@pytest.fixture
def root(made_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Return a workspace with two checkpoints, of one delivery and of two."""
    return toy_dag.copied(made_once, tmp_path / "w", monkeypatch)


def kept(root: Path) -> int:
    return len((root / "data/dedup/kept.txt").read_text().splitlines())


def test_a_checkpoint_comes_back_as_a_new_one(root: Workspace) -> None:
    """Deliveries and results are as they were; history goes on, and v2 can come back as well."""
    assert kept(root) == 2
    made = restore(root, "v1")
    assert made is not None
    assert (kept(root), made.pairs_before, made.pairs_after) == (1, 20, 10)
    assert git(root, "diff", "--stat", "v1", "HEAD") == ""
    assert git(root, "merge-base", "v2", "HEAD").strip() == git(root, "rev-parse", "v2").strip()
    assert f"Restores: {git(root, 'rev-parse', 'v1').strip()}" in git(root, "log", "-1")
    restore(root, "v2")
    assert kept(root) == 2
    assert restore(root, "v2") is None


def test_nothing_is_lost_by_bringing_back(root: Workspace) -> None:
    """What waits in an inbox or is in no commit stops it."""
    toy_dag.deliver(root, "zai", "third")
    with pytest.raises(UserError, match="has not landed"):
        restore(root, "v1")
    (root / "data/inbox/zai/third.json").unlink()
    (root / "data/reviews/verdicts.csv").write_text("when,who\nnow,me\n")
    with pytest.raises(UserError, match=r"verdicts\.csv has changes"):
        restore(root, "v1")
    assert kept(root) == 2


def unpacked(root: Path, tmp: Path) -> Path:
    target = root / "data/outbox/backup.tar"
    written = write_archive(root, target)
    assert written.commit == git(root, "rev-parse", "HEAD").strip()
    (tmp / "unpacked").mkdir()
    subprocess.run(["tar", "-xf", str(target), "-C", str(tmp / "unpacked")], check=True)
    return tmp / "unpacked"


def test_a_delivery_that_no_run_has_read_stops_no_archive(root: Workspace, tmp_path: Path) -> None:
    """It is in no commit, so in no archive; what a commit should hold stops it, and is named."""
    new = root / "data/deliveries/nora/0123456789ab-later.json"
    new.parent.mkdir()
    new.write_text('"later"')
    here = unpacked(root, tmp_path)
    assert "nora" not in (here / "manifest.json").read_text()
    (root / "data/reviews/verdicts.csv").write_text("when,who\nnow,me\n")
    with pytest.raises(UncommittedError, match=r"verdicts\.csv has changes"):
        write_archive(root, tmp_path / "other.tar")
    assert not (tmp_path / "other.tar").exists()


def bring_back(here: Path, target: Path) -> "subprocess.CompletedProcess[str]":
    """Restore with Python and git alone: no package, no site, no network."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(here / "restore.py"), str(target)],
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(here)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_one_file_brings_everything_back(root: Workspace, tmp_path: Path) -> None:
    """With Python and git alone, history and every output are there, byte for byte."""
    here = unpacked(root, tmp_path)
    again = tmp_path / "again"
    done = bring_back(here, again)
    assert done.returncode == 0, done.stderr
    for output in OUTPUTS:
        assert (again / output).read_bytes() == (root / output).read_bytes()
    assert not cached(again, md5_of(root / "data/dedup/parts/one.txt")).exists()
    assert git(again, "rev-parse", "HEAD", "v1", "v2") == git(root, "rev-parse", "HEAD", "v1", "v2")
    assert git(again, "status", "--porcelain") == ""
    status = subprocess.run(
        [sys.executable, "-m", "dvc", "status"],
        cwd=again,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "up to date" in status.stdout
    assert bring_back(here, again).returncode == 1  # never over what is there


def test_what_nobody_goes_back_to_is_freed_and_made_again(root: Workspace) -> None:
    """Freed is what no tag, branch or late checkpoint names; inputs of any commit stay.

    Nothing goes before somebody says so, and a freed checkpoint comes back with its bytes.
    """
    first = git(root, "rev-parse", "v1").strip()
    before = (root / "data/dedup/kept.txt").read_bytes()
    held = "d" * 32
    cached(root, held).parent.mkdir(parents=True, exist_ok=True)
    cached(root, held).write_text("a delivery")
    (root / "data/old.dvc").write_text(f"outs:\n- md5: {held}\n  size: 10\n  path: old\n")
    git(root, "add", "data/old.dvc")
    git(root, "commit", "-qm", "an input that DVC holds")
    git(root, "rm", "-q", "data/old.dvc")
    git(root, "commit", "-qm", "and held")
    assert collect_garbage(root, 2, is_removed=True).objects == 0
    assert collect_garbage(root, 1, is_removed=True).objects == 0  # v1 is a tag
    git(root, "tag", "-d", "v1")
    found = collect_garbage(root, 1, is_removed=False)
    assert list(found.bytes_by_output) == [
        *("data/dedup/kept.txt", "data/integrate/accounting.json"),
        "metrics/integrate.json",  # of the run cache, which keeps those of stages it knows whole
    ]
    assert collect_garbage(root, 1, is_removed=True) == found
    assert collect_garbage(root, 1, is_removed=True).objects == 0
    assert (root / "data/dedup/kept.txt").read_bytes() == before
    assert cached(root, held).is_file()
    restore(root, first)
    assert kept(root) == 1
    assert git(root, "diff", "--stat", first, "HEAD") == ""


def test_a_cache_that_others_may_share_is_left_alone(root: Workspace, tmp_path: Path) -> None:
    """Nobody here knows what another workspace needs."""
    (root / ".dvc/config.local").write_text(f"[cache]\n    dir = {tmp_path / 'shared'}\n")
    with pytest.raises(UserError, match="may serve other workspaces"):
        collect_garbage(root, 1, is_removed=True)


def test_a_damaged_archive_is_named_and_leaves_nothing(root: Workspace, tmp_path: Path) -> None:
    """An object that is not what the archive says stops it before anything is kept."""
    here = unpacked(root, tmp_path)
    damaged = min((here / "objects").iterdir())
    damaged.write_bytes(b"else")
    done = bring_back(here, tmp_path / "again")
    assert done.returncode == 1
    assert f"objects/{damaged.name}" in done.stderr
    assert not (tmp_path / "again").exists()
