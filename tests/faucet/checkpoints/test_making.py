"""A checkpoint holds a settled data set whole, and nothing that a person has in hand."""

import hashlib
from pathlib import Path

import pytest

from pipeline.core.errors import UserError
from pipeline.faucet.checkpoints import making
from pipeline.faucet.checkpoints.base import import_base
from pipeline.faucet.checkpoints.pushing import push
from pipeline.faucet.checkpoints.settled import foreign_changes, torn, unread, unsettled
from pipeline.workspace.git import git
from pipeline.workspace.workspace import Workspace
from tests.faucet import toy_dag
from tests.faucet.tasks_only import queue

BOOKS = '"delivery": path.name, "found": 1, "accepted": 1, "repeated": 0, "quarantined": 0}'


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    return toy_dag.workspace(tmp_path / "w", monkeypatch, queue("zai"))


@pytest.fixture
def ran(toy_ran: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Return a workspace that landed and ran, and has no checkpoint of that yet."""
    return toy_dag.copied(toy_ran, tmp_path / "w", monkeypatch)


def trailers(root: Path) -> list[str]:
    return git(root, "log", "-1", "--format=%(trailers)").split("\n")[:-2]


def test_what_waits_is_in_the_commit_and_staged_work_is_not(root: Workspace) -> None:
    """A checkpoint lands, runs and commits deliveries and results; what is staged stays staged."""
    (root / "notes.md").write_text("mine")
    git(root, "add", "notes.md")
    making.settle(root)
    made = making.checkpoint(root)
    assert made is not None
    assert (made.pairs_before, made.pairs_after) == (None, 10)
    assert git(root, "status", "--porcelain") == "A  notes.md\n"
    listed = git(root, "ls-tree", "-r", "--name-only", "HEAD").split("\n")
    assert {"dvc.lock", "metrics/dedup.json"} < set(listed)
    assert any(path.startswith("data/deliveries/zai/") for path in listed)
    assert "notes.md" not in listed
    assert trailers(root) == ["Pairs-Before: 0", "Pairs-After: 10"]
    assert making.checkpoint(root) is None


def test_a_task_is_told_with_who_did_it(ran: Workspace) -> None:
    """Trailers and author name task, agent and attempt, pairs before and after."""
    making.checkpoint(ran)
    toy_dag.deliver(ran, "zai", "second")
    making.settle(ran)
    made = making.checkpoint(ran, [making.CheckpointTask("batch", "zai", 2)], tag="v1")
    assert made is not None
    assert trailers(ran) == [
        "Task: batch",
        "Agent: zai",
        "Attempt: 2",
        "Pairs-Before: 10",
        "Pairs-After: 20",
    ]
    assert git(ran, "log", "-1", "--format=%an %s").strip() == "zai checkpoint: batch"
    assert git(ran, "rev-parse", "v1").strip() == made.commit


def test_what_could_not_be_rebuilt_is_not_committed(root: Workspace) -> None:
    """Code or params that no commit holds stop a checkpoint, with the file's name."""
    (root / "toy.py").write_text((root / "toy.py").read_text() + "# changed\n")
    assert foreign_changes(root) == ["toy.py"]
    with pytest.raises(UserError, match=r"toy\.py has changes that no commit holds"):
        making.settle(root)


def test_a_data_set_in_the_middle_is_not_committed(root: Workspace) -> None:
    """What landed after the run, a metric changed by hand, a stage behind: each has its reason."""
    assert unsettled(root) == "dvc.lock is missing"
    making.settle(root)
    assert unsettled(root) is None
    path = root / "metrics/dedup.json"
    content = path.read_text()
    path.write_text('{"kept": 10000}')
    assert unsettled(root) == "metrics/dedup.json is not what the last run read or wrote"
    path.write_text(content)
    lock = (root / "dvc.lock").read_text()
    first = lock.index("data/integrate/accounting.json")
    md5 = lock.index("md5: ", lock.index("data/integrate/accounting.json", first + 1)) + 5
    other = lock.index("md5: ", lock.index("data/integrate/accounting.json")) + 5
    assert md5 != other
    (root / "dvc.lock").write_text(f"{lock[:other]}{'a' * 32}{lock[other + 32 :]}")
    assert "has not run on the data/integrate/accounting.json" in (unsettled(root) or "")
    (root / "dvc.lock").write_text(lock)
    delivery = root / "data/deliveries/zai/0123456789ab-late.json"
    delivery.write_text("1")
    assert "late.json is not integrated as it is" in (unsettled(root) or "")
    assert torn(root) is None
    delivery.unlink()


def test_what_landed_after_the_run_is_the_next_batch(ran: Workspace) -> None:
    """A checkpoint holds what its run read; later deliveries are in none until they were read."""
    late = b'"late"'
    name = f"{hashlib.sha256(late).hexdigest()[:12]}-late.json"
    (ran / "data/deliveries/zai" / name).write_bytes(late)
    assert [one.delivery for one in unread(ran)] == [name]
    made = making.checkpoint(ran)
    assert made is not None
    listed = git(ran, "ls-tree", "-r", "--name-only", "HEAD")
    assert "-first.json" in listed
    assert "late" not in listed
    assert (ran / "data/deliveries/zai" / name).is_file()
    making.settle(ran)
    assert making.checkpoint(ran) is not None
    assert "late" in git(ran, "ls-tree", "-r", "--name-only", "HEAD")


def test_gates_of_a_checkpoint_are_told_with_what_was_found(ran: Workspace) -> None:
    """A data set that misses a bound is no checkpoint."""
    making.hold_gates(ran, [{"metric": "dedup.kept", "min": 10}])
    with pytest.raises(UserError, match=r"metric dedup\.kept: wanted at least 11, got 10"):
        making.hold_gates(ran, [{"metric": "dedup.kept", "min": 11}])
    with pytest.raises(UserError, match=r"metrics/qa\.json has no mean_score"):
        making.hold_gates(ran, [{"metric": "qa.mean_score", "min": 0}])


def test_a_run_that_fails_is_told_with_its_last_words(root: Workspace) -> None:
    """The sentence says where the whole log is."""
    (root / "toy.py").write_text("raise SystemExit('no luck today')")
    git(root, "commit", "--quiet", "--all", "-m", "broken")
    with pytest.raises(UserError, match=r"the run failed: .* \(see .cache/faucet/repro.log\)"):
        making.settle(root)
    assert "no luck today" in (root / ".cache/faucet/repro.log").read_text()


def test_data_is_pushed_before_the_commit_that_speaks_of_it(ran: Workspace, tmp_path: Path) -> None:
    """With remotes set, objects go first; where they cannot go, the commit does not either."""
    git(tmp_path, "init", "--quiet", "--bare", "remote.git")
    git(ran, "remote", "add", "origin", str(tmp_path / "remote.git"))
    store = tmp_path / "store"
    config = ran / ".dvc/config.local"
    config.write_text(f"[core]\n    remote = store\n['remote \"store\"']\n    url = {store}\n")
    making.checkpoint(ran)
    assert list(push(ran, None)) == ["data pushed to the DVC remote", "main pushed to origin"]
    assert any(path.is_file() for path in store.rglob("*"))
    assert git(tmp_path / "remote.git", "rev-parse", "main") == git(ran, "rev-parse", "HEAD")
    config.write_text(
        "['remote \"store\"']\n    url = s3://no-such/bucket\n[core]\n    remote = store\n"
    )
    git(ran, "commit", "--quiet", "--allow-empty", "-m", "later")
    with pytest.raises(UserError, match="dvc push failed, git push was not tried"):
        list(push(ran, None))
    assert git(tmp_path / "remote.git", "rev-parse", "main") != git(ran, "rev-parse", "HEAD")


def test_a_base_is_where_growth_begins(ran: Workspace, tmp_path: Path) -> None:
    """An imported base is told as pairs that were there; what comes later is growth."""
    making.checkpoint(ran)
    base = tmp_path / "old.json"
    base.write_text('"old"')
    (ran / "toy.py").write_text(toy_dag.CODE.replace('"delivery": path.name}', BOOKS))
    git(ran, "commit", "-qam", "books")
    found = import_base(ran, base)
    assert (found.found, found.accepted, found.quarantined) == (1, 1, 0)
    assert trailers(ran) == ["Pairs-Before: 20", "Pairs-After: 20"]
    with pytest.raises(UserError, match="is there already"):
        import_base(ran, base)
    with pytest.raises(UserError, match="is no base"):
        import_base(ran, tmp_path / "old.exe")
