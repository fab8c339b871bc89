"""A task that integrates what somebody promised waits until it came, and counts that alone."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.faucet.gates import arrivals
from pipeline.faucet.gates.arrivals import arrived, waits_for_deliveries
from pipeline.workspace.workspace import Workspace
from tests.conftest import origin
from tests.faucet.made_up import put
from tests.faucet.team import task
from tests.workspaces import bare

STORED = "0123456789ab-a.json"


@pytest.fixture
def root(tmp_path: Path) -> Workspace:
    made = bare(tmp_path)
    books = {"agent": "droid", "delivery": STORED, "name": "a.json", "accepted": 3}
    path = made / "data/integrate/accounting.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"deliveries": [books]}))
    rows = [
        {"pair_id": f"{n:032}", "question": "q", "answer": "a", "session": told}
        for n, told in enumerate(("session_141", "187", "188", None))
    ]
    put(tmp_path, "data/integrate/pairs.parquet", [{**row, "origins": [origin()]} for row in rows])
    return made


@pytest.mark.parametrize(
    ("asked", "pairs"),
    [
        ({"agent": "droid"}, 3),
        ({"agent": "claude"}, 0),
        ({"name": "*.json"}, 3),
        ({"agent": "droid", "name": "*shared*"}, 0),
        ({"sessions": [141, 187]}, 2),
        ({"sessions": [1, 140]}, 0),
        ({"agent": "zai", "sessions": [141, 187]}, 0),
    ],
)
def test_deliveries_are_known_by_agent_name_and_session(
    root: Workspace, asked: dict[str, Any], pairs: int
) -> None:
    """Accepted pairs of the deliveries that are asked for count; a task without any waits."""
    assert arrived(root, asked) == pairs
    one = task("a", gates=[{"arrived": asked, "min": 1}])
    assert waits_for_deliveries(root, one) is (pairs == 0)


def test_what_landed_and_was_not_read_is_waited_for_no_more(root: Workspace) -> None:
    """A delivery of the name that is asked for lets its task begin before it was read."""
    one = task("a", gates=[{"arrived": {"agent": "claude", "name": "*shared*"}, "min": 1}])
    assert waits_for_deliveries(root, one)
    path = root / "data/deliveries/claude/abcdefabcdef-Shared_base.json"
    path.parent.mkdir(parents=True)
    path.write_text("[]")
    assert not waits_for_deliveries(root, one)


def test_a_run_that_makes_the_table_anew_stops_nobody(
    root: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table that is taken away between two looks tells nothing of sessions, and is no fault."""

    def gone(*_: object) -> None:
        raise FileNotFoundError

    monkeypatch.setattr(arrivals, "table", gone)
    one = task("a", gates=[{"arrived": {"sessions": [141, 187]}, "min": 1}])
    assert waits_for_deliveries(root, one)
