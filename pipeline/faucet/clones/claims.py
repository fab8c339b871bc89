"""Claims that several clones share: one git ref per claimed task, moved by compare-and-swap.

`refs/faucet/claims/<task_id>` points at a small JSON text that says who works on the task. Git
makes, moves and deletes it only while it has the value that the caller saw, in this clone
(`git update-ref`) or at a remote (`git push --force-with-lease`), so of any number of workers one
wins. Commits are not involved: a claim moves no branch and conflicts with nothing.
"""

import os
import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import orjson

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json, compact

CLAIMS = "refs/faucet/claims"

_LOST = "!"


class Held(NamedTuple):
    """A claim as it is now: its task, the id of its value, and what it says."""

    task_id: str
    value: str
    told: Json


def take(root: Path, task_id: str, told: Json, *, remote: str | None = None) -> Held | None:
    """Claim a task that nobody has claimed; None where somebody was first.

    told says who and since when. remote is the name of the remote that all clones share; without
    one the claim is among the processes of this clone. Raises UserError where the remote cannot
    be reached: nothing is claimed then.
    """
    return _move(root, task_id, None, told, remote)


def renew(root: Path, held: Held, told: Json, *, remote: str | None = None) -> Held | None:
    """Say something new in a claim that is still held; None where it is not any more."""
    return _move(root, held.task_id, held.value, told, remote)


def release(root: Path, held: Held, *, remote: str | None = None) -> bool:
    """Delete a claim as it was seen; False where it has changed hands since."""
    return _swap(root, held.task_id, held.value, None, remote)


def held(root: Path, *, remote: str | None = None) -> list[Held]:
    """Return all claims, by task id. Raises UserError where the remote cannot be reached."""
    if remote is None:
        listed = _git(root, "for-each-ref", "--format=%(objectname) %(refname)", CLAIMS)
    else:
        _git(root, "fetch", "--quiet", "--prune", remote, f"+{CLAIMS}/*:{_seen(remote)}/*")
        listed = _git(root, "for-each-ref", "--format=%(objectname) %(refname)", _seen(remote))
    return sorted(_read(root, listed))


def _read(root: Path, listed: str) -> Iterator[Held]:
    for line in listed.splitlines():
        value, _, ref = line.partition(" ")
        told = orjson.loads(_git(root, "cat-file", "blob", value))
        yield Held(ref.rpartition("/")[2], value, told)


def _move(root: Path, task_id: str, old: str | None, told: Json, remote: str | None) -> Held | None:
    """Point a claim at a new text; the nonce makes every text one of its own."""
    text = compact({**told, "nonce": secrets.token_hex(8)})
    new = _git(root, "hash-object", "-w", "--stdin", text=text).strip()
    is_ours = _swap(root, task_id, old, new, remote)
    return Held(task_id, new, orjson.loads(text)) if is_ours else None


def _swap(root: Path, task_id: str, old: str | None, new: str | None, remote: str | None) -> bool:
    ref = f"{CLAIMS}/{task_id}"
    if remote is None:
        return _swap_here(root, ref, old, new)
    lease = f"--force-with-lease={ref}:{old or ''}"
    pushed = _run(root, "push", "--porcelain", "--quiet", lease, remote, f"{new or ''}:{ref}")
    if pushed.returncode == 0:
        return True
    if any(line.startswith(_LOST) for line in pushed.stdout.splitlines()):
        return False
    raise _unreachable(remote, pushed.stderr)


def _swap_here(root: Path, ref: str, old: str | None, new: str | None) -> bool:
    change = [ref, new, old or ""] if new else ["-d", ref, old or ""]
    return _run(root, "update-ref", *change).returncode == 0


def _seen(remote: str) -> str:
    return f"refs/faucet/seen/{remote}"


def _git(root: Path, *arguments: str, text: str | None = None) -> str:
    done = _run(root, *arguments, text=text)
    if done.returncode and arguments[0] == "fetch":
        raise _unreachable(arguments[3], done.stderr)
    if done.returncode:
        raise UserError(f"git {arguments[0]}: {_line(done.stderr) or 'failed'}")
    return done.stdout


def _run(root: Path, *arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - an argument list, no shell
        ["git", *arguments],  # noqa: S607 - git is found where the user has it
        cwd=root,
        env={**os.environ, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"},
        input=text or "",
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )


def _unreachable(remote: str, told: str) -> UserError:
    return UserError(f"remote {remote} cannot be reached, no claim was made: {_line(told)}")


def _line(text: str) -> str:
    return " ".join(text.split())[:200]
