"""A disk that is full, fails or may not be written leaves what was there, and one sentence."""

import errno
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from pipeline.commands.program import Program
from pipeline.core.errors import disk_fault
from pipeline.deliveries.landing import land
from pipeline.deliveries.stored import landed
from pipeline.store.atomic import write_bytes

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
