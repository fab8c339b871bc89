"""The engine's manifest changes with every byte that stages run through, and nothing else."""

import shutil
import subprocess
from pathlib import Path

import pytest

from pipeline.core.errors import UserError
from pipeline.store.engine import MANIFEST, check_manifest, stale_files, write_manifest
from pipeline.store.engine_files import ENGINE
from tests.workspaces import ROOT


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    for path in ENGINE:
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / path).is_dir():
            shutil.copytree(ROOT / path, target)
        else:
            shutil.copyfile(ROOT / path, target)
    assert write_manifest(tmp_path)
    return tmp_path


def test_a_true_manifest_is_left_alone(workspace: Path) -> None:
    """Written twice it is the same bytes, and the second time it is not written."""
    before = (workspace / MANIFEST).stat().st_mtime_ns
    assert not write_manifest(workspace)
    assert (workspace / MANIFEST).stat().st_mtime_ns == before
    check_manifest(workspace)


@pytest.mark.parametrize(
    "path", ["pipeline/core/ids.py", "requirements.lock", "pipeline/store/new.py"]
)
def test_a_change_of_the_engine_is_seen_and_refused_until_it_is_written(
    workspace: Path, path: str
) -> None:
    """A stage does not run while dvc.lock would record other code than runs."""
    with (workspace / path).open("a") as file:
        file.write("\n")
    assert stale_files(workspace) == [path]
    with pytest.raises(UserError, match=f"{path}.*`faucet repro` writes it anew"):
        check_manifest(workspace)
    assert write_manifest(workspace)
    check_manifest(workspace)


def test_what_is_no_code_changes_nothing(workspace: Path) -> None:
    """Bytecode that Python leaves, or is just writing, beside its modules is no engine's part."""
    for name in ("ids.pyc", "ids.cpython-311.pyc.140239517"):
        cached = workspace / "pipeline/core/__pycache__" / name
        cached.parent.mkdir(exist_ok=True)
        cached.write_bytes(b"x")
    assert stale_files(workspace) == []


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="no sha256sum here: CI has it")
def test_the_form_is_that_of_sha256sum(workspace: Path) -> None:
    """Whoever distrusts us checks the manifest with a program that everybody has."""
    subprocess.run(
        ["sha256sum", "--check", "--strict", "--quiet", MANIFEST], cwd=workspace, check=True
    )


def test_another_dag_has_no_manifest(tmp_path: Path) -> None:
    """Where stages are other programs there is no engine to write about."""
    assert not write_manifest(tmp_path)
    check_manifest(tmp_path)
