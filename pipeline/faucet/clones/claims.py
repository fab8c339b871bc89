"""Claims that several clones share: one git ref per claimed task, moved by compare-and-swap.

`refs/faucet/claims/<task_id>` at the remote points at a small JSON text that says who works on
the task. The remote makes, moves and deletes it only while it has the value that the caller saw
(`git push --force-with-lease`), so of any number of workers one wins. Commits are not involved: a
claim moves no branch and conflicts with nothing. Where a branch moves too, all move or none.
"""

import re
import secrets
from collections.abc import Iterable
from typing import NamedTuple

import orjson

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json, compact
from pipeline.workspace.git import GitResult
from pipeline.workspace.workspace import Workspace

CLAIMS = "refs/faucet/claims"
SEEN = "refs/faucet/seen"
"""Where this clone keeps what it fetched last: SEEN/<remote>/claims and SEEN/<remote>/branch."""

_REFUSED = "!"
_RACE = re.compile(
    r"stale info|fetch first|non-fast-forward|atomic (push|transaction) fail|already exists"
    r"|cannot lock ref|failed to (update|lock) ref|incorrect old value"
)
"""What git says of a ref that somebody moved first; a hook or a protected branch says else."""
_QUIETLY = ("--quiet", "--prune", "--no-tags", "--no-write-fetch-head", "--refmap=")
_NO_UPKEEP = ("-c", "gc.auto=0", "-c", "maintenance.auto=false")


class Held(NamedTuple):
    """A claim as it is now: the id of its value, and what it says."""

    value: str
    entry: Json


class Move(NamedTuple):
    """A claim's change from the value that was seen to a new one; None is no claim."""

    task_id: str
    old: str | None
    new: str | None


class Advance(NamedTuple):
    """A branch that is to move to a commit on top of what it was."""

    branch: str
    commit: str


class RemoteClaims(NamedTuple):
    """What the remote holds: the commit of the shared branch, and all claims by task."""

    commit: str
    claims: dict[str, Held]


def fetch(workspace: Workspace, remote: str, branch: str) -> RemoteClaims:
    """Return what the remote holds now. Raises UserError where it cannot be reached."""
    wanted = (
        f"+refs/heads/{branch}:{SEEN}/{remote}/branch",
        f"+{CLAIMS}/*:{SEEN}/{remote}/claims/*",
    )
    done = workspace.try_git(*_NO_UPKEEP, "fetch", *_QUIETLY, remote, *wanted)
    if done.returncode:
        raise _unreachable(remote, done)
    listed = workspace.git("for-each-ref", "--format=%(objectname) %(refname)", f"{SEEN}/{remote}/")
    refs = {ref: value for value, _, ref in (x.partition(" ") for x in listed.splitlines())}
    commit = refs.pop(f"{SEEN}/{remote}/branch")
    return RemoteClaims(commit, _claims(workspace, refs))


def written(workspace: Workspace, entry: Json) -> str:
    """Return the id of a new claim value that says entry; a nonce makes each one of its own."""
    text = compact({**entry, "nonce": secrets.token_hex(8)})
    return workspace.git("hash-object", "-w", "--stdin", text=text).strip()


def push(
    workspace: Workspace, remote: str, moves: Iterable[Move], advance: Advance | None = None
) -> bool:
    """Move claims, and a branch where one is named, at the remote; all of them or none.

    False says that somebody was first: a claim or the branch is not what was seen any more.
    Raises UserError where the remote cannot be reached or refuses for another reason.
    """
    listed = list(moves)
    leases = [f"--force-with-lease={CLAIMS}/{m.task_id}:{m.old or ''}" for m in listed]
    specs = [f"{move.new or ''}:{CLAIMS}/{move.task_id}" for move in listed]
    if advance:
        specs.append(f"{advance.commit}:refs/heads/{advance.branch}")
    done = workspace.try_git(
        "push", "--porcelain", "--quiet", "--atomic", "--no-verify", *leases, remote, *specs
    )
    if done.returncode == 0:
        return True
    refused = [line for line in done.stdout.splitlines() if line.startswith(_REFUSED)]
    if refused and all(_RACE.search(line.rpartition("\t")[2]) for line in refused):
        return False
    if refused:
        raise UserError(f"remote {remote} refuses: {' '.join(done.stderr.split())[:200]}")
    raise _unreachable(remote, done)


def _claims(workspace: Workspace, refs: dict[str, str]) -> dict[str, Held]:
    """Return the claims of refs, read in one go."""
    texts = workspace.blobs(refs.values())
    return {
        ref.rpartition("/")[2]: Held(value, _claim(ref, texts[value]))
        for ref, value in refs.items()
        if value in texts
    }


def _claim(ref: str, text: bytes) -> Json:
    """Return what a claim says; raises UserError where another program left no claim there."""
    try:
        claim = orjson.loads(text)
    except orjson.JSONDecodeError:
        claim = None
    if not isinstance(claim, dict):
        raise UserError(f"{ref} of the remote holds no claim: `git push REMOTE :{ref}` removes it")
    return claim


def _unreachable(remote: str, done: GitResult) -> UserError:
    message = " ".join(done.stderr.split())[:200]
    return UserError(f"remote {remote} cannot be reached: {message}")
