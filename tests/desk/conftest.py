"""The workspace under attack is laid out and indexed once, and copied for whoever writes to it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from pipeline.desk.site import Site
from pipeline.workspace.workspace import Workspace
from tests.desk.attacked import attacked, desk_on


@pytest.fixture(scope="session")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a workspace with its index, which nobody writes to."""
    root = tmp_path_factory.mktemp("attacked") / "base"
    root.mkdir()
    with desk_on(attacked(root)):
        return root


@pytest.fixture(scope="session")
def read(laid_out: Path) -> Iterator[tuple[Site, TestClient]]:
    """Return a desk that tests read from, and its client."""
    with desk_on(Workspace(laid_out)) as opened:
        yield opened


@pytest.fixture
def written(laid_out: Path, tmp_path: Path) -> Workspace:
    """Return a workspace of one's own, to be written to; times are kept, and so its index is."""
    return Workspace(shutil.copytree(laid_out, tmp_path / "base"))
