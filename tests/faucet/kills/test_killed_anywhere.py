"""Killed at any system call, the next call ends well with the bytes of an undisturbed run."""

import csv
import json
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from pipeline.faucet.runs.inbox import land_inbox
from pipeline.workspace.git import git
from pipeline.workspace.workspace import Workspace
from tests.conftest import ROOT
from tests.faucet import made_up, toy_dag
from tests.faucet.kills.killing import CALLS, Point, call, committed, copied, killed, left, points
from tests.faucet.tasks_only import entry, queue, workspace
from tests.thoroughness import LONG
from tests.workspaces import make_workspace, small_corpus

FAUCET = "pipeline.cli"
PIECE_BYTES = 8_192
"""How many bytes DVC writes of dvc.lock at once."""


Make = Callable[[Path, pytest.MonkeyPatch], Path]
"""What lays a workspace out in a folder, and returns it."""


class Case(NamedTuple):
    """A command to be killed, what is called afterwards, and which file's calls count (or all)."""

    make: Make
    command: tuple[str, ...]
    again: tuple[tuple[str, ...], ...]
    path: str | None
    short: tuple[Point, ...]
    """The points of the short form; `make nightly` kills at every point, or at MOST of a kind."""


def long_lock(folder: Path, patch: pytest.MonkeyPatch) -> Path:
    """Return a workspace whose dvc.lock is written in several pieces, with news to run."""
    root = toy_dag.workspace(folder / "w", patch).root
    (root / "code").mkdir()
    names = [f"code/module_{number:03}.txt" for number in range(100)]
    for name in names:
        (root / name).write_text(name)
    dag = yaml.safe_load((root / "dvc.yaml").read_text())
    for stage in dag["stages"].values():
        stage["deps"] += names
    (root / "dvc.yaml").write_text(yaml.safe_dump(dag, sort_keys=False))
    land_inbox(Workspace(root))
    assert call(root, FAUCET, "repro").returncode == 0
    assert len((root / "dvc.lock").read_bytes()) > 2 * PIECE_BYTES
    committed(root, "whole")
    toy_dag.deliver(root, "zai", "second")
    land_inbox(Workspace(root))
    return root


def waiting_inbox(folder: Path, patch: pytest.MonkeyPatch) -> Path:
    """Return a workspace in whose inbox two files wait."""
    root = toy_dag.workspace(folder / "w", patch).root
    toy_dag.deliver(root, "zai", "second")
    return root


def with_queue(folder: Path, patch: pytest.MonkeyPatch) -> Path:
    """Return a workspace with a task that somebody has."""
    root = workspace(folder / "w", queue("zai", entry("a"), entry("b"))).root
    assert call(root, FAUCET, "queue", "claim", "--agent", "zai").returncode == 0
    return root


def with_pairs(folder: Path, patch: pytest.MonkeyPatch) -> Path:
    """Return a workspace with pairs, and a spreadsheet of verdicts that are signed and dated."""
    root = made_up.workspace(folder / "w").root
    git(root, "init", "-q")
    git(root, "config", "user.name", "nora")
    rows = [("2025-11-05T09:30:00Z", "nora", "accept", made_up.KEPT, "", "kept")]
    with (root / "done.csv").open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(("when", "who", "verdict", "pair_id", "other_id", "note"))
        lines.writerows(rows)
    return root


def starter(folder: Path, patch: pytest.MonkeyPatch) -> Path:
    """Return a workspace with this project's code and some deliveries, the last of them new."""
    root = make_workspace(folder / "w", small_corpus())
    shutil.copytree(ROOT / ".dvc", root / ".dvc", ignore=shutil.ignore_patterns("tmp", "cache"))
    shutil.copyfile(ROOT / ".gitignore", root / ".gitignore")
    git(root, "init", "-q")
    for name in ("user.name", "user.email"):
        git(root, "config", name, "somebody@example.org")
    assert call(root, FAUCET, "repro").returncode == 0
    committed(root, "whole")
    new = root / "news.json"
    pair = {"question": "What is slippage?", "answer": "Expected against executed price, as a gap."}
    new.write_text(json.dumps(pair))
    assert call(root, FAUCET, "land", str(new), "--agent", "zai").returncode == 0
    new.unlink()
    return root


REPRO = (FAUCET, "repro")
IMPORT = (FAUCET, "review", "--import", "done.csv")
SUBMIT = (FAUCET, "queue", "submit", "a", "--result", '{"pairs": 1}')
LAND = (FAUCET, "land")
CASES = {
    "dvc.lock": Case(long_lock, REPRO, (REPRO,), "dvc.lock", ()),
    "dvc.lock under dvc": Case(
        long_lock, ("dvc", "repro"), (REPRO,), "dvc.lock", (Point("write", 4, "dvc.lock"),)
    ),
    "landing": Case(
        waiting_inbox,
        LAND,
        (LAND, REPRO),
        None,
        (Point("rename", 1),),
    ),
    "queues and receipts": Case(with_queue, SUBMIT, (SUBMIT,), None, (Point("rename", 2),)),
    "verdicts": Case(with_pairs, IMPORT, (IMPORT,), None, (Point("rename", 2),)),
    "outputs": Case(starter, REPRO, (REPRO,), None, ()),
}


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Make], Path]]:
    """Return what makes a case's workspace, once for all that begin with the same."""
    with pytest.MonkeyPatch.context() as patch:
        yield cache(lambda make: make(tmp_path_factory.mktemp("killed"), patch))


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in CASES if LONG or CASES[name].short])
def test_what_was_killed_ends_well_when_called_again(
    begun: Callable[[Make], Path], tmp_path: Path, name: str
) -> None:
    """Nothing is lost, nothing is left to mend by hand, and the bytes are those of a quiet run."""
    case = CASES[name]
    root = shutil.copytree(begun(case.make), tmp_path / "w", symlinks=True)
    quiet = copied(root, "quiet")
    done = call(quiet, *case.command)
    assert done.returncode == 0, done.stderr
    for words in case.again[1:]:
        assert call(quiet, *words).returncode == 0
    wanted = left(quiet)

    def check(point: Point, copy: Path) -> None:
        for words in case.again:
            done = call(copy, *words)
        assert left(copy) == wanted, (point, done.stderr[-2000:])
        assert "Traceback" not in done.stderr, (point, done.stderr[-2000:])

    if not LONG:
        for number, point in enumerate(case.short):
            copy = copied(root, f"killed-{number}")
            assert killed(copy, point, *case.command), point
            check(point, copy)
        return
    reached = 0
    for kind in CALLS:
        for point, copy in points(root, kind, case.path, *case.command):
            check(point, copy)
            reached += 1
    assert reached
