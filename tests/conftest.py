"""What all tests share: an engine without noise, tables made of rows, golden files."""

import atexit
import gc
import os
import shutil
import sqlite3
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from inspect import signature
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import daft
import orjson
import pandas as pd
import pyarrow as pa
import pytest
from filelock import FileLock
from hypothesis import given, settings
from hypothesis.strategies import none

from pipeline.core.ids import pair_id
from pipeline.core.schemas import arrow_schema
from pipeline.store.inputs import read_input
from pipeline.workspace.layout import PLAN
from tests.thoroughness import USUAL

gc.disable()  # what is collected stays; pytest_collection_finish has Python look again
daft.set_runner_native()  # at its first table it would load Ray, to see whether it runs there
ROOT = Path(__file__).parents[1]
os.environ.setdefault("DAFT_PROGRESS_BAR", "0")

# Programs that tests start load what was compiled before, whatever the caller's machine keeps.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

if "PYTEST_XDIST_WORKER" not in os.environ:  # workers inherit what is set here
    # Browsers and onnxruntime write into HOME: it is a folder of the tests, except what pip keeps.
    os.environ.setdefault("PIP_CACHE_DIR", str(Path.home() / ".cache/pip"))
    os.environ["HOME"] = mkdtemp(prefix="qa-tests-home-")
    atexit.register(shutil.rmtree, os.environ["HOME"], ignore_errors=True)


class WatchedConnection(sqlite3.Connection):
    """A connection that says of itself what Python says from 3.13 on: that nobody closed it."""

    is_open = False

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.is_open = True

    def close(self) -> None:
        super().close()
        self.is_open = False

    def __del__(self) -> None:
        if self.is_open:
            warnings.warn(f"unclosed database in {self!r}", ResourceWarning, 1, self)


if sys.version_info < (3, 13):
    sqlite3.connect = partial(sqlite3.connect, factory=WatchedConnection)

settings.register_profile("house", USUAL)
settings.load_profile("house")


def schema(name: str) -> dict[str, Any]:
    """Return a published format's schema."""
    found: dict[str, Any] = orjson.loads((ROOT / f"schemas/{name}.schema.json").read_bytes())
    return found


def pairs_table(rows: Iterable[dict[str, Any]]) -> daft.DataFrame:
    """Return a pairs table of rows that name at least question and answer."""
    silent: dict[str, Any] = dict.fromkeys(schema("pairs")["properties"])
    filled = [
        {
            **silent,
            "context": [],
            "candidates": [],
            "tags": [],
            "citations": [],
            "origins": [origin()],
            "group": row.get("category") or "none",
            **row,
            "pair_id": pair_id(row["question"], row["answer"], row.get("context", ())),
        }
        for row in rows
    ]
    return daft.from_arrow(pa.Table.from_pylist(filled, schema=arrow_schema(schema("pairs"))))


def lent(stage: Callable[..., Any], owner: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return what dvc.yaml lends a stage of another one's params, under the names it has there."""
    names = {f"{owner}_{name}": value for name, value in params.items()}
    return {name: names[name] for name in signature(stage).parameters if name in names}


def origin(agent: str = "droid", delivery: str = "0123456789ab-a.json") -> dict[str, Any]:
    """Return one origin of a pair."""
    return {
        "agent": agent,
        "delivery": delivery,
        "pointer": "/qa_pairs/0",
        "original_id": None,
        "extra": "{}",
    }


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that no process ends alone with one of them.

    One process begins with a file that needs the built workspace, and builds it; the others do not
    wait for it meanwhile: files that need none come next.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    needs = {item.path for item in items if "built_once" in getattr(item, "fixturenames", ())}
    builds = next((item.path for item in items if item.path in slow & needs), None)

    def rank(item: pytest.Item) -> int:
        if item.path not in slow:
            return 3
        return 0 if item.path == builds else 1 + (item.path in needs)

    items.sort(key=rank)


def pytest_collection_finish() -> None:
    """Have Python look seldom for what nobody holds, and never among thousands of tests.

    A first law is drawn before: Hypothesis wants to see who holds its random numbers, which from
    Python 3.14 on it does not among what is frozen.
    """
    given(none())(lambda _: None)()
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a committed workspace of the small corpus that ran once; whoever changes it copies it.

    All processes of a test run share it: the first that asks builds it.
    """
    from tests.workspaces import build_small  # noqa: PLC0415 - most tests need none of it

    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    with FileLock(folder / "built.lock"):
        if not (folder / "built").exists():
            build_small(folder / "building").rename(folder / "built")
    return folder / "built"


@pytest.fixture(scope="session")
def plan() -> pd.DataFrame:
    """Return data/domain/plan.csv as stages get it."""
    table: pd.DataFrame = read_input(ROOT, PLAN)
    return table


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, bytes], None]:
    """Return a check of bytes against tests/golden/<name>; `make golden` writes them anew."""

    def check(name: str, content: bytes) -> None:
        path = ROOT / "tests/golden" / name
        if os.environ.get("REWRITE_GOLDEN"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        assert content == path.read_bytes(), f"{name}: `make golden` writes it anew"

    return check
