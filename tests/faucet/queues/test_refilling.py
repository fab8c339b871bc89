"""A workspace's queues are refilled from its own coverage."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.faucet.queues.refilling import refill_queues
from pipeline.faucet.queues.seeding import new_agent, seed
from pipeline.faucet.queues.storage import LocalBoard, load
from pipeline.faucet.tasks.state import standing
from pipeline.faucet.work import by_hand
from pipeline.workspace.workspace import Workspace
from tests.workspaces import of_the_starter

ROOT = Path(__file__).parents[3]
COVERAGE = "category,indicator,kept_pairs,target_pairs\n" + "".join(
    f"c,Indicator {number},{number},100\n" for number in range(40)
)


@pytest.fixture
def root(tmp_path: Path) -> Workspace:
    root = of_the_starter(tmp_path)
    seed(root)
    return root


def test_the_seed_is_filled_up_from_coverage(root: Workspace) -> None:
    """The generating agent, with one task ready, gets more for the widest gaps, and then none."""
    (root / "data/visualize").mkdir(parents=True)
    (root / "data/visualize/coverage.csv").write_text(COVERAGE)
    added = refill_queues(LocalBoard(root))
    assert [task.rest["indicators"][0]["name"] for task in added] == [
        f"Indicator {number}" for number in range(23)
    ]
    assert {task.agent for task in added} == {"droid"}
    state = load(root)
    ready = [standing(state, task) for task in state.queues["droid"].tasks].count("ready")
    assert ready == 24
    assert refill_queues(LocalBoard(root)) == []


def test_a_session_that_runs_dry_asks_the_plan(root: Workspace) -> None:
    """Who takes tasks by hand has no worker beside it: an empty queue is filled when it asks."""
    (root / "data/visualize").mkdir(parents=True)
    (root / "data/visualize/coverage.csv").write_text(COVERAGE)
    board = LocalBoard(root)
    new_agent(root, "nora")
    following = by_hand.upcoming(board, "nora", "nora")
    assert following
    task = by_hand.take(board, "nora", "nora")
    assert task
    assert task.task_id == following.task_id
    assert [one["target_pairs"] for one in task.rest["indicators"]] == [25]
    new_agent(root, "ines")
    board.change(lambda state: state.with_queue(replace(state.queues["ines"], status="paused")))
    assert by_hand.take(board, "ines", "ines") is None
    assert load(root).queues["ines"].tasks == ()


def test_without_coverage_nothing_is_invented(root: Workspace) -> None:
    """Before a run told what is missing, no delivery is owed."""
    before = (root / "data/task_queues/droid_queue.json").read_bytes()
    assert refill_queues(LocalBoard(root)) == []
    assert (root / "data/task_queues/droid_queue.json").read_bytes() == before
