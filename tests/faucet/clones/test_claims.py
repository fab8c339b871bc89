"""One owner per claim, in one clone and in many."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from pipeline.core.errors import UserError
from pipeline.faucet.clones.claims import held, release, renew, take
from pipeline.faucet.workspace import git

ROOT = Path(__file__).parents[3]
TASKS = [f"t{number:02d}" for number in range(12)]


@pytest.fixture
def clones(tmp_path: Path) -> list[Path]:
    """Return four clones of a bare remote called origin."""
    git(tmp_path, "init", "-q", "--bare", "remote.git")
    folders = [tmp_path / f"clone{number}" for number in range(4)]
    for folder in folders:
        folder.mkdir()
        git(folder, "init", "-q")
        git(folder, "remote", "add", "origin", str(tmp_path / "remote.git"))
    return folders


@pytest.mark.parametrize("remote", [None, "origin"])
def test_a_claim_has_one_owner(clones: list[Path], remote: str | None) -> None:
    """A claimed task cannot be claimed again, by anybody, until its owner gives it back."""
    here, there = (clones[0], clones[1]) if remote else (clones[0], clones[0])
    first = take(here, "a", {"owner": "w1"}, remote=remote)
    assert first is not None
    assert take(there, "a", {"owner": "w2"}, remote=remote) is None
    assert take(here, "a", {"owner": "w1"}, remote=remote) is None
    assert [(one.task_id, one.told["owner"]) for one in held(there, remote=remote)] == [("a", "w1")]
    assert release(here, first, remote=remote)
    assert held(there, remote=remote) == []
    assert take(there, "a", {"owner": "w2"}, remote=remote) is not None


@pytest.mark.parametrize("remote", [None, "origin"])
def test_who_lost_a_claim_cannot_touch_it(clones: list[Path], remote: str | None) -> None:
    """After a claim changed hands, its former owner can neither renew nor delete it."""
    here, there = (clones[0], clones[1]) if remote else (clones[0], clones[0])
    lost = take(here, "a", {"owner": "w1"}, remote=remote)
    assert lost is not None
    (seen,) = held(there, remote=remote)
    assert release(there, seen, remote=remote)
    won = take(there, "a", {"owner": "w2"}, remote=remote)
    assert won is not None
    assert renew(here, lost, {"owner": "w1"}, remote=remote) is None
    assert not release(here, lost, remote=remote)
    renewed = renew(there, won, {"owner": "w2", "beat": 2}, remote=remote)
    assert renewed is not None
    assert [one.told for one in held(here, remote=remote)] == [renewed.told]
    assert not release(there, won, remote=remote)  # an older value of the same owner


def test_an_unreachable_remote_is_no_lost_race(clones: list[Path], tmp_path: Path) -> None:
    """Where the remote is away nothing is claimed, and the worker is told so."""
    (tmp_path / "remote.git").rename(tmp_path / "away.git")
    for attempt in (
        lambda: take(clones[0], "a", {}, remote="origin"),
        lambda: held(clones[0], remote="origin"),
    ):
        with pytest.raises(UserError, match="remote origin cannot be reached"):
            attempt()
    (tmp_path / "away.git").rename(tmp_path / "remote.git")
    assert held(clones[0], remote="origin") == []


WORKER = """
import sys
from pathlib import Path
from pipeline.faucet.clones.claims import take
root, owner, remote = Path(sys.argv[1]), sys.argv[2], sys.argv[3] or None
for task_id in sys.argv[4:]:
    if take(root, task_id, {"owner": owner}, remote=remote):
        print(task_id, flush=True)
"""


@pytest.mark.parametrize("remote", ["", "origin"])
def test_many_race_for_each_task_and_one_wins(clones: list[Path], remote: str) -> None:
    """Of four workers that all want every task, each task has exactly one winner, none nobody."""
    roots = clones if remote else [clones[0]] * 4
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, str(root), f"w{n}", remote, *TASKS],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for n, root in enumerate(roots)
    ]
    won = [worker.communicate()[0].split() for worker in workers]
    assert [worker.returncode for worker in workers] == [0] * 4
    assert Counter(task_id for tasks in won for task_id in tasks) == Counter(TASKS)
    told = {one.task_id: one.told["owner"] for one in held(clones[0], remote=remote or None)}
    assert told == {task_id: f"w{n}" for n, tasks in enumerate(won) for task_id in tasks}
