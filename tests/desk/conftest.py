"""The workspace under attack is laid out once for all that only read it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from pipeline.desk.site import Site
from pipeline.workspace.workspace import Workspace
from tests.desk.attacked import attacked, desk_on


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, TestClient]]:
    """Return a desk that a module's tests read from, and its client."""
    with desk_on(attacked(tmp_path_factory.mktemp("read"))) as opened:
        yield opened


@pytest.fixture
def written(tmp_path: Path) -> Workspace:
    """Return a workspace of one's own, to be written to."""
    return attacked(tmp_path)
