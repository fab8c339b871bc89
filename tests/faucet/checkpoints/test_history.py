"""Checkpoints are read from commits: by their trailers, with the figures of that very commit."""

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.core.errors import UserError
from pipeline.faucet.checkpoints.history import as_json, checkpoints
from pipeline.workspace.git import blobs
from pipeline.workspace.workspace import Workspace
from tests.faucet.made_up import HOSTILE

WHEN = "2026-01-01T12:00:00+00:00"


def git(root: Path, *arguments: str, when: str = WHEN) -> str:
    identity = ("-c", "user.name=n", "-c", "user.email=n@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ["git", *identity, *arguments],
        cwd=root,
        env={"PATH": "/usr/bin:/bin", "GIT_COMMITTER_DATE": when, "GIT_AUTHOR_DATE": when},
        capture_output=True,
        check=True,
    )
    return done.stdout.decode().strip()


def commit(root: Path, message: str, when: str = WHEN, **metrics: object) -> str:
    (root / "metrics").mkdir(exist_ok=True)
    for stage, told in metrics.items():
        text = told if isinstance(told, str) else json.dumps(told)
        (root / f"metrics/{stage}.json").write_text(text)
    git(root, "add", "-A")
    git(root, "commit", "-q", "--allow-empty", "-m", message, when=when)
    return git(root, "rev-parse", "HEAD")


def told(before: int, after: int, **task: object) -> str:
    named = "".join(f"{name}: {value}\n" for name, value in task.items())
    return f"checkpoint\n\n{named}Pairs-Before: {before}\nPairs-After: {after}"


@pytest.fixture
def root(tmp_path: Path) -> Workspace:
    git(tmp_path, "init", "-q")
    return Workspace(tmp_path)


def test_figures_are_those_of_the_commit(root: Workspace) -> None:
    """Each checkpoint has the metrics of its own commit, the newest checkpoint first."""
    qa = {"mean_score": 61.5, "answer_chars_mean": 900, "specificity_mean": 0.1}
    first = commit(
        root,
        told(0, 600, Task="batch_4", Agent="droid", Attempt=2),
        qa=qa,
        dedup={"duplicate_rate": 0.02},
    )
    commit(root, "docs: a commit that is none")
    later = "2026-01-02T13:30:00+01:00"
    second = commit(root, told(600, 590), later, qa={**qa, "mean_score": 63}, dedup="{broken")
    by_hand, by_task = checkpoints(root)
    assert (by_hand.commit, by_task.commit) == (second, first)
    assert (by_task.task, by_task.agent, by_task.attempt) == ("batch_4", "droid", 2)
    assert (by_task.pairs_before, by_task.pairs) == (0, 600)
    assert by_task[-4:] == (61.5, 0.02, 900, 0.1)
    assert (by_hand.task, by_hand.agent, by_hand.attempt) == (None, None, None)
    assert (by_hand.mean_score, by_hand.duplicate_rate) == (63, None)
    assert by_hand.when.astimezone(UTC) == datetime(2026, 1, 2, 12, 30, tzinfo=UTC)
    assert as_json(by_task)["when"] == WHEN


def test_only_trailers_make_a_checkpoint(root: Workspace) -> None:
    """Words in a message's body, or trailers that are no numbers, make no checkpoint."""
    commit(root, "fix: what\n\nPairs-Before: 1\nPairs-After: 2\n\nwas said here in the middle")
    commit(root, told(1, 2).replace("Pairs-After: 2", "Pairs-After: many"))
    commit(root, "feat: pairs\n\nPairs-After: 7")
    assert checkpoints(root) == []


def test_the_limit_counts_checkpoints(root: Workspace) -> None:
    """A limit takes the newest checkpoints, whatever commits lie between them."""
    for number in range(5):
        commit(root, told(number, number + 1))
        commit(root, "Pairs-After: not one\n\nbut it matches a search")
    assert [one.pairs for one in checkpoints(root, 2)] == [5, 4]
    assert len(checkpoints(root)) == 5


def test_words_of_agents_change_nothing(root: Workspace) -> None:
    """A trailer may hold anything on its line; the next fields stay where they are."""
    odd = HOSTILE.replace("\x00", "").replace("\x1f", "")
    commit(root, told(3, 4, Task=f"a {odd}", Agent="zai"))
    (one,) = checkpoints(root)
    assert one.agent == "zai"
    assert one.pairs == 4
    assert one.task is not None
    assert one.task.startswith("a [bold red]now[/]")


def test_nothing_is_there_yet(root: Workspace, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A branch without commits has no checkpoints; outside a repository git's words say so."""
    assert checkpoints(root) == []
    commit(root, "first")
    assert checkpoints(root) == []
    elsewhere = Workspace(tmp_path_factory.mktemp("no_repository"))
    with pytest.raises(UserError, match="not a git repository"):
        checkpoints(elsewhere)


def test_blobs_of_any_bytes(root: Workspace) -> None:
    """Content comes back byte for byte, what does not exist is left out, trees are no files."""
    content = b"\x00\n\xff missing\n" * 3
    (root / "a").write_bytes(content)
    (root / "b").write_bytes(b"")
    (root / "d").mkdir()
    (root / "d/c").write_text("c")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "files")
    asked = ["HEAD:b", "HEAD:nowhere", "HEAD:d", "HEAD:a", "HEAD:a"]
    assert blobs(root, asked) == {"HEAD:b": b"", "HEAD:a": content}
    assert blobs(root, []) == {}
