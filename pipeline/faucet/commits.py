"""Commits made beside a person's work: through an index of their own, on top of a given commit.

What somebody has staged stays staged and is in no such commit. Nothing is checked out, no hook
runs, and the branch moves only from the commit that was built upon.
"""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from pipeline.core.errors import UserError
from pipeline.faucet.workspace import git

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
    those that are gone included.
    """

    contents: Mapping[Path, bytes] = {}
    paths: tuple[Path, ...] = ()


class Ended(NamedTuple):
    """How a git command ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


def commit(root: Path, base: str, change: Change, message: str, author: Author) -> str | None:
    """Return the id of a new commit on top of base; None where it would change nothing.

    The commit is in the object store alone: no branch points at it yet. Raises UserError with
    git's words where it cannot be made.
    """
    with tempfile.TemporaryDirectory(prefix="index-") as folder:
        own_index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        run_git(root, "read-tree", base, variables=own_index)
        _put(root, change.contents, own_index)
        _take(root, change.paths, own_index)
        tree = run_git(root, "write-tree", variables=own_index).strip()
    if tree == git(root, "rev-parse", f"{base}^{{tree}}").strip():
        return None
    who = {"GIT_AUTHOR_NAME": author.name, "GIT_AUTHOR_EMAIL": author.mail}
    who |= _committer(root, author)
    arguments = ("commit-tree", tree, "-p", base, "-F", "-")
    return run_git(root, *arguments, text=message, variables=who).strip()


def advance(root: Path, base: str, new: str, change: Change) -> bool:
    """Move the current branch from base to new; False where it is not at base any more.

    The index takes what was committed, so that it does not look like a staged way back; what a
    person has staged of other paths stays staged.
    """
    moved = try_git(root, "update-ref", "-m", "checkpoint", "HEAD", new, base)
    if moved.returncode:
        return False
    align_index(root, new, change)
    return True


def align_index(root: Path, commit_id: str, change: Change) -> None:
    """Let the index hold what a commit has of a change's paths; others stay as they are staged.

    Raises UserError where another git has held the index for a while.
    """
    committed = sorted({path.as_posix() for path in (*change.contents, *change.paths)})
    known = [name for name in committed if run_git(root, "ls-tree", commit_id, "--", name)]
    if not known:
        return
    for _ in range(_INDEX_TRIES):
        done = try_git(root, "reset", "--quiet", commit_id, "--", *known)
        if done.returncode == 0 or "index.lock" not in done.stderr:
            break
        time.sleep(_INDEX_PAUSE_S)
    if done.returncode:
        told = " ".join(done.stderr.split())[:200]
        listed = " ".join(known)
        raise UserError(f"the commit is made; `git reset -- {listed}` is left to do: {told}")


def run_git(
    root: Path, *arguments: str, text: str = "", variables: Mapping[str, str] | None = None
) -> str:
    """Return what a git command prints, given text on stdin; raises UserError when it fails."""
    done = try_git(root, *arguments, text=text, variables=variables)
    if done.returncode:
        raise UserError(f"git {arguments[0]}: {' '.join(done.stderr.split())[:300] or 'failed'}")
    return done.stdout


def try_git(
    root: Path, *arguments: str, text: str = "", variables: Mapping[str, str] | None = None
) -> Ended:
    """Return how a git command ended; it asks nobody anything and speaks English."""
    code, out, err = _spoken(root, arguments, text, variables)
    return Ended(code, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"))


def blobs(root: Path, names: Iterable[str]) -> dict[str, bytes]:
    """Return the content of every named object that exists, by name, read by one process.

    A name is what git takes for one, such as an id or `HEAD:metrics/qa.json`. Raises UserError
    with git's words where it cannot read the repository.
    """
    asked = list(dict.fromkeys(names))
    if not asked:
        return {}
    code, out, err = _spoken(root, ("cat-file", "--batch"), "".join(f"{n}\n" for n in asked))
    if code:
        raise UserError(f"git cat-file: {err.decode('utf-8', 'replace').strip()[:300]}")
    return dict(_parsed(asked, out))


def _parsed(asked: Iterable[str], told: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield name and content: `<id> <type> <size>`, the content and a line end, or `missing`."""
    at = 0
    for name in asked:
        end = told.index(b"\n", at)
        header, at = told[at:end].split(), end + 1
        if header[-1] == b"missing":
            continue
        size = int(header[-1])
        if header[1] == b"blob":
            yield name, told[at : at + size]
        at += size + 1


def _spoken(
    root: Path,
    arguments: Sequence[str],
    text: str,
    variables: Mapping[str, str] | None = None,
) -> tuple[int, bytes, bytes]:
    done = subprocess.run(  # noqa: S603 - an argument list, no shell
        ["git", *arguments],  # noqa: S607 - git is found where the user has it
        cwd=root,
        env={**os.environ, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", **(variables or {})},
        input=text.encode("utf-8"),
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def _put(root: Path, contents: Mapping[Path, bytes], own_index: Mapping[str, str]) -> None:
    lines = []
    for path, content in contents.items():
        text = content.decode("utf-8")
        blob = run_git(root, "hash-object", "-w", "--stdin", text=text).strip()
        lines.append(f"100644 {blob}\t{path.as_posix()}\n")
    if lines:
        run_git(root, "update-index", "--index-info", text="".join(lines), variables=own_index)


def _take(root: Path, paths: Iterable[Path], own_index: Mapping[str, str]) -> None:
    """Add files as they are; what somebody's own ignore rules say does not count here."""
    listed = [path.as_posix() for path in paths if _is_known(root, path, own_index)]
    if listed:
        hidden = [f":(exclude,glob){name}/**/.*" for name in listed if (root / name).is_dir()]
        run_git(root, "add", "--all", "--force", "--", *listed, *hidden, variables=own_index)


def _is_known(root: Path, path: Path, own_index: Mapping[str, str]) -> bool:
    """Return whether a path is there, or was there in the commit that is built upon."""
    if (root / path).is_dir():
        there = any(file.is_file() for file in (root / path).rglob("*"))
    else:
        there = (root / path).exists()
    listed = run_git(root, "ls-files", "--", path.as_posix(), variables=own_index)
    return there or bool(listed)


def _committer(root: Path, author: Author) -> dict[str, str]:
    """Return the author as committer where git does not know who works on this machine."""
    if try_git(root, "var", "GIT_COMMITTER_IDENT").returncode == 0:
        return {}
    return {"GIT_COMMITTER_NAME": author.name, "GIT_COMMITTER_EMAIL": author.mail}
