"""A workspace with a DAG of two tiny stages, run by DVC itself, for tests of checkpoints."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.workspace.git import git
from pipeline.workspace.workspace import Workspace
from tests.faucet import tasks_only
from tests.programs import loaded

STAGES = {
    "integrate": {
        "cmd": "python toy.py integrate",
        "deps": ["data/deliveries", "toy.py"],
        "outs": ["data/integrate/accounting.json"],
        "metrics": [{"metrics/integrate.json": {"cache": False}}],
    },
    "dedup": {
        "cmd": "python toy.py dedup",
        "deps": [
            "data/integrate/accounting.json",
            "data/reviews/verdicts.csv",
            "data/reviews/edits.jsonl",
            "toy.py",
        ],
        "outs": ["data/dedup/kept.txt", {"data/dedup/parts": {"cache": False}}],
        "metrics": [{"metrics/dedup.json": {"cache": False}}],
    },
}

CODE = """
import json, pathlib, sys
def put(path, text):
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
if sys.argv[1] == "integrate":
    there = sorted(path for path in pathlib.Path("data/deliveries").glob("*/*"))
    rows = [{"agent": path.parent.name, "delivery": path.name} for path in there]
    put("data/integrate/accounting.json", json.dumps({"deliveries": rows}))
    put("metrics/integrate.json", json.dumps({"integrate": {"accepted": len(rows)}}))
else:
    rows = json.loads(pathlib.Path("data/integrate/accounting.json").read_text())["deliveries"]
    put("data/dedup/kept.txt", "".join(row["delivery"] + chr(10) for row in rows))
    put("data/dedup/parts/one.txt", str(len(rows)))
    put("metrics/dedup.json", json.dumps({"dedup": {"kept": 10 * len(rows), "pairs": len(rows)}}))
"""

OUTPUTS = ("integrate", "dedup", "inbox", "outbox")
IGNORED = "/.cache/\n/faucet.local.yaml\n__pycache__/\n" + "".join(
    f"/data/{name}/\n" for name in OUTPUTS
)


def workspace(
    root: Path, monkeypatch: pytest.MonkeyPatch, *queues: Any, **settings: Any
) -> Workspace:
    """Make a workspace whose `faucet repro` works, committed on main; return it."""
    monkeypatch.setenv("PYTHONPATH", loaded())
    tasks_only.workspace(root, *queues, **settings)
    (root / "dvc.yaml").write_text(yaml.safe_dump({"stages": STAGES}, sort_keys=False))
    (root / "toy.py").write_text(CODE)
    (root / ".gitignore").write_text(IGNORED)
    (root / ".gitattributes").write_text("data/reviews/** merge=union\n")
    (root / "data/reviews").mkdir()
    (root / "data/reviews/verdicts.csv").write_text("when,who,verdict,pair_id,other_id,note\n")
    (root / "data/reviews/edits.jsonl").touch()
    deliver(root, "zai", "first")
    git(root, "config", "user.name", "t")
    git(root, "config", "user.email", "t@example.invalid")
    (root / ".dvc").mkdir()
    (root / ".dvc/config").write_text("[core]\n    analytics = false\n")
    (root / ".dvc/.gitignore").write_text("/tmp\n/cache\n/config.local\n")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "start")
    return Workspace(root)


def copied(once: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Return a copy of a workspace that was made once, at root, in which `faucet repro` works."""
    monkeypatch.setenv("PYTHONPATH", loaded())
    return Workspace(shutil.copytree(once, root, symlinks=True))


def deliver(root: Path, agent: str, name: str) -> None:
    """Put a file into an agent's inbox."""
    folder = root / "data/inbox" / agent
    folder.mkdir(parents=True, exist_ok=True)
    (root / "data/deliveries").mkdir(exist_ok=True)
    (folder / f"{name}.json").write_text(f'"{name}"')
