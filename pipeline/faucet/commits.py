"""Commits made beside a person's work: through an index of their own, on top of a given commit.

What somebody has staged stays staged and is in no such commit. Nothing is checked out, no hook
runs, and the branch moves only from the commit that was built upon.
"""

import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from pipeline.core.errors import UserError
from pipeline.workspace.scratch import scratch
from pipeline.workspace.workspace import Workspace

_INDEX_TRIES = 20
_INDEX_PAUSE_S = 0.25
_NO_MAIL = "agents.invalid"


class Author(NamedTuple):
    """Who a commit is by, and the mail address that git wants."""

    name: str
    mail: str


def author_of(agent: str) -> Author:
    """Return an agent as the author of commits; agents have no mail, and the address says so."""
    return Author(agent, f"{agent}@{_NO_MAIL}")


class Change(NamedTuple):
    """What a commit changes: contents by path, and paths whose files are taken as they are.

    All paths are relative to the root. A path that is a folder stands for every file in it,
    those that are gone included, and without names files in them that stay as they were.
    """

    contents: Mapping[Path, bytes] = {}
    paths: tuple[Path, ...] = ()
    without: tuple[Path, ...] = ()


def commit(
    workspace: Workspace, base: str, change: Change, message: str, author: Author
) -> str | None:
    """Return the id of a new commit on top of base; None where it would change nothing.

    The commit is in the object store alone: no branch points at it yet. Raises UserError with
    git's words where it cannot be made.
    """
    with scratch(workspace.root, "index") as folder:
        own_index = {"GIT_INDEX_FILE": str(folder / "index")}
        workspace.git("read-tree", base, variables=own_index)
        _put(workspace, change.contents, own_index)
        _take(workspace, change.paths, own_index)
        _leave(workspace, base, change.without, own_index)
        tree = workspace.git("write-tree", variables=own_index).strip()
    if tree == workspace.git("rev-parse", f"{base}^{{tree}}").strip():
        return None
    who = {"GIT_AUTHOR_NAME": author.name, "GIT_AUTHOR_EMAIL": author.mail}
    who |= _committer(workspace, author)
    arguments = ("commit-tree", tree, "-p", base, "-F", "-")
    return workspace.git(*arguments, text=message, variables=who).strip()


def advance(workspace: Workspace, base: str, new: str, change: Change) -> bool:
    """Move the current branch from base to new; False where it is not at base any more.

    The index takes what was committed, so that it does not look like a staged way back; what a
    person has staged of other paths stays staged.
    """
    moved = workspace.try_git("update-ref", "-m", "checkpoint", "HEAD", new, base)
    if moved.returncode:
        return False
    align_index(workspace, new, change)
    return True


def align_index(workspace: Workspace, commit_id: str, change: Change) -> None:
    """Let the index hold what a commit has of a change's paths; others stay as they are staged.

    Raises UserError where another git has held the index for a while.
    """
    committed = sorted({path.as_posix() for path in (*change.contents, *change.paths)})
    known = [name for name in committed if workspace.git("ls-tree", commit_id, "--", name)]
    if not known:
        return
    for _ in range(_INDEX_TRIES):
        done = workspace.try_git("reset", "--quiet", commit_id, "--", *known)
        if done.returncode == 0 or "index.lock" not in done.stderr:
            break
        time.sleep(_INDEX_PAUSE_S)
    if done.returncode:
        message = " ".join(done.stderr.split())[:200]
        listed = " ".join(known)
        raise UserError(f"the commit is made; `git reset -- {listed}` is left to do: {message}")


def _put(
    workspace: Workspace, contents: Mapping[Path, bytes], own_index: Mapping[str, str]
) -> None:
    lines = []
    for path, content in contents.items():
        text = content.decode("utf-8")
        blob = workspace.git("hash-object", "-w", "--stdin", text=text).strip()
        lines.append(f"100644 {blob}\t{path.as_posix()}\n")
    if lines:
        workspace.git("update-index", "--index-info", text="".join(lines), variables=own_index)


def _take(workspace: Workspace, paths: Iterable[Path], own_index: Mapping[str, str]) -> None:
    """Add files as they are; what somebody's own ignore rules say does not count here."""
    listed = [path.as_posix() for path in paths if _is_known(workspace, path, own_index)]
    if listed:
        hidden = [f":(exclude,glob){name}/**/.*" for name in listed if (workspace / name).is_dir()]
        workspace.git("add", "--all", "--force", "--", *listed, *hidden, variables=own_index)


def _leave(
    workspace: Workspace, base: str, paths: Iterable[Path], own_index: Mapping[str, str]
) -> None:
    """Take files that base does not hold out of the index again."""
    names = sorted(path.as_posix() for path in paths)
    if not names:
        return
    held = set(workspace.git("ls-tree", "-r", "-z", "--name-only", base).split("\0"))
    new = "".join(f"{name}\0" for name in names if name not in held)
    workspace.git("update-index", "--force-remove", "-z", "--stdin", text=new, variables=own_index)


def _is_known(workspace: Workspace, path: Path, own_index: Mapping[str, str]) -> bool:
    """Return whether a path is there, or was there in the commit that is built upon."""
    if (workspace / path).is_dir():
        there = any(file.is_file() for file in (workspace / path).rglob("*"))
    else:
        there = (workspace / path).exists()
    listed = workspace.git("ls-files", "--", path.as_posix(), variables=own_index)
    return there or bool(listed)


def _committer(workspace: Workspace, author: Author) -> dict[str, str]:
    """Return the author as committer where git does not know who works on this machine."""
    if workspace.try_git("var", "GIT_COMMITTER_IDENT").returncode == 0:
        return {}
    return {"GIT_COMMITTER_NAME": author.name, "GIT_COMMITTER_EMAIL": author.mail}
