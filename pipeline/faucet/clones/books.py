"""Lines that a reviewer wrote in a clone, kept while the clone follows the remote.

The books of reviews are only appended to, and git is told to keep both sides of them. A clone
that follows does the same with lines that no commit holds yet: they are set aside on disk, the
remote's book comes, and those that it lacks are written below it. A kill in between loses none.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.store.atomic import write_bytes
from pipeline.store.kept import write_kept
from pipeline.workspace.layout import UNPUBLISHED
from pipeline.workspace.workspace import Workspace


@contextmanager
def set_aside(workspace: Workspace, commit: str) -> Iterator[None]:
    """Take a clone's own lines out of the books that a commit changes, and put them back after.

    The holder of the run lock alone may call this.
    """
    put_back(workspace)
    for path in _in_the_way(workspace, commit):
        held = workspace.file_at("HEAD", Path(path)) or b""
        lines = _without((workspace / path).read_bytes(), held)
        write_bytes(workspace / UNPUBLISHED / path, lines)
        workspace.git("checkout", "--quiet", "HEAD", "--", path)
    try:
        yield
    finally:
        put_back(workspace)


def put_back(workspace: Workspace) -> None:
    """Write lines that were set aside below their books, those that stand there left out."""
    for aside in sorted((workspace / UNPUBLISHED).rglob("*")):
        if not aside.is_file():
            continue
        path = aside.relative_to(workspace / UNPUBLISHED)
        book = (workspace / path).read_bytes() if (workspace / path).is_file() else b""
        lines = _without(aside.read_bytes(), book)
        if lines:
            gap = b"" if not book or book.endswith(b"\n") else b"\n"
            write_kept(workspace, path, book + gap + lines)
        aside.unlink()


def _in_the_way(workspace: Workspace, commit: str) -> list[str]:
    """Return the books that have changes both here, uncommitted, and in the commit."""
    inputs = [path.as_posix() for path in workspace.inputs]
    here, there = (
        set(workspace.git("diff", "--name-only", "-z", *what, "--", *inputs).split("\0"))
        for what in (("HEAD",), ("HEAD", commit))
    )
    return sorted(path for path in here & there if path and _is_book(workspace, path))


def _is_book(workspace: Workspace, path: str) -> bool:
    """Return whether .gitattributes has git keep the lines of both sides of a file."""
    merged = workspace.git("check-attr", "merge", "--", path).strip()
    return merged.endswith(": union") and (workspace / Path(path)).is_file()


def _without(lines: bytes, known: bytes) -> bytes:
    there = set(known.split(b"\n"))
    new = [line for line in lines.split(b"\n") if line not in there and line]
    return b"".join(line + b"\n" for line in new)
