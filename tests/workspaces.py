"""Small workspaces that whole runs are tried on, and how to run them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import yaml

from pipeline.params.yaml_text import load_yaml
from pipeline.run import stage
from pipeline.store.engine import write_manifest
from pipeline.workspace.dag import Dag
from pipeline.workspace.git import git
from pipeline.workspace.workspace import Workspace
from tests.programs import loaded
from tests.thoroughness import LONG

ROOT = Path(__file__).parents[1]
CODE = (
    *("dvc.yaml", "params.yaml", "requirements.lock", "template.csv", ".dvcignore"),
    *("pipeline", "schemas"),
)
INPUTS = ("data/domain", "data/embeddings", "data/reviews", "data/test_sets")
SMALL_CORPUS_BYTES = 40_000
IN_ONE_PROCESS = """
import sys
from functools import cache
from pathlib import Path
from pipeline.run import stage as run
run._start_engine = cache(run._start_engine)  # Daft takes its runner once in a process
for name in sys.argv[1:]:
    run.run_stage(name, Path.cwd())
"""


def small_corpus() -> list[Path]:
    """Return a few of the starter's deliveries: of every agent the smallest, by size."""
    found: list[Path] = []
    for agent in sorted((ROOT / "data/deliveries").glob("*/")):
        size = 0
        for path in sorted(agent.iterdir(), key=lambda path: (path.stat().st_size, path.name)):
            size += path.stat().st_size
            if size > SMALL_CORPUS_BYTES:
                break
            found.append(path)
    return found


def bare(root: Path) -> Workspace:
    """Return a workspace at root that has this project's DAG and schemas, and nothing else."""
    root.mkdir(parents=True, exist_ok=True)
    for name in ("dvc.yaml", "params.yaml", "faucet.yaml", "schemas"):
        if not (root / name).exists():
            (root / name).symlink_to(ROOT / name)
    return Workspace(root)


def of_the_starter(root: Path) -> Workspace:
    """Return a bare workspace at root whose subject is the starter's."""
    (root / "data").mkdir(parents=True, exist_ok=True)
    (root / "data/domain").symlink_to(ROOT / "data/domain")
    return bare(root)


def make_workspace(root: Path, deliveries: list[Path]) -> Path:
    """Return a workspace at root with this project's code and some landed deliveries.

    What was compiled of the code comes along, so that its programs need not do it again.
    """
    ignored = shutil.ignore_patterns("*.pyc.*")  # which another process is just writing
    for name in (*CODE, *INPUTS):
        source, target = ROOT / name, root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=ignored)
        else:
            shutil.copyfile(source, target)
    write_manifest(root)
    (root / "data/deliveries").mkdir()
    for path in deliveries:
        target = root / path.relative_to(ROOT)
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(path, target)
    return root


def build_small(root: Path) -> Path:
    """Make a workspace of the small corpus, run it once as people do, and commit everything."""
    make_workspace(root, small_corpus())
    shutil.copytree(ROOT / ".dvc", root / ".dvc", ignore=shutil.ignore_patterns("tmp", "cache"))
    for name in (".gitignore", ".gitattributes", "faucet.yaml"):
        shutil.copyfile(ROOT / name, root / name)
    git(root, "init", "-q", "-b", "main")
    for name in ("user.name", "user.email"):
        git(root, "config", name, "somebody@example.org")
    run(root, "-m", "pipeline.cli", "repro")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "built")
    return root


def set_param(root: Path, section: str, name: str, value: object) -> None:
    """Write another value of a param into the workspace's params.yaml."""
    params = load_yaml(root / "params.yaml")
    params[section][name] = value
    (root / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False), encoding="utf-8")


def run_all(root: Path, *names: str, **environment: str) -> dict[str, bytes]:
    """Run the named stages, or every one, and return the bytes of their outputs and metrics.

    One process runs them all, which saves seven starts of Daft, or of its workers on a cluster; in
    the long form of `make nightly` each stage has a process of its own, as under DVC.
    """
    names = names or tuple(Dag(root).names)
    if LONG:
        for name in names:
            run(root, "-m", "pipeline.run", name, **environment)
    else:
        run_stages(root, *names, **environment)
    return made(root, *names)


def made(root: Path, *names: str) -> dict[str, bytes]:
    """Return the bytes of every output and metric of the named stages, or of all."""
    stages = [wiring for wiring in Dag(root).wirings if not names or wiring.name in names]
    files = [
        file for one in stages for path in (*one.outs, one.metrics) for file in _files(root / path)
    ]
    return {file.relative_to(root).as_posix(): file.read_bytes() for file in files}


def run_stages(root: Path, *names: str, **environment: str) -> None:
    """Run stages one after the other in one process.

    It is this one, which has loaded all libraries, where they need no environment of their own and
    the engine is that of any test.
    """
    if environment or LONG:
        run(root, "-c", IN_ONE_PROCESS, *names, **environment)
        return
    with patch.object(stage, "_start_engine", lambda *_: None):
        for name in names:
            stage.run_stage(name, root)


def run(root: Path, *arguments: str, **environment: str) -> str:
    """Run this Python with arguments in root; return its stdout, raise with its stderr."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    own = {"PATH": path, "PYTHONPATH": loaded(), "DAFT_PROGRESS_BAR": "0"}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=root,
        env={**os.environ, **own, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def _files(path: Path) -> list[Path]:
    return sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
