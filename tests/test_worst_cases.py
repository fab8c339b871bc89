"""Whatever reads strangers' text takes time in proportion to its length."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.thoroughness import LONG
from tests.worst_cases import ROOMS

_HARD_LIMIT_S = 3_600 if LONG else 300
"""No measure: linear reading needs seconds (minutes in the long form), a quadratic pattern days."""


@pytest.mark.slow
@pytest.mark.parametrize("room", sorted(ROOMS))
def test_no_text_keeps_a_reader_for_ever(room: str) -> None:
    """Every rule, family and view reads the worst texts to their end."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.worst_cases", room],
        cwd=ROOT,
        timeout=_HARD_LIMIT_S,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
