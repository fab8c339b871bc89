"""One flipped bit in any kind of file is named, and brought back where something holds it."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import daft
import pytest

from pipeline.core.errors import UserError
from pipeline.deliveries.landing import land
from pipeline.deliveries.stored import mapping_path
from pipeline.faucet.checkpoints.making import checkpoint
from pipeline.faucet.fsck.checking import KINDS, check
from pipeline.faucet.queues.storage import change, read_receipts
from pipeline.faucet.runs.inbox import land_inbox
from pipeline.faucet.runs.repro import repro
from pipeline.faucet.verdicts.book import append
from pipeline.reviews.records import Verdict
from pipeline.store.remembered import DiskMemo
from pipeline.workspace.git import git
from pipeline.workspace.workspace import Workspace
from tests.faucet import toy_dag
from tests.faucet.tasks_only import entry, queue
from tests.faucet.team import claim, judge, submit
from tests.programs import loaded

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of what DVC imports

PLACES = 100
FILES = {
    "deliveries": "data/deliveries/zai/*",
    "books": "data/reviews/verdicts.csv",
    "queues": "data/task_queues/zai_queue.json",
    "receipts": "data/task_queues/completed/*.json",
    "lock": "dvc.lock",
    "outputs": "data/dedup/parts/one.txt",
    "cache": ".dvc/cache/files/md5/*/*",
    "memo": ".cache/toy/double/*/*.parquet",
}
"""Where files of each kind are."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Return a workspace that has every kind of file, none of them in a commit but deliveries."""
    with pytest.MonkeyPatch.context() as patch:
        root = toy_dag.workspace(
            tmp_path_factory.mktemp("whole") / "w", patch, queue("zai", entry("a"), entry("b"))
        )
        patch.chdir(root)
        toy_dag.deliver(root.root, "zai", "second")
        land_inbox(root)
        git(root, "add", "data/deliveries")
        git(root, "commit", "--quiet", "-m", "landed")
        append(root, [Verdict("2025-11-05T09:30:00Z", "nora", "accept", "0" * 31 + "a")])
        assert not isinstance(change(root, claim("a"), submit("a"), judge("a")), Exception)
        assert repro(root, []).exit_code == 0
        table = daft.from_pydict({"pair_id": ["aa", "bb"], "n": [1, 2]})
        DiskMemo(root / ".cache/toy", "v1").rows("double", table, lambda rows: rows)
        yield root


