"""The same inputs give the same bytes, whatever else is different."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workspaces import made, make_workspace, run_all, set_param, small_corpus

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def plain(built_once: Path) -> dict[str, bytes]:
    """Return the bytes that `faucet repro` made, every stage in a process of its own."""
    return made(built_once)


def differing(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def test_environment_and_file_order_change_no_byte(plain: dict[str, bytes], tmp_path: Path) -> None:
    """Another hash seed, time zone, locale, thread count and order of files on disk."""
    root = make_workspace(tmp_path, list(reversed(small_corpus())))
    other = {
        "PYTHONHASHSEED": "0",
        "TZ": "Asia/Kathmandu",
        "LC_ALL": "C",
        "OMP_NUM_THREADS": "1",
    }
    assert differing(plain, run_all(root, **other)) == []


def test_a_warm_cache_changes_no_byte(
    plain: dict[str, bytes], built_once: Path, tmp_path: Path
) -> None:
    """A run that recalls part of its rows from an earlier, smaller corpus ends the same."""
    root = make_workspace(tmp_path, small_corpus()[::2])
    run_all(root)
    shutil.rmtree(root / "data/deliveries")
    shutil.copytree(built_once / "data/deliveries", root / "data/deliveries")
    assert differing(plain, run_all(root)) == []


def test_shards_change_the_layout_alone(plain: dict[str, bytes], tmp_path: Path) -> None:
    """With several parts per table, everything that is no table of parts is the same bytes."""
    root = make_workspace(tmp_path, small_corpus())
    set_param(root, "engine", "shards", 4)
    sharded = run_all(root)
    assert len([name for name in sharded if name.startswith("data/dedup/kept.parquet/")]) == 4
    single = {name for name in sharded if "/part-" not in name}
    assert differing({n: plain[n] for n in single}, {n: sharded[n] for n in single}) == []
    assert "data/export/train.parquet" in single


@pytest.fixture(scope="module")
def ray_address() -> Iterator[str]:
    """Start a Ray head of two CPUs for this module; nothing of it outlives the tests."""
    ray = str(Path(sys.executable).with_name("ray"))
    start = [ray, "start", "--head", "--port=0", "--num-cpus=2", "--include-dashboard=false"]
    subprocess.run(start, check=True, capture_output=True)
    yield "auto"
    subprocess.run([ray, "stop", "--force"], check=True, capture_output=True)


def test_ray_gives_the_bytes_of_this_process(
    plain: dict[str, bytes], tmp_path: Path, ray_address: str
) -> None:
    """engine.runner: ray runs the same code on a cluster and changes no byte."""
    root = make_workspace(tmp_path, small_corpus())
    set_param(root, "engine", "runner", "ray")
    set_param(root, "engine", "address", ray_address)
    assert differing(plain, run_all(root)) == []
