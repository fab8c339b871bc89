"""A stage that forks, as on a machine of two cores, for a handful of rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from pipeline.core import cores


@contextmanager
def forking() -> Iterator[None]:
    """Let what is called inside fork where it has two rows and more."""
    with (
        patch.object(cores, "ROWS_A_FORK", 1),
        patch("os.sched_getaffinity", lambda _: {0, 1}),
        cores.forks_allowed(),
    ):
        yield
