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

ON_RAY = ("integrate", "embed", "dedup", "split", "format", "export")
"""The stages that a cluster runs in the short form."""


@pytest.fixture(scope="module")
def plain(built_once: Path) -> dict[str, bytes]:
    """Return the bytes that `faucet repro` made, every stage in a process of its own."""
    return made(built_once)


def differing(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def test_environment_file_order_and_a_warm_cache_change_no_byte(
    plain: dict[str, bytes], tmp_path: Path
) -> None:
    """Another hash seed, time zone, locale, thread count, order of files; rows of an earlier run.

    The earlier run was of a smaller corpus, so that a part of the rows is recalled.
    """
    root = make_workspace(tmp_path, list(reversed(small_corpus()[::2])))
    run_all(root, **OTHER)
    shutil.rmtree(root / "data/deliveries")
    for path in reversed(small_corpus()):
        target = root / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    assert differing(plain, run_all(root, **OTHER)) == []


def test_shards_change_the_layout_alone(plain: dict[str, bytes], tmp_path: Path) -> None:
    """With several parts per table, everything that is no table of parts is the same bytes."""
    root = make_workspace(tmp_path, small_corpus())
    set_param(root, "engine", "shards", 4)
    sharded = run_all(root)
    assert len([name for name in sharded if name.startswith("data/dedup/kept.parquet/")]) == 4
    single = {name for name in sharded if "/part-" not in name}
    assert differing({n: plain[n] for n in single}, {n: sharded[n] for n in single}) == []
    assert "data/export/train.parquet" in single


def test_ray_gives_the_bytes_of_this_process(
    plain: dict[str, bytes], built_once: Path, tmp_path: Path
) -> None:
    """engine.runner: ray runs the same code on a cluster and changes no byte.

    The stages with joins, windows and files of many writers run on what the others made; qa, which
    asks forty small questions that a cluster answers slowly, and the charts run in the long form,
    where all does. The cluster is one of its own, which ends with the process that ran the stages;
    its token is in the environment, so that nothing is written into HOME.
    """
    root = shutil.copytree(built_once, tmp_path / "ray", symlinks=True)
    set_param(root, "engine", "runner", "ray")
    set_param(root, "engine", "address", "local")
    dag = Dag(root)
    names = dag.names if LONG else ON_RAY
    for stage in map(dag.stage, names):
        for path in (*stage.outs, stage.metrics):
            remove(root / path)
    shutil.rmtree(root / ".cache")
    token = secrets.token_hex(32)
    run_stages(root, *names, RAY_AUTH_TOKEN=token, RAY_AUTH_MODE="token")
    assert differing(plain, made(root)) == []


def remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
