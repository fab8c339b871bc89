"""One stage on a workspace: the one place where stages meet the disk.

Reads what dvc.yaml names as the stage's dependencies, calls the stage, holds every output to its
schema and writes it whole. What a stage reads and writes stands in dvc.yaml alone: an argument
of the stage is named after a dependency's file, a field of its result after an output's file.
"""

import importlib
import inspect
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import daft

from pipeline.core.cores import forks_allowed
from pipeline.run.cluster import join, surviving
from pipeline.run.last_net import StageTrial, caught
from pipeline.store.atomic import write_bytes
from pipeline.store.engine import check_manifest
from pipeline.store.inputs import read_input
from pipeline.store.metrics import metrics_file
from pipeline.store.outputs import Outputs, clear_folder
from pipeline.store.remembered import DiskMemo, code_digest
from pipeline.store.spooled import DiskSpool
from pipeline.workspace.dag import Dag, StageWiring
from pipeline.workspace.layout import CACHE
from pipeline.workspace.scratch import scratch

_KEPT = {"memo": DiskMemo, "spool": DiskSpool}
"""Arguments that are no params: where a stage's earlier results and large ones are kept."""


class StageWriting(NamedTuple):
    """How a result is written: below which folder, in how many shards, without how many pairs."""

    folder: Path
    shards: int
    left_out: int
    is_csv_exact: bool


def run_stage(name: str, root: Path) -> None:
    """Run one stage below root, from its inputs on disk to its outputs on disk.

    Raises UserError for what the user can mend: an unknown stage, a missing input, a value
    anywhere in params.yaml that is not allowed.
    """
    dag = Dag(root)
    wiring = dag.stage(name)
    engine = dag.params["engine"]
    check_manifest(root)
    _start_engine(engine["runner"], engine["address"])
    if engine["runner"] == "ray":
        _run(wiring, dag, lambda run: surviving(name, run))
    else:
        with forks_allowed():
            _run(wiring, dag, lambda run: run())


def _run(wiring: StageWiring, dag: Dag, doing: Callable[[Callable[[], None]], None]) -> None:
    """Run a stage with its last net; doing calls what it is given, again where that helps."""
    name = wiring.name
    function = getattr(importlib.import_module(f"pipeline.stages.{name}"), name)
    tables, params = _arguments(function, wiring, dag)
    is_csv_exact = (dag.params.get(name) or {}).get("csv") == "exact"

    def write(some: Sequence[Any], left_out: int, folder: Path = dag.root) -> None:
        result = function(*some, **params)
        writing = StageWriting(folder, dag.params["engine"]["shards"], left_out, is_csv_exact)
        with _closing_databases(result):
            _write_all(result, wiring, dag.root, writing)

    def dry(some: Sequence[Any]) -> None:
        with scratch(dag.root, "net") as folder:
            doing(lambda: write(some, 0, folder))

    caught(StageTrial(name, tables, lambda some, left: doing(lambda: write(some, left)), dry))


@contextmanager
def _closing_databases(result: tuple[Any, ...]) -> Iterator[None]:
    """Close the databases of a result at the end, also those that a thread is still making."""
    try:
        yield
    finally:
        ended = (v for v in result if not (isinstance(v, Future) and v.exception()))
        for made in map(_made, ended):
            if isinstance(made, sqlite3.Connection):
                made.close()


def _made(value: Any) -> Any:
    """Return a field of a result, waiting for it where a thread is still making it."""
    return value.result() if isinstance(value, Future) else value


def _start_engine(runner: str, address: str | None) -> None:
    """Choose where Daft runs: in this process, or on the Ray cluster at address."""
    if runner == "ray":
        join(address or None)
    elif runner == "local":
        daft.set_runner_native()
    else:
        raise ValueError(f"no runner {runner!r}")


def _arguments(
    function: Callable[..., Any], wiring: StageWiring, dag: Dag
) -> tuple[list[Any], dict[str, Any]]:
    signature = inspect.signature(function).parameters.values()
    tables = [p.name for p in signature if p.kind is p.POSITIONAL_OR_KEYWORD]
    wanted = {p.name for p in signature if p.kind is p.KEYWORD_ONLY}
    params = {**(dag.params.get(wiring.name) or {}), **_lent(wiring, dag)}
    inputs = wiring.inputs
    for name in sorted(wanted & set(_KEPT)):
        code = code_digest(dag.root, wiring.code)
        params[name] = _KEPT[name](dag.root / CACHE / wiring.name, code)
    return [read_input(dag.root, inputs[table]) for table in tables], params


def _lent(wiring: StageWiring, dag: Dag) -> dict[str, Any]:
    """Return the single params that a stage takes from another one's section, as section_name."""
    lent = [name.split(".") for name in wiring.params if "." in name]
    return {
        f"{section}_{name}": dag.params[section][name]
        for section, name in lent
        if section != "engine"
    }


def _write_all(result: Any, wiring: StageWiring, root: Path, writing: StageWriting) -> None:
    schemas = [read_input(root, path) for path in wiring.schemas.values()]
    formats: dict[str, list[Path]] = defaultdict(list)
    for out in wiring.outs:
        formats[out.stem].append(writing.folder / out)
    outputs = Outputs(
        {stem: schema for schema in schemas for stem in schema.get("x-files", [schema["$id"]])},
        {stem: writing.shards if len(paths) == 1 else 1 for stem, paths in formats.items()},
        is_csv_exact=writing.is_csv_exact,
    )
    for stem in sorted(formats, key=lambda stem: _is_late(result, stem)):
        out, *others = formats[stem]
        if out.suffix:
            outputs.write(_made(getattr(result, stem)), out, *others)
        elif stem in result._fields:
            outputs.write_files(getattr(result, stem), out)
        else:
            _fill_folder(result, outputs, out)
    figures = _made(result.metrics)
    if writing.left_out:
        figures = {**figures, "internal": writing.left_out}
    write_bytes(writing.folder / wiring.metrics, metrics_file(wiring.name, figures))


def _is_late(result: Any, stem: str) -> bool:
    """Return whether a thread is making a field: it is written when all else is."""
    return isinstance(getattr(result, stem, None), Future)


def _fill_folder(result: Any, outputs: Outputs, folder: Path) -> None:
    """Write every field of a result into a folder: tables as Parquet, batches as numbered JSONL."""
    clear_folder(folder)
    for field, value in result._asdict().items():
        if field == "metrics":
            continue
        if isinstance(value, daft.DataFrame):
            outputs.write(value, folder / f"{field}.parquet")
        else:
            outputs.write_numbered(value, folder, field)
