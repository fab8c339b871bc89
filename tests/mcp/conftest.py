from pathlib import Path

import pytest

from pipeline.workspace.workspace import Workspace
from tests.faucet.made_up import workspace


@pytest.fixture
def finished(tmp_path: Path) -> Workspace:
    """Return a workspace whose last run came to its end."""
    return workspace(tmp_path)
