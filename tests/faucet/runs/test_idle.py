"""DVC's last word that nothing changed counts while nothing that it looks at did."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from pipeline.faucet.runs.idle import idle_state, remember_idle, was_idle
from pipeline.faucet.runs.reporting import RunReporter
from pipeline.workspace.lock_file import cached
from pipeline.workspace.workspace import Workspace

MD5 = "a" * 32
OF_FOLDER = f"{'b' * 32}.dir"
STAGE = {
    "cmd": "python -m pipeline.run tell",
    "deps": ["data/given", "data/book.csv"],
    "params": ["tell"],
    "outs": ["data/made.json"],
    "metrics": [{"metrics/tell.json": {"cache": False}}],
}
OUT = {"path": "data/made.json", "hash": "md5", "md5": MD5, "size": 1}
FOLDER = {"path": "data/folder", "hash": "md5", "md5": OF_FOLDER, "size": 1, "nfiles": 1}
REPRO = ["repro"]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Return a workspace of one stage that ran."""
    root = Workspace(tmp_path)
    lock = {"schema": "2.0", "stages": {"tell": {"cmd": "x", "outs": [OUT, FOLDER]}}}
    files = {
        "dvc.yaml": yaml.safe_dump({"stages": {"tell": STAGE}}),
        "dvc.lock": yaml.safe_dump(lock),
        "params.yaml": "tell: {}\n",
        "data/given/deep/one.txt": "one",
        "data/book.csv": "",
        "data/made.json": "1",
        "metrics/tell.json": "{}",
        str(cached(tmp_path, MD5)): "1",
        str(cached(tmp_path, OF_FOLDER)): f'[{{"md5": "{"c" * 32}", "relpath": "x"}}]',
        str(cached(tmp_path, "c" * 32)): "1",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def written(name: str, text: str = "else") -> Callable[[Workspace], None]:
    def change(root: Workspace) -> None:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)

    return change


def gone(name: str) -> Callable[[Workspace], None]:
    return lambda root: (root / name).unlink()


def replaced_in_place(root: Workspace) -> None:
    """Write as many bytes in the same second into another file of the same name."""
    path = root / "data/book.csv"
    before = path.stat()
    (root / "data/other").write_text("")
    os.utime(root / "data/other", ns=(before.st_atime_ns, before.st_mtime_ns))
    (root / "data/other").rename(path)


@pytest.mark.parametrize(
    "change",
    [
        written("data/given/deep/one.txt", "two"),
        written("data/given/new.txt"),
        gone("data/given/deep/one.txt"),
        gone("data/book.csv"),
        replaced_in_place,
        written("data/made.json"),
        gone("metrics/tell.json"),
        written("params.yaml", "tell: {much: 1}\n"),
        gone("dvc.lock"),
        written(".dvc/config"),
        written(".dvcignore"),
        lambda root: cached(root, MD5).unlink(),
        lambda root: cached(root, "c" * 32).unlink(),
        written("data/given.dvc", "outs: []\n"),
        written("data.dvc", "outs: []\n"),
        written("data/given/more/dvc.yaml", "stages: {}\n"),
        lambda root: (root / "data/given/linked").symlink_to(root / "metrics"),
        written("dvc.yaml", yaml.safe_dump({"vars": ["x.yaml"], "stages": {"tell": STAGE}})),
        written("dvc.yaml", yaml.safe_dump({"stages": {"tell": {**STAGE, "wdir": "data"}}})),
        written(
            "dvc.yaml",
            yaml.safe_dump({"stages": {"tell": {**STAGE, "params": [{"x.yaml": ["y"]}]}}}),
        ),
        written(
            "dvc.yaml", yaml.safe_dump({"stages": {"tell": {**STAGE, "deps": ["s3://there/x"]}}})
        ),
        written("dvc.yaml", "stages: 3\n"),
    ],
)
def test_dvc_is_asked_once_anything_changed(
    workspace: Workspace, change: Callable[[Workspace], None]
) -> None:
    """What is new, gone, written again or beyond what dvc.yaml names ends what was known."""
    (workspace / ".cache/seen").mkdir(parents=True)
    (workspace / ".cache/seen/idle").write_text(idle_state(workspace, REPRO) or "")
    assert was_idle(workspace, idle_state(workspace, REPRO))
    change(workspace)
    assert not was_idle(workspace, idle_state(workspace, REPRO))


def test_what_dvc_does_not_look_at_changes_nothing(workspace: Workspace) -> None:
    """Files that no stage names, and what Python compiled, are no news."""
    before = idle_state(workspace, REPRO)
    written("data/given/__pycache__/x.pyc")(workspace)
    written("data/inbox/zai/new.json")(workspace)
    assert before is not None
    assert idle_state(workspace, REPRO) == before
    assert idle_state(workspace, ["repro", "tell"]) is None
    assert idle_state(workspace, ["exp", "run"]) is None


@pytest.mark.parametrize(
    ("lines", "is_known"),
    [
        (["tell: unchanged"], True),
        (["tell: taken from the run cache"], False),
        (["tell: started"], False),
        (["tell: unchanged", "other/dvc.yaml:make: unchanged"], False),
        ([], False),
    ],
)
def test_it_is_known_where_every_stage_was_found_unchanged(
    workspace: Workspace, lines: list[str], *, is_known: bool
) -> None:
    """A run that did anything, or saw stages of other files, says nothing of the next one."""
    reporter = RunReporter(workspace, "")
    for line in lines:
        reporter.line(line)
    reporter.close()
    state = idle_state(workspace, REPRO)
    remember_idle(workspace, state, reporter)
    assert was_idle(workspace, state) is is_known
