"""A stage on a Ray cluster ends with its bytes although a node is lost, and says so in a line."""

import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.core.errors import UserError
from pipeline.run import cluster
from pipeline.workspace.dag import Dag
from tests.test_reproducible import without_outputs
from tests.thoroughness import LONG
from tests.workspaces import made, set_param

STAGES = ("integrate", "dedup")
"""One that reads deliveries, and one that goes on with what nodes made before one was lost."""

NODE = {"num_cpus": 1, "object_store_memory": 200_000_000, "include_dashboard": False}


def failing(times: int, fault: Exception) -> Callable[[], None]:
    """Return what fails so many times and then does not."""
    faults = [fault] * times

    def run() -> None:
        print("of a node")  # noqa: T201 - what nodes cry out comes on stdout
        if faults:
            raise faults.pop()

    return run


@pytest.fixture
def nodes(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Give what says which nodes are alive each time that somebody asks, the last for ever."""

    def alive(*each: str) -> None:
        answers = [set(names.split()) for names in each]

        def ask() -> set[str]:
            return answers.pop(0) if answers[1:] else answers[0]

        monkeypatch.setattr(cluster, "_nodes", ask)

    monkeypatch.setattr(cluster, "_NOTICED_WITHIN_S", 0)
    return alive


def test_a_stage_is_run_again_as_long_as_nodes_are_lost(
    nodes: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    """A failure is a reason to run again where a node is gone, three times at most, and none else.

    stderr has a line for what was lost, stdout nothing.
    """
    nodes("a b c", "a b")
    cluster.surviving("dedup", failing(1, RuntimeError("an object was lost")))
    nodes("a b", "a")
    cluster.surviving("split", failing(0, RuntimeError()))
    nodes("a b c")
    with pytest.raises(RuntimeError, match="a bug"):
        cluster.surviving("dedup", failing(1, RuntimeError("a bug")))
    nodes("a b c", "a b", "a b", "a", "a", "")
    with pytest.raises(RuntimeError, match="lost"):
        cluster.surviving("dedup", failing(3, RuntimeError("an object was lost")))
    nodes("a b c", "a b")
    with pytest.raises(UserError, match="no plan"):
        cluster.surviving("dedup", failing(1, UserError("no plan")))
    again = "dedup: 1 node of the cluster lost: the stage starts again on the others\n"
    over = "split: 1 node of the cluster lost: the others did its work\n"
    out, err = capsys.readouterr()
    assert (out, err) == ("", again + over + again + again)


@pytest.fixture
def three_nodes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Give a cluster of node processes, of which the first runs no stage's work."""
    monkeypatch.setenv("RAY_AUTH_TOKEN", secrets.token_hex(32))
    monkeypatch.setenv("RAY_AUTH_MODE", "token")
    made_of = pytest.importorskip("ray.cluster_utils", reason="CI has ray")
    nodes = made_of.Cluster(initialize_head=True, head_node_args={**NODE, "num_cpus": 0})
    nodes.add_node(**NODE)
    yield nodes
    nodes.shutdown()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@pytest.mark.skipif(not LONG, reason="a cluster of three processes: `make nightly` starts it")
def test_a_node_killed_in_the_middle_changes_no_byte(
    three_nodes: Any, built_once: Path, tmp_path: Path
) -> None:
    """The node that did all work is killed once the stage has earlier results; a third takes over.

    All that the lost node held of the stage's tables is gone with it.
    """
    root = shutil.copytree(built_once, tmp_path / "ray", symlinks=True)
    before = made(root)
    set_param(root, "engine", "runner", "ray")
    set_param(root, "engine", "address", three_nodes.address)
    shutil.rmtree(root / ".cache")
    for stage in map(Dag(root).stage, STAGES):
        without_outputs(root, [stage.name])
        command = [sys.executable, "-m", "pipeline.run", stage.name]
        with subprocess.Popen(
            command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as run:
            earlier = root / ".cache" / stage.name
            while run.poll() is None and not list(earlier.rglob("*.parquet")):
                time.sleep(1 / 50)
            assert run.poll() is None
            (worker,) = three_nodes.worker_nodes
            three_nodes.add_node(**NODE)
            three_nodes.remove_node(worker, allow_graceful=False)
            out, err = run.communicate()
        started, lost, done = err.splitlines()
        assert (run.returncode, out) == (0, "")
        assert started == f"{stage.name}: started"
        assert lost.startswith(f"{stage.name}: 1 node of the cluster lost: ")
        assert done.startswith(f"{stage.name}: done in ")
    assert [name for name, content in made(root).items() if content != before[name]] == []
