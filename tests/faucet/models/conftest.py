from collections.abc import Iterator

import pytest

from tests.faucet.models.asking import VARIABLE
from tests.providers.loopback import KEY, Loopback, serving


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """Return a model on the loopback whose key is in the environment."""
    pytest.importorskip("httpx2", reason="the extra `providers` is not installed: CI has it")
    monkeypatch.setenv(VARIABLE, KEY)
    with serving() as held:
        yield held
