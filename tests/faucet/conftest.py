from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.faucet.checkpoints import making
from pipeline.workspace.workspace import Workspace
from tests.faucet import toy_dag
from tests.faucet.made_up import workspace
from tests.faucet.tasks_only import queue
from tests.providers.loopback import KEY, VARIABLE, Loopback, serving


@pytest.fixture
def finished(tmp_path: Path) -> Workspace:
    """Return a workspace whose last run came to its end."""
    return workspace(tmp_path)


@pytest.fixture(scope="session")
def toy_ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace of two tiny stages that landed and ran; who changes it copies it."""
    folder = tmp_path_factory.mktemp("ran") / "w"
    with pytest.MonkeyPatch.context() as patch:
        making.settle(toy_dag.workspace(folder, patch, queue("zai")))
    return folder


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """Return a provider, and a model, on the loopback whose key is in the environment."""
    pytest.importorskip("httpx2", reason="the extra `providers` is not installed: CI has it")
    monkeypatch.setenv(VARIABLE, KEY)
    with serving() as held:
        yield held
