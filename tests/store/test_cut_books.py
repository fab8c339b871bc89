"""A book that was emptied, deleted or cut at a line's end is no book without decisions."""

from pathlib import Path

import pytest

from pipeline.core.errors import UserError
from pipeline.store.cut_books import cut_books, refuse_cut
from pipeline.store.kept import forget, keep, write_kept
from pipeline.workspace.git import git
from pipeline.workspace.layout import EDITS, PLAN, REMOVED, VERDICTS

HELD = b"first\nsecond\nthird\n"
CUTS = (None, b"", b"\n", b"first\n", b"first\nsecond\nth")
"""What is left of HELD; None where nothing is."""
BOOKS = (VERDICTS, EDITS, REMOVED)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a repository whose last commit has every book whole."""
    git(tmp_path, "init", "-q")
    git(tmp_path, "config", "user.name", "a")
    git(tmp_path, "config", "user.email", "a@example.org")
    for path in (*BOOKS, PLAN):
        stands(tmp_path, path, HELD)
    commit(tmp_path)
    return tmp_path


def commit(folder: Path) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "books")


def stands(folder: Path, path: Path, content: bytes | None) -> None:
    """Put content where a book is, without a copy of it; None deletes the book."""
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    if content is None:
        (folder / path).unlink(missing_ok=True)
    else:
        (folder / path).write_bytes(content)


@pytest.mark.parametrize("left", CUTS)
@pytest.mark.parametrize("path", BOOKS)
def test_a_cut_of_what_git_has_is_named_with_the_way_back(
    folder: Path, path: Path, left: bytes | None
) -> None:
    """One sentence names the book, its lines and `git checkout`, which brings it back."""
    stands(folder, path, left)
    with pytest.raises(UserError, match=f"{path}: it is .* with 3 lines: `git checkout -- {path}`"):
        refuse_cut(folder, [path])
    git(folder, "checkout", "--", path.as_posix())
    refuse_cut(folder, [path])


@pytest.mark.parametrize("left", CUTS)
def test_a_cut_of_what_a_command_wrote_is_named_without_git(
    tmp_path: Path, left: bytes | None
) -> None:
    """Rows that no commit holds yet count like those of one; the copy has all of them."""
    write_kept(tmp_path, VERDICTS, b"heading only\n")
    write_kept(tmp_path, VERDICTS, HELD)
    stands(tmp_path, VERDICTS, left)
    (found,) = cut_books(tmp_path, [VERDICTS])
    assert (found.whole, found.is_kept) == (HELD, True)
    assert "`faucet fsck --repair`" in found.sentence


def test_a_plan_may_lose_rows_but_not_all(folder: Path) -> None:
    """People edit it by hand, also its end; an empty one says that there is no subject."""
    stands(folder, PLAN, b"first\n")
    refuse_cut(folder, [PLAN])
    for left in (None, b"", b" \n"):
        stands(folder, PLAN, left)
        with pytest.raises(UserError, match=r"plan\.csv"):
            refuse_cut(folder, [PLAN])


@pytest.mark.parametrize("left", CUTS)
@pytest.mark.parametrize("is_committed", [False, True])
def test_what_a_person_meant_is_believed(
    folder: Path, left: bytes | None, *, is_committed: bool
) -> None:
    """Staged or committed, an emptied, cut or deleted book is what it is, whatever was kept."""
    keep(folder, VERDICTS, HELD)
    stands(folder, VERDICTS, left)
    git(folder, "add", "-A")
    if is_committed:
        commit(folder)
    refuse_cut(folder, [VERDICTS])


def test_what_a_command_wrote_is_believed(folder: Path) -> None:
    """A book that a command emptied, or brought back as it was once, is no cut."""
    for content in (b"", b"first\n"):
        write_kept(folder, VERDICTS, content)
        refuse_cut(folder, [VERDICTS])


def test_a_kill_between_copy_and_book_leaves_no_cut(folder: Path) -> None:
    """The book that a killed writer did not reach is as git or the copy before has it."""
    keep(folder, VERDICTS, HELD + b"killed\n")
    refuse_cut(folder, [VERDICTS])
    write_kept(folder, VERDICTS, HELD + b"fourth\n")
    keep(folder, VERDICTS, HELD + b"fourth\nkilled\n")
    refuse_cut(folder, [VERDICTS])


def test_a_first_write_that_was_killed_leaves_no_cut(tmp_path: Path) -> None:
    """Where no commit and no copy has the book, it is as it was before its first line."""
    for before in (None, b"", b"heading\n"):
        stands(tmp_path, VERDICTS, before)
        keep(tmp_path, VERDICTS, b"heading\nfirst\n")
        refuse_cut(tmp_path, [VERDICTS])
        forget(tmp_path, VERDICTS)