@pytest.fixture
def whole(made: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Return a copy of that workspace in which files may be damaged."""
    shutil.copytree(made, tmp_path / "w", symlinks=True)
    monkeypatch.chdir(tmp_path / "w")
    monkeypatch.setenv("PYTHONPATH", loaded())
    return Workspace(tmp_path / "w")


def files(root: Workspace, kind: str) -> list[Path]:
    return sorted(path for path in root.root.glob(FILES[kind]) if path.is_file())


def put(path: Path, content: bytes) -> None:
    """Write a file as a new one: outputs may be links to objects of the cache."""
    path.unlink()
    path.write_bytes(content)


def flip(path: Path, draws: random.Random) -> bytes:
    """Flip one bit of a file and return what it held before."""
    before = path.read_bytes()
    content = bytearray(before)
    content[draws.randrange(len(content))] ^= 1 << draws.randrange(8)
    put(path, bytes(content))
    return before


def damaged(root: Workspace, *, repair: bool = False) -> dict[str, list[str]]:
    kinds = check(root, repair=repair)
    return {kind.kind: [one.path for one in kind.damaged] for kind in kinds if kind.damaged}


@pytest.mark.slow
@pytest.mark.parametrize("kind", FILES)
def test_a_flipped_bit_is_named(made: Workspace, kind: str) -> None:
    """In every kind of file, at 100 places each: the file is named, and a whole one never is."""
    draws = random.Random(kind)
    assert KINDS[kind](made).faults == []
    listed = files(made, kind)
    assert listed
    for _ in range(PLACES):
        path = draws.choice(listed)
        before = flip(path, draws)
        found = [fault.path for fault in KINDS[kind](made).faults]
        put(path, before)
        assert path.relative_to(made).as_posix() in found
    assert KINDS[kind](made).faults == []


@pytest.mark.parametrize("kind", FILES)
def test_what_can_be_brought_back_is_brought_back(whole: Workspace, kind: str) -> None:
    """After --repair the file is what it was, or is made again by the next run; all is whole."""
    path = files(whole, kind)[0]
    before = flip(path, random.Random(kind))
    assert damaged(whole)[kind] == [path.relative_to(whole).as_posix()]
    assert kind in damaged(whole, repair=True)
    assert damaged(whole) == {}
    assert repro(whole, []).exit_code == 0
    assert damaged(whole) == {}
    if kind != "memo":
        assert path.read_bytes() == before


def test_a_damaged_delivery_stops_the_run(whole: Workspace) -> None:
    """It is named with what to do, outputs stay as they are, and nothing is committed."""
    path = files(whole, "deliveries")[0]
    before = flip(path, random.Random(1))
    held = (whole / "data/dedup/kept.txt").read_bytes()
    for _ in range(2):
        with pytest.raises(UserError, match=rf"{path.name}.*`git checkout -- .*landing the file"):
            repro(whole, [])
    assert (whole / "data/dedup/kept.txt").read_bytes() == held
    with pytest.raises(UserError, match="nothing is committed"):
        checkpoint(whole)
    git(whole, "checkout", "--", path.relative_to(whole).as_posix())
    assert path.read_bytes() == before
    assert repro(whole, []).exit_code == 0


def test_landing_a_damaged_delivery_again_mends_it(whole: Workspace, tmp_path: Path) -> None:
    """What is stored under the name and is not what the name says gives way."""
    path = files(whole, "deliveries")[0]
    before = flip(path, random.Random(2))
    source = tmp_path / path.name.partition("-")[2]
    source.write_bytes(before)
    (landed,) = land(source, whole / "data/deliveries", agent="zai")
    assert (landed.reason, path.read_bytes()) == (None, before)


def test_a_damaged_receipt_is_not_read(whole: Workspace) -> None:
    """A receipt is written once: another one under its name is named, committed or not."""
    path = files(whole, "receipts")[0]
    assert len(read_receipts(whole)) == 1
    content = path.read_bytes()
    put(path, content.replace(b'"attempt": 1', b'"attempt": 2'))
    with pytest.raises(UserError, match=r"a\.json is not as it was written"):
        read_receipts(whole)
    put(path, content)
    git(whole, "add", "data/task_queues")
    git(whole, "commit", "--quiet", "-m", "receipt")
    shutil.rmtree(whole / ".cache")
    assert len(read_receipts(whole)) == 1
    put(path, content.replace(b'"attempt": 1', b'"attempt": 2'))
    with pytest.raises(UserError, match=r"git checkout"):
        read_receipts(whole)


def test_a_damaged_output_is_told_and_made_again(
    whole: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is repaired without a word."""
    path = files(whole, "outputs")[0]
    before = flip(path, random.Random(3))
    run = repro(whole, [])
    assert run.exit_code == 0
    told = "data/dedup/parts/one.txt is not what the last run wrote: it is made again"
    assert run.mended == (told,)
    assert told in capsys.readouterr().err
    assert path.read_bytes() == before
    assert repro(whole, []).mended == ()


def test_what_people_say_of_a_delivery_is_checked_with_it(whole: Workspace) -> None:
    """A damaged or missing mapping.yaml is named and comes back; one that is none is named."""
    stored = files(whole, "deliveries")[0]
    path = mapping_path(stored)
    path.write_bytes(b"question: Frage\nanswer: Antwort\n")
    git(whole, "add", "data/deliveries")
    git(whole, "commit", "--quiet", "-m", "said")
    name = path.relative_to(whole).as_posix()
    assert damaged(whole) == {}
    before = flip(path, random.Random(3))
    assert damaged(whole) == {"deliveries": [name]}
    damaged(whole, repair=True)
    assert path.read_bytes() == before
    path.unlink()
    assert damaged(whole, repair=True) == {"deliveries": [name]}
    assert path.read_bytes() == before
    other = stored.with_name(f"{'0' * 12}.mapping.yaml")
    other.write_bytes(b"colour: x\n")
    assert damaged(whole) == {"deliveries": [other.relative_to(whole).as_posix()]}
