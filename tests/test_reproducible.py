"""The same inputs give the same bytes, whatever else is different."""

import secrets
import shutil
from pathlib import Path

import pytest

from pipeline.workspace.dag import Dag
from tests.thoroughness import LONG
from tests.workspaces import (
    ROOT,
    made,
    make_workspace,
    run_all,
    run_stages,
    set_param,
    small_corpus,
)

pytestmark = pytest.mark.slow

OTHER = {
    "PYTHONHASHSEED": "0",
    "TZ": "Asia/Kathmandu",
    "LC_ALL": "C",
    "OMP_NUM_THREADS": "1",
}

ON_RAY = ("split",)
"""The stage that a cluster runs in the short form; .ci/run has all of them in `make long`."""
COMPARED = [name for name in Dag(ROOT).names if LONG or name != "visualize"]
"""The stages that are run again; pictures are drawn in the long form, and in tests/charts."""
RECALLED = ("integrate", "qa", "embed", "dedup")
"""The stages that an earlier run of a smaller corpus leaves rows of."""


@pytest.fixture(scope="module")
def plain(built_once: Path) -> dict[str, bytes]:
    """Return the bytes that `faucet repro` made, every stage in a process of its own."""
    return made(built_once)


def differing(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def test_environment_file_order_and_a_warm_cache_change_no_byte(
    built_once: Path, tmp_path: Path
) -> None:
    """Another hash seed, time zone, locale, thread count, order of files; rows of an earlier run.

    The earlier run was of a smaller corpus, so that a part of the rows is recalled.
    """
    root = make_workspace(tmp_path, list(reversed(small_corpus()[::2])))
    run_stages(root, *(Dag(root).names if LONG else RECALLED), **OTHER)
    shutil.rmtree(root / "data/deliveries")
    for path in reversed(small_corpus()):
        target = root / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    assert differing(made(built_once, *COMPARED), run_all(root, *COMPARED, **OTHER)) == []


def test_shards_change_the_layout_alone(
    plain: dict[str, bytes], built_once: Path, tmp_path: Path
) -> None:
    """With several parts per table, everything that is no table of parts is the same bytes.

    In the short form rows are recalled from the run of one part, which has made them already.
    """
    root = shutil.copytree(built_once, tmp_path / "sharded", symlinks=True)
    set_param(root, "engine", "shards", 4)
    without_outputs(root, Dag(root).names)
    if LONG:
        shutil.rmtree(root / ".cache")
    sharded = run_all(root, *COMPARED)
    assert len([name for name in sharded if name.startswith("data/dedup/kept.parquet/")]) == 4
    single = {name for name in sharded if "/part-" not in name}
    assert differing({n: plain[n] for n in single}, {n: sharded[n] for n in single}) == []
    assert "data/export/train.parquet" in single


def test_ray_gives_the_bytes_of_this_process(
    plain: dict[str, bytes], built_once: Path, tmp_path: Path
) -> None:
    """engine.runner: ray runs the same code on a cluster and changes no byte.

    A stage runs on what the others made; the long form runs all. The cluster is one of its own,
    which ends with the process that ran the stages; its token is in the environment, so that
    nothing is written into HOME.
    """
    root = shutil.copytree(built_once, tmp_path / "ray", symlinks=True)
    set_param(root, "engine", "runner", "ray")
    set_param(root, "engine", "address", "local")
    names = Dag(root).names if LONG else ON_RAY
    without_outputs(root, names)
    shutil.rmtree(root / ".cache")
    token = secrets.token_hex(32)
    run_stages(root, *names, RAY_AUTH_TOKEN=token, RAY_AUTH_MODE="token")
    assert differing(plain, made(root)) == []


def without_outputs(root: Path, names: tuple[str, ...] | list[str]) -> None:
    """Take away what stages made, so that nothing is compared that they did not make again."""
    dag = Dag(root)
    for path in (
        path for name in names for path in (*dag.stage(name).outs, dag.stage(name).metrics)
    ):
        if (root / path).is_dir():
            shutil.rmtree(root / path)
        else:
            (root / path).unlink()
