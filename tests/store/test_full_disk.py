"""A disk that is full, fails or may not be written leaves what was there, and one sentence."""

import codecs
import errno
import hashlib
import os
import resource
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from pipeline.commands.program import Program
from pipeline.core.errors import disk_fault
from pipeline.deliveries.landing import LandingLimits, land
from pipeline.deliveries.stored import landed
from pipeline.run import stage
from pipeline.run.stage import run_stage
from pipeline.store.atomic import write_bytes
from tests.workspaces import make_workspace, small_corpus

NOBODY = 65_534
NEW = bytes(range(256)) * 400
SIZES = [0, 1, *(len(NEW) * n // 19 for n in range(1, 19))]
"""How many bytes the disk takes until it is full: twenty sizes below that of the file."""


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Let no file grow beyond size bytes: writing more fails as it does on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", SIZES)
def test_a_full_disk_leaves_the_old_file_whole(tmp_path: Path, size: int) -> None:
    """However much fits, the old bytes stay, no litter does, and the next write heals."""
    path = tmp_path / "book.json"
    path.write_bytes(b"old")
    with room_for(size), pytest.raises(OSError, match="too large") as caught:
        write_bytes(path, NEW)
    assert disk_fault(caught.value) is not None
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == {"book.json": b"old"}
    write_bytes(path, NEW)
    assert path.read_bytes() == NEW


@pytest.mark.parametrize("size", SIZES)
def test_a_full_disk_lands_nothing_and_loses_nothing(tmp_path: Path, size: int) -> None:
    """The file stays in the inbox and is named; what landed before is whole; then it lands."""
    inbox, store = tmp_path / "inbox", tmp_path / "deliveries"
    (inbox / "zai").mkdir(parents=True)
    (inbox / "zai" / "early.json").write_bytes(b"[]")
    assert [one.is_new for one in land(inbox, store)] == [True]
    (inbox / "zai" / "late.bin").write_bytes(NEW)
    with room_for(size):
        late = [one for one in land(inbox, store) if one.source.endswith("late.bin")]
    assert [one.is_new for one in late] == [False]
    assert late[0].reason is not None
    assert [one.path.read_bytes() for one in landed(store)] == [b"[]"]
    assert (inbox / "zai" / "late.bin").read_bytes() == NEW
    assert all(one.is_new or one.reason is None for one in land(inbox, store))
    assert sorted(one.path.read_bytes() for one in landed(store)) == sorted([b"[]", NEW])


@contextmanager
def as_nobody(*folders: Path) -> Iterator[None]:
    """Let folders be read and not written to; root, who may write anywhere, is somebody else."""
    is_root = os.geteuid() == 0
    for name in ("ascii", "latin-1", "unicode_escape"):
        codecs.lookup(name)  # what is first used by somebody else must be there already
    for folder in folders:
        folder.chmod(0o555)
    if is_root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        for folder in folders:
            folder.chmod(0o755)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Return a folder that everybody may enter, as the test's own folder is not."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        for below in ("inbox", "inbox/zai", "inbox/droid", "store"):
            (folder / below).mkdir()
            (folder / below).chmod(0o777)
        for agent in ("droid", "zai"):
            path = folder / "inbox" / agent / "a.json"
            path.write_text(f'["{agent}"]')
            path.chmod(0o666)
        yield folder


def test_an_inbox_that_may_not_be_written_lands_and_says_so(open_folder: Path) -> None:
    """The file is stored, its source stays and is named, and the other inboxes land as ever."""
    inbox, store = open_folder / "inbox", open_folder / "store"
    with as_nobody(inbox / "zai"):
        first = list(land(inbox, store, move=True, bounds=LandingLimits(quiet_s=0)))
        again = list(land(inbox, store, move=True, bounds=LandingLimits(quiet_s=0)))
    assert [(one.agent, one.is_new, one.reason) for one in (*first, *again)] == [
        ("droid", True, None),
        ("zai", True, "not_removed"),
        ("zai", False, "not_removed"),
    ]
    assert sorted(one.path.read_bytes() for one in landed(store)) == [b'["droid"]', b'["zai"]']
    assert [path.name for path in (inbox / "zai").iterdir()] == ["a.json"]
    assert all(one.reason is None for one in land(inbox, store, move=True))
    assert list((inbox / "zai").iterdir()) == []


def test_a_store_that_may_not_be_written_keeps_the_inbox(open_folder: Path) -> None:
    """Nothing lands, nothing is lost, and the fault is one of the disk, which a command tells."""
    inbox, store = open_folder / "inbox", open_folder / "store"
    with as_nobody(store), pytest.raises(PermissionError) as caught:
        list(land(inbox, store, move=True, bounds=LandingLimits(quiet_s=0)))
    assert "store" in str(disk_fault(caught.value))
    assert landed(store) == []
    assert [one.is_new for one in land(inbox, store, move=True)] == [True, True]


@pytest.mark.parametrize("share", [0.02, 0.95])
def test_a_run_on_a_full_disk_leaves_old_outputs_and_heals(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    """What the stage made before stays whole; with room again it gives the bytes of a clean run."""
    monkeypatch.setattr(stage, "_start_engine", lambda *_: None)
    root = Path(shutil.copytree(built, tmp_path / "w"))
    before = outputs(root)
    largest = max(len(content) for content in before.values())
    more = b'{"question": "What is a wick?", "answer": "The thin line above a candle."}'
    name = f"{hashlib.sha256(more).hexdigest()[:12]}-wick.json"
    (root / "data/deliveries/zai" / name).write_bytes(more)
    with room_for(int(largest * share)), pytest.raises(OSError, match=r"(?i)too large|write"):
        run_stage("integrate", root)
    assert {name: outputs(root).get(name) for name in before} == before
    run_stage("integrate", root)
    healed = outputs(root)
    shutil.rmtree(root / ".cache")
    run_stage("integrate", root)
    assert outputs(root) == healed != before


def outputs(root: Path) -> dict[str, bytes]:
    folder = root / "data/integrate"
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace whose small corpus is integrated."""
    root = make_workspace(tmp_path_factory.mktemp("full") / "w", small_corpus())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stage, "_start_engine", lambda *_: None)  # Daft takes its runner once
        run_stage("integrate", root)
    return root


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC, errno.EROFS, errno.EDQUOT])
@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_fault_in_the_midst_of_writing_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, call: str
) -> None:
    """Whether syncing or renaming fails: old bytes, no litter."""
    path = tmp_path / "book.json"
    path.write_bytes(b"old")

    def failing(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        patch.setattr(*((os, "fsync") if call == "fsync" else (Path, "replace")), failing)
        with pytest.raises(OSError, match=os.strerror(code)):
            write_bytes(path, NEW)
    assert [one.name for one in tmp_path.iterdir()] == ["book.json"]
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EFBIG])
def test_a_command_ends_with_one_sentence(code: int) -> None:
    """It names the file and what mends it, with exit code 1 and no traceback."""

    @click.group(cls=Program)
    def program() -> None:
        """Do."""

    @program.command()
    def write() -> None:
        """Write."""
        raise OSError(code, os.strerror(code), "data/x.json")

    done = CliRunner().invoke(program, ["write"])
    assert done.exit_code == 1
    assert done.output.startswith("Error: data/x.json: the ")
    assert done.output.endswith("then run the command again; nothing is lost\n")
    assert done.output.count("\n") == 1


def test_another_fault_of_the_system_is_none_of_the_disk() -> None:
    """A bug keeps its traceback."""
    assert disk_fault(FileNotFoundError(errno.ENOENT, "no such file", "x")) is None
