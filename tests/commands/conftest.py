"""What tests of commands share: a workspace with the outputs of a run, in git."""

from pathlib import Path

import pytest

from pipeline.workspace.git import git
from tests.faucet import made_up


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = made_up.workspace(tmp_path_factory.mktemp("states") / "built")
    (root / "metrics").mkdir()
    for name in ("integrate", "qa", "embed", "dedup", "format", "split", "export", "visualize"):
        (root / f"metrics/{name}.json").write_text('{"kept": 4, "pairs": 6}\n')
    (root / "dvc.lock").write_text("schema: '2.0'\nstages: {}\n")
    (root / ".gitignore").write_text("/.cache/\n/data/inbox/\n/data/outbox/\n")
    git(root, "init", "-q")
    for name in ("user.name", "user.email"):
        git(root, "config", name, "somebody@example.org")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "start")
    return root
