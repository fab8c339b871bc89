from pathlib import Path

import pytest

from tests.faucet.made_up import workspace


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    """Return a workspace whose last run came to its end."""
    return workspace(tmp_path)
