from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.workspace.workspace import Workspace
from tests.faucet.made_up import workspace
from tests.providers.loopback import KEY, VARIABLE, Loopback, serving


@pytest.fixture
def finished(tmp_path: Path) -> Workspace:
    """Return a workspace whose last run came to its end."""
    return workspace(tmp_path)


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """Return a provider, and a model, on the loopback whose key is in the environment."""
    pytest.importorskip("httpx2", reason="the extra `providers` is not installed: CI has it")
    monkeypatch.setenv(VARIABLE, KEY)
    with serving() as held:
        yield held
