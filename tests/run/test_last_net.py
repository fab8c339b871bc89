"""The last net of stages: one pair is left out, named and counted; what is no pair's fault ends."""

import functools
import importlib
import json
import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import daft
import pytest

from pipeline.core.errors import UserError
from pipeline.faucet.runs.summary import lines
from pipeline.run import last_net
from pipeline.run import stage as run
from pipeline.run.last_net import StageTrial, caught
from pipeline.workspace.workspace import Workspace
from tests.thoroughness import LONG

BEHIND = ("embed", "dedup", "format", "split", "export", "visualize")
"""The stages that have no net of their own, in an order in which they may run."""

Tables = Sequence[Any]


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have faults of a made-up stage come from one place of the pipeline, as a stage's do."""
    monkeypatch.setattr(last_net, "fault_place", lambda fault: type(fault).__name__)


def ids_of(tables: Tables) -> set[str]:
    return {one for table in tables for one in table.to_pydict().get("pair_id", ())}


def trial(
    fails: Callable[[set[str]], Exception | None], written: list[set[str]], dry: list[int]
) -> StageTrial:
    """Return a stage of 20 pairs in two tables that fails as fails says of the ids it gets."""
    table = daft.from_pydict({"pair_id": [f"{n:02d}" for n in range(20)]})
    scores = daft.from_pydict({"pair_id": [f"{n:02d}" for n in range(20)], "score": [*range(20)]})

    def work(some: Tables) -> set[str]:
        if fault := fails(ids_of(some)):
            raise fault
        return ids_of(some)

    def write(some: Tables, left_out: int) -> None:
        written.append(work(some))
        assert len(written[-1]) == 20 - left_out

    def tried(some: Tables) -> None:
        dry.append(len(ids_of(some)))
        work(some)

    return StageTrial("made", (table, scores), write, tried)


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize("faulty", [{"07"}, {"00", "19"}, {"03", "04", "05"}])
def test_up_to_three_pairs_are_left_out(
    faulty: set[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """All others are there, and each that is not is named with the fault's place."""
    written: list[set[str]] = []
    dry: list[int] = []
    caught(trial(lambda ids: ZeroDivisionError() if ids & faulty else None, written, dry))
    assert written == [{f"{n:02d}" for n in range(20)} - faulty]
    said = capsys.readouterr().err.splitlines()
    assert sorted(line.split()[2] for line in said) == sorted(faulty)
    assert all("left out: ZeroDivisionError" in line for line in said)
    assert sum(dry) < 50 * len(faulty)


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize(
    ("fails", "kind"),
    [
        (lambda ids: ZeroDivisionError() if len(ids) > 10 else None, ZeroDivisionError),
        (lambda _: ZeroDivisionError(), ZeroDivisionError),
        (lambda ids: ZeroDivisionError() if ids & {"01", "05", "09", "13"} else None, Exception),
    ],
    ids=["of several together", "of none", "of four"],
)
def test_what_is_no_single_pairs_fault_is_raised(
    fails: Callable[[set[str]], Exception | None], kind: type[Exception]
) -> None:
    """Nothing is written, and the fault is the one that was there at first."""
    written: list[set[str]] = []
    with pytest.raises(kind):
        caught(trial(fails, written, []))
    assert written == []


@pytest.mark.parametrize("fault", [UserError("mend it"), MemoryError(), OSError("disk")])
def test_what_no_net_may_catch_passes_at_once(fault: Exception) -> None:
    """No pair is looked for."""
    dry: list[int] = []
    with pytest.raises(type(fault)):
        caught(trial(lambda _: fault, [], dry))
    assert dry == []


@pytest.mark.slow
@pytest.mark.parametrize("name", BEHIND if LONG else ("embed", "format"))
def test_a_run_goes_on_without_the_pair_that_a_stage_fails_on(
    built_once: Path, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The stage ends, and in the long form those behind it; metrics and summary count the pair."""
    root = shutil.copytree(built_once, tmp_path / "w", symlinks=True)
    module = importlib.import_module(f"pipeline.stages.{name}")
    plain = getattr(module, name)
    kept = daft.read_parquet(str(root / "data/dedup/kept.parquet")).to_pydict()["pair_id"]
    culprit = sorted(kept)[len(kept) // 2]

    @functools.wraps(plain)
    def faulty(*tables: Any, **params: Any) -> Any:
        pairs: Iterable[Any] = (t for t in tables if isinstance(t, daft.DataFrame))
        keyed = [table for table in pairs if "pair_id" in table.column_names]
        if culprit in ids_of([keyed[0].select("pair_id")]):
            raise ZeroDivisionError
        return plain(*tables, **params)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "_start_engine", lambda *_: None)  # Daft takes its runner once
        patch.setattr(module, name, faulty)
        for stage in BEHIND[BEHIND.index(name) :] if LONG else (name,):
            run.run_stage(stage, root)
    assert f"{name}: pair {culprit} is left out: ZeroDivisionError" in capsys.readouterr().err
    assert json.loads((root / f"metrics/{name}.json").read_bytes())[name]["internal"] == 1
    (line,) = [line for line in lines(Workspace(root)) if "internal" in line]
    assert line.startswith(f"left out by a fault of this program (internal): {name} 1")


def test_no_fault_is_counted_in_the_committed_data_set() -> None:
    """What a net catches here is a fault to be mended."""
    from tests.workspaces import ROOT  # noqa: PLC0415

    figures = {
        path.stem: json.loads(path.read_bytes())[path.stem]
        for path in (ROOT / "metrics").glob("*.json")
    }
    assert {
        stage: one.get("internal", 0) for stage, one in figures.items() if one
    } == dict.fromkeys(figures, 0)
