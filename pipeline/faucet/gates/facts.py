"""What gates compare with: metrics, books, tables and files of a workspace, as they are now.

Only what a task's criteria ask for is read. What cannot be known is told with its reason, and
never filled in.
"""

import hashlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath

import orjson

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.core.validation import Validator
from pipeline.faucet.gates.arrivals import arrived
from pipeline.faucet.gates.criteria import Facts, FileFact, criteria_of, subject
from pipeline.faucet.gates.delivered import Others, delivered, is_delivery
from pipeline.faucet.tasks.state import Task
from pipeline.store.metrics import read_figures
from pipeline.workspace.layout import (
    DELIVERIES,
    WAITING_DELIVERIES,
    metrics_path,
    schema_path,
)
from pipeline.workspace.workspace import Workspace


def gather(workspace: Workspace, task: Task, others: Others) -> Facts:
    """Return the facts that the gates of a submitted task ask for.

    others has the digests of outputs that other tasks were handed in with: a delivery counts once.
    """
    criteria = criteria_of(task.rest)
    submission = task.submission or {"outputs": [], "result": None}
    outputs = submission["outputs"]
    found = delivered(workspace, task, criteria, others)
    metrics, unmeasured = _metrics(workspace, [c["metric"] for c in criteria if "metric" in c])
    files, unfit = _files(workspace, [c for c in criteria if "deliverable" in c])
    return Facts(
        metrics=metrics,
        delivery=found.figures,
        indicators=found.indicators,
        files=files,
        has_result=bool(submission["result"]),
        outputs={
            output["path"]: _fault(workspace, task.agent, output, others.taken)
            for output in outputs
        },
        unknown={**found.unknown, **unmeasured, **unfit},
        lifts=found.lifts,
        arrivals={
            subject(one): arrived(workspace, one["arrived"]) for one in criteria if "arrived" in one
        },
    )


def metric_facts(workspace: Workspace, criteria: Iterable[Json]) -> Facts:
    """Return the metrics that criteria ask for, as they are now; they ask for nothing else."""
    known, unknown = _metrics(workspace, [c["metric"] for c in criteria if "metric" in c])
    return Facts(metrics=known, unknown=unknown, has_result=True)


def inside(workspace: Workspace, path: str) -> Path:
    """Return a path below root; raises UserError where it leads out of the workspace."""
    parts = PurePosixPath(path.replace("\\", "/"))
    target = workspace.root / parts
    if parts.is_absolute() or not target.resolve().is_relative_to(workspace.root.resolve()):
        raise UserError(f"{path} is not inside the workspace")
    return target


class MissingFileError(UserError):
    """A file that was to be handed in is not there."""


def digest_of(workspace: Workspace, path: str) -> Json:
    """Return {path, sha256, bytes} of a file inside root; raises MissingFileError without one.

    A delivery that waits for the end of a run is known by the path that it has then.
    """
    target = inside(workspace, path)
    relative = target.resolve().relative_to(workspace.root.resolve())
    for place in (target, *_waiting(workspace, relative), target):  # it may be brought in meanwhile
        with suppress(FileNotFoundError):
            if place.is_file():
                size = place.stat().st_size
                return {"path": relative.as_posix(), "sha256": _digest(place), "bytes": size}
    raise MissingFileError(f"{path} is no file")


def _waiting(workspace: Workspace, path: Path) -> list[Path]:
    """Return where a delivery lies while a run reads the others; nothing for any other path."""
    if not path.is_relative_to(DELIVERIES):
        return []
    return [workspace / WAITING_DELIVERIES / path.relative_to(DELIVERIES)]


def _metrics(workspace: Workspace, names: Iterable[str]) -> tuple[dict[str, float], dict[str, str]]:
    known: dict[str, float] = {}
    unknown: dict[str, str] = {}
    for name in names:
        stage, _, key = name.partition(".")
        value = (read_figures(workspace, stage) or {}).get(key)
        if value is not None:
            known[name] = value
        else:
            unknown[f"metric {name}"] = f"{metrics_path(stage).as_posix()} has no {key}"
    return known, unknown


def _files(
    workspace: Workspace, criteria: Iterable[Json]
) -> tuple[dict[tuple[str, str], FileFact], dict[str, str]]:
    known: dict[tuple[str, str], FileFact] = {}
    unknown: dict[str, str] = {}
    for criterion in criteria:
        name, schema = criterion["deliverable"], criterion.get("schema", "")
        try:
            target = inside(workspace, name)
        except UserError as fault:
            unknown[subject(criterion)] = str(fault)
            continue
        if target.is_file():
            schema_fault = _schema_fault(workspace, target, schema) if schema else None
            known[name, schema] = FileFact(_digest(target), target.stat().st_size, schema_fault)
    return known, unknown


def _schema_fault(workspace: Workspace, path: Path, name: str) -> str | None:
    rules = workspace / schema_path(name)
    if not rules.is_file():
        return f"schemas has no {name}"
    schema = orjson.loads(rules.read_bytes())
    try:
        if path.suffix == ".parquet":
            return _table_fault(path, schema)
        if path.suffix == ".jsonl":
            return _lines_fault(path, Validator(schema))
        if path.suffix == ".json":
            return Validator(schema).first_fault(orjson.loads(path.read_bytes()))
    except ValueError as fault:  # no JSON, or no Parquet
        return f"cannot be read: {' '.join(str(fault).split())[:120]}"
    return f"a {path.suffix} file cannot be held to a schema"


def _lines_fault(path: Path, fits: Validator) -> str | None:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            fault = fits.first_fault(orjson.loads(line))
            if fault:
                return f"line {number}: {fault}"
    return None


def _table_fault(path: Path, schema: Json) -> str | None:
    import pyarrow.parquet as pq  # noqa: PLC0415 - few gates look into a table

    from pipeline.core.schemas import arrow_schema, faults  # noqa: PLC0415 - as above

    table = pq.read_table(path)
    wanted = arrow_schema(schema, table.schema)
    if table.schema.names != wanted.names:
        return f"its columns are {', '.join(table.schema.names)[:120]}"
    return next(iter(faults(table.cast(wanted), schema)), None)


def _fault(workspace: Workspace, agent: str, output: Json, taken: Mapping[str, str]) -> str | None:
    """Return what is wrong with a file that was handed in; one that landed is found again."""
    places = [inside(workspace, output["path"])]
    if is_delivery(output):
        if output["sha256"] in taken:
            return f"was handed in for {taken[output['sha256']]} already"
        for store in (WAITING_DELIVERIES, DELIVERIES):
            places += sorted((workspace / store / agent).glob(f"{output['sha256'][:12]}-*"))
    there = [path for path in places if path.is_file()]
    if any(_digest(path) == output["sha256"] for path in there):
        return None
    return "changed since it was handed in" if there else "is not there any more"


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
