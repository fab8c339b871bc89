"""The one place that runs git: an argument list, no shell, English, and nobody is asked anything.

A folder is any folder of a repository; a bare one will do. A git that was called has ended when
its call has: what it begins by itself, to pack objects, is over, too.
"""

import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from pipeline.core.errors import UserError

Folder = str | os.PathLike[str]

_SHOWN_CHARS = 300
_UPKEEP_ENDS_FIRST = ("-c", "gc.autoDetach=false", "-c", "maintenance.autoDetach=false")
"""Git packs objects after some commands (docs/adr/0148): it is over when the call is."""


class GitResult(NamedTuple):
    """How a git command ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


def git(
    folder: Folder, *arguments: str, text: str = "", variables: Mapping[str, str] | None = None
) -> str:
    """Return what a git command prints on stdout, given text on stdin.

    variables are set for this command beside those of the environment. Raises UserError with
    git's words where it fails.
    """
    done = try_git(folder, *arguments, text=text, variables=variables)
    if done.returncode:
        message = " ".join(done.stderr.split())[:_SHOWN_CHARS] or "failed"
        raise UserError(f"git {arguments[0]}: {message}")
    return done.stdout


def try_git(
    folder: Folder, *arguments: str, text: str = "", variables: Mapping[str, str] | None = None
) -> GitResult:
    """Return how a git command ended, whatever its exit code."""
    code, out, err = _run(folder, arguments, text, variables)
    return GitResult(code, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"))


def blobs(folder: Folder, names: Iterable[str]) -> dict[str, bytes]:
    """Return the content of every named object that exists, by name, read by one process.

    A name is what git takes for one, such as an id or `HEAD:metrics/qa.json`. Raises UserError
    with git's words where it cannot read the repository.
    """
    asked = list(dict.fromkeys(names))
    if not asked:
        return {}
    code, out, err = _run(folder, ("cat-file", "--batch"), "".join(f"{n}\n" for n in asked))
    if code:
        raise UserError(f"git cat-file: {err.decode('utf-8', 'replace').strip()[:_SHOWN_CHARS]}")
    return dict(_parsed(asked, out))


def files_at(
    folder: Folder, commits: Iterable[str], paths: Iterable[Path]
) -> dict[tuple[str, Path], bytes]:
    """Return what commits have of files, by commit and path; what one lacks is left out.

    Raises UserError as blobs does.
    """
    below = list(paths)
    names = {f"{commit}:{path.as_posix()}": (commit, path) for commit in commits for path in below}
    return {names[name]: content for name, content in blobs(folder, names).items()}


def _parsed(asked: Iterable[str], answer: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield name and content: `<id> <type> <size>`, the content and a line end, or `missing`."""
    at = 0
    for name in asked:
        end = answer.index(b"\n", at)
        header, at = answer[at:end].split(), end + 1
        if header[-1] == b"missing":
            continue
        size = int(header[-1])
        if header[1] == b"blob":
            yield name, answer[at : at + size]
        at += size + 1


def _run(
    folder: Folder,
    arguments: Sequence[str],
    text: str,
    variables: Mapping[str, str] | None = None,
) -> tuple[int, bytes, bytes]:
    done = subprocess.run(  # noqa: S603 - an argument list, no shell
        ["git", *_UPKEEP_ENDS_FIRST, *arguments],  # noqa: S607 - git is found where the user has it
        cwd=folder,
        env={**os.environ, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", **(variables or {})},
        input=text.encode("utf-8"),
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr
