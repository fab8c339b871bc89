"""The wheel alone makes a workspace that lands, runs, proves, answers and is brought up to date.

Outside any clone: the wheel is unpacked into an environment of its own, which borrows the
libraries of the tests' environment, so that nothing is downloaded.
"""

import csv
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

from pipeline.workspace.dag import Dag
from tests.thoroughness import LONG
from tests.workspaces import ROOT

LEFT_OUT = (".git", ".venv", ".cache", "cache", "tmp", "tests", "benchmarks", "docs", "__pycache__")
DELIVERY = ROOT / "examples/garden/deliveries/ben/herbs.csv"
PROGRAM = "from pipeline.cli import faucet\nfaucet(prog_name='faucet')\n"
RUN = list(Dag(ROOT).names) if LONG else ["integrate"]
"""The stages that run: all of them in `make long`, which CI has; one of them loads as much."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT, folder / "source", ignore=shutil.ignore_patterns(*LEFT_OUT))
    offline = ("--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check")
    command = [sys.executable, "-m", "pip", "wheel", "-q", *offline, "-w", str(folder), "."]
    subprocess.run(command, cwd=folder / "source", check=True)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the site-packages of a new environment with the wheel in it."""
    root = tmp_path_factory.mktemp("environment")
    venv.create(root, with_pip=False)
    scheme = sysconfig.get_preferred_scheme("prefix")
    paths = sysconfig.get_paths("venv" if os.name != "nt" else scheme, vars={"base": str(root)})
    packages = Path(paths["purelib"])
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    borrowed = sysconfig.get_paths()["purelib"]
    (packages / "borrowed.pth").write_text(f"{borrowed}\n", encoding="utf-8")
    return packages


@pytest.fixture(scope="module")
def python(environment: Path) -> str:
    root = next(path for path in environment.parents if (path / "pyvenv.cfg").is_file())
    return str(root / ("Scripts" if os.name == "nt" else "bin") / "python")


def faucet(python: str, folder: Path, *words: str) -> str:
    """Run `faucet` of the environment in a folder; return its stdout, raise with its stderr."""
    named = {f"GIT_{role}_NAME": "somebody" for role in ("AUTHOR", "COMMITTER")}
    mails = {f"GIT_{role}_EMAIL": "somebody@example.org" for role in ("AUTHOR", "COMMITTER")}
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [python, "-c", PROGRAM, *words],
        cwd=folder,
        env={**kept, **named, **mails},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def workspace(python: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace that was begun with a plan, got one delivery and ran.

    In the long form it was committed, too: a checkpoint runs all stages.
    """
    folder = tmp_path_factory.mktemp("outside")
    (folder / "plan.csv").write_text("name\nThyme\nRosemary\nSage\n", encoding="utf-8")
    faucet(python, folder, "init", "kb", "--plan", "plan.csv")
    faucet(python, folder / "kb", "land", str(DELIVERY), "--agent", "ben")
    assert f"{len(RUN)} ran" in faucet(python, folder / "kb", "repro", *([] if LONG else RUN))
    if LONG:
        faucet(python, folder / "kb", "checkpoint", "--tag", "first")
    return folder / "kb"


def test_the_wheel_holds_the_template_of_a_workspace(wheel: Path) -> None:
    """Every listed file is in it as it is in the repository, and nothing else is beside them."""
    with (ROOT / "template.csv").open(encoding="utf-8", newline="") as rows:
        listed = {
            file.relative_to(ROOT).as_posix(): file.read_bytes()
            for row in csv.DictReader(rows)
            for file in (ROOT / row["folder"]).glob(row["pattern"])
            if file.is_file()
        }
    prefix = "pipeline/template/"
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        held = {n.removeprefix(prefix): archive.read(n) for n in names if n.startswith(prefix)}
        code = {n for n in names if n.startswith("pipeline/") and not n.startswith(prefix)}
    assert held == listed
    files = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "pipeline").rglob("*")
        if path.is_file() and path.suffix not in (".pyc", ".sha256", ".md", ".yml")
    }
    assert files - code == set()


@pytest.mark.slow
def test_a_workspace_of_the_wheel_runs_the_installed_engine(workspace: Path, python: str) -> None:
    """No module comes from the clone that the wheel was made of; the books have the delivery."""
    where = "import pipeline; print(pipeline.__file__)"
    shown = subprocess.run(
        [python, "-c", where], cwd=workspace, capture_output=True, text=True, check=True
    )
    assert not Path(shown.stdout.strip()).is_relative_to(ROOT)
    books = json.loads((workspace / "metrics/integrate.json").read_bytes())["integrate"]
    with DELIVERY.open(encoding="utf-8", newline="") as rows:
        assert books["found"] == books["accepted"] == len(list(csv.DictReader(rows)))


@pytest.mark.slow
@pytest.mark.skipif(not LONG, reason="a run of eight stages: CI has `make long`")
def test_a_workspace_of_the_wheel_answers(workspace: Path, python: str) -> None:
    """It is asked, summed up, and its checkpoint holds all that git must hold."""
    question = "What soil does thyme want?"
    assert question in faucet(python, workspace, "ask", question, "--limit", "1")
    status = ["git", "status", "--porcelain"]
    left = subprocess.run(status, cwd=workspace, capture_output=True, text=True, check=True)
    assert left.stdout == ""
    assert "unchanged" not in faucet(python, workspace, "summary")


@pytest.mark.slow
def test_its_results_name_every_library_that_the_engine_needs(workspace: Path) -> None:
    """Version and libraries stand in git; a library that pyproject.toml adds cannot be missed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = (workspace / "engine/libraries.txt").read_text(encoding="utf-8").splitlines()
    needed = sorted(name.partition(">")[0] for name in project["dependencies"])
    assert [line.partition("==")[0] for line in pinned] == needed
    version = (workspace / "engine/version.txt").read_text(encoding="utf-8")
    assert version == f"{project['name']}=={project['version']}\n"


@pytest.mark.slow
@pytest.mark.skipif(not LONG, reason="a rebuild of eight stages: CI has `make long`")
def test_a_commit_of_it_is_rebuilt_to_the_byte(workspace: Path, python: str) -> None:
    """`faucet verify` says `same` of every stage, without the source of the engine in the clone."""
    said = faucet(python, workspace, "verify", "first")
    assert [f"{name:<10} same" in said for name in (*Dag(ROOT).names, "dvc.lock")] == [True] * 9


@pytest.mark.slow
def test_another_engine_runs_what_it_changes_and_no_more(
    workspace: Path, python: str, environment: Path
) -> None:
    """A changed chart reruns the charts alone; a new template must be taken over first.

    Where one stage ran, it does not run again for a chart, and does for the plan that it reads.
    """
    with (environment / "pipeline/charts/label.py").open("a", encoding="utf-8") as file:
        file.write("# a newer version\n")
    asked = [] if LONG else RUN
    dry = faucet(python, workspace, "repro", "--dry", *asked)
    assert [name for name in RUN if f"{name}: would run" in dry] == [
        n for n in RUN if n == "visualize"
    ]
    if not LONG:
        with (environment / "pipeline/plan/indicators.py").open("a", encoding="utf-8") as file:
            file.write("# a newer version\n")
        assert "integrate: would run" in faucet(python, workspace, "repro", "--dry", *asked)
    with (environment / "pipeline/template/params.yaml").open("a", encoding="utf-8") as file:
        file.write("# a newer template\n")
    assert "+# a newer template" in faucet(python, workspace, "upgrade")
    text = (workspace / "params.yaml").read_text(encoding="utf-8")
    assert text.endswith("# a newer template\n")
