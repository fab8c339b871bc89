"""What people write for the DAG is held, brought back, archived and published: edits, too."""

import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from pipeline.faucet.checkpoints import making
from pipeline.faucet.checkpoints.archive import write_archive
from pipeline.faucet.checkpoints.restoring import restore
from pipeline.faucet.checkpoints.settled import unsettled
from pipeline.faucet.clones.boards import open_board
from pipeline.faucet.verdicts.book import read_book, read_edits
from pipeline.workspace.git import git
from pipeline.workspace.layout import EDITS
from pipeline.workspace.workspace import Workspace
from tests.faucet import toy_dag
from tests.faucet.reviewing import MENDED, PAIR, edit_a_pair
from tests.faucet.tasks_only import queue


def answers(workspace: Workspace) -> list[tuple[str, str]]:
    return [(edit.pair_id, edit.answer) for edit in read_edits(workspace)]


def test_an_edit_is_in_the_checkpoint_comes_back_and_is_archived(
    toy_ran: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an edit in a review a checkpoint is made; restore and archive bring the edit back."""
    root = toy_dag.copied(toy_ran, tmp_path / "w", monkeypatch)
    making.checkpoint(root, tag="before")
    edit_a_pair(root)
    assert unsettled(root) == "data/reviews/edits.jsonl is not what the last run read or wrote"
    making.settle(root)
    assert making.checkpoint(root, tag="after") is not None
    assert git(root, "status", "--porcelain") == ""
    assert MENDED in git(root, "show", f"after:{EDITS.as_posix()}")

    restore(root, "before")
    assert (answers(root), read_book(root)) == ([], [])
    restore(root, "after")
    assert answers(root) == [(PAIR, MENDED)]
    assert git(root, "diff", "--stat", "after", "HEAD") == ""

    write_archive(root, tmp_path / "backup.tar")
    with tarfile.open(tmp_path / "backup.tar") as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    script = str(tmp_path / "unpacked/restore.py")
    subprocess.run([sys.executable, script, str(tmp_path / "again")], check=True)
    assert answers(Workspace(tmp_path / "again")) == [(PAIR, MENDED)]


def test_another_clone_gets_the_edit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one clone's reviewer wrote goes with its checkpoint; others lose none."""
    toy_dag.workspace(tmp_path / "first", monkeypatch, queue("zai"), remote="origin")
    git(tmp_path, "clone", "--quiet", "--bare", "first", "remote.git")
    for name in ("one", "two"):
        git(tmp_path, "clone", "--quiet", "remote.git", name)
    one, two = (Workspace(tmp_path / name) for name in ("one", "two"))
    toy_dag.deliver(one, "droid", "delivered")
    edit_a_pair(one)
    edit_a_pair(two, "Another reviewer's answer.")
    making.settle(one)
    board = open_board(one)
    board.change(along=making.along(one, []))
    board.synchronize()
    assert git(one, "status", "--porcelain") == ""
    open_board(two).synchronize()
    assert answers(two) == [(PAIR, MENDED), (PAIR, "Another reviewer's answer.")]
    assert len(read_book(two)) == 2
    assert git(two, "diff", "--stat", "HEAD", "--", EDITS.as_posix()) != ""


def test_what_people_write_is_whatever_the_dag_reads_and_nobody_makes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that a stage reads from now on is committed and brought back, named nowhere else."""
    root = toy_dag.workspace(tmp_path / "w", monkeypatch, queue("zai"))
    (root / "data/domain").mkdir()
    (root / "data/domain/terms.json").write_text("[1]")
    wiring = (root / "dvc.yaml").read_text().replace("- toy.py", "- toy.py\n    - data/domain", 1)
    (root / "dvc.yaml").write_text(wiring)
    git(root, "add", "dvc.yaml")
    git(root, "commit", "--quiet", "-m", "a new input")
    making.settle(root)
    making.checkpoint(root, tag="before")
    assert git(root, "show", "before:data/domain/terms.json") == "[1]"
    (root / "data/domain/terms.json").write_text("[1, 2]")
    assert unsettled(root) == "data/domain is not what the last run read or wrote"
    making.settle(root)
    making.checkpoint(root, tag="after")
    restore(root, "before")
    assert (root / "data/domain/terms.json").read_text() == "[1]"
