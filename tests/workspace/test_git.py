"""Git as this project calls it: nothing of it goes on behind a call."""

from pathlib import Path

from pipeline.workspace.git import git


def test_no_upkeep_goes_on_behind_a_call(tmp_path: Path) -> None:
    """A commit after which git packs all anew returns when that is done: two packs are one.

    Who copies, clones or heals the repository next must not meet a git that takes objects away.
    """
    git(tmp_path, "init", "-q")
    for name, value in (
        ("user.name", "somebody"),
        ("user.email", "somebody@example.org"),
        ("maintenance.strategy", "gc"),
    ):
        git(tmp_path, "config", name, value)
    for number in range(2):
        git(tmp_path, "commit", "-q", "--allow-empty", "-m", f"{number}")
        git(tmp_path, "repack", "-dq")
    packs = tmp_path / ".git/objects/pack"
    assert len(list(packs.glob("*.pack"))) == 2
    git(tmp_path, "config", "gc.autoPackLimit", "1")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "last")
    assert len(list(packs.glob("*.pack"))) == 1
    assert not list((tmp_path / ".git").glob("gc.pid*"))
