"""Whether what lies in a workspace is one data set: read whole, run whole, written whole.

Looked at before a commit, in a fraction of a second: dvc.lock says which bytes each stage read
and wrote, so it tells by itself whether some stage still has to run.
"""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import orjson

from pipeline.core.json_values import Json
from pipeline.deliveries.landing import landed
from pipeline.faucet.answers.receipts import ACCOUNTING
from pipeline.faucet.commits import run_git
from pipeline.faucet.workspace import DELIVERIES, LOCK
from pipeline.store.dag import Dag, load_yaml

VERDICTS = Path("data/reviews/verdicts.csv")


def unsettled(root: Path) -> str | None:
    """Return the first reason why the outputs at root are not those of the inputs there.

    None where dvc.lock, metrics and books agree with each other and with the deliveries.
    """
    return next(_unsettled(root), None)


def foreign_changes(root: Path, besides: Iterable[Path] = ()) -> list[str]:
    """Return the changed inputs of the DAG that a checkpoint does not commit, sorted.

    Those are code, params, schemas, locked versions and the like: a person's to commit.
    """
    dag = Dag(root)
    deps = {dep.as_posix() for name in dag.names for dep in dag.stage(name).deps}
    ours = {path.as_posix() for path in (DELIVERIES, VERDICTS, *besides)}
    theirs = sorted({dep for dep in deps - ours if not _is_output(dag, dep)})
    if not theirs:
        return []
    paths = [name for name in ("dvc.yaml", "params.yaml", *theirs) if name not in ours]
    told = run_git(root, "status", "--porcelain", "-z", "--", *paths)
    return sorted(entry[3:] for entry in told.split("\0") if entry)


def _unsettled(root: Path) -> Iterator[str]:
    dag = Dag(root)
    if not dag.names:
        return
    if not (root / LOCK).is_file():
        yield f"{LOCK} is missing"
        return
    stages = (load_yaml(root / LOCK) or {}).get("stages", {})
    yield from (f"{name} has not run" for name in dag.names if name not in stages)
    yield from _chain(stages)
    yield from _small_files(root, dag, stages)
    yield from _books(root)


def _chain(stages: Json) -> Iterator[str]:
    """Yield the stages that read something else than what the stage before them wrote."""
    made = {out["path"]: out["md5"] for stage in stages.values() for out in stage.get("outs", ())}
    for name, stage in stages.items():
        for dep in stage.get("deps", ()):
            if made.get(dep["path"], dep["md5"]) != dep["md5"]:
                yield f"{name} has not run on the {dep['path']} that is there"


def _small_files(root: Path, dag: Dag, stages: Json) -> Iterator[str]:
    """Yield metrics and verdicts that are not as the last run had them."""
    told = {
        entry["path"]: entry["md5"]
        for stage in stages.values()
        for entry in (*stage.get("deps", ()), *stage.get("outs", ()))
    }
    for path in (VERDICTS, *(dag.stage(name).metrics for name in dag.names)):
        wanted = told.get(path.as_posix())
        if wanted and wanted != _md5(root / path):
            yield f"{path.as_posix()} is not what the last run read or wrote"


def _books(root: Path) -> Iterator[str]:
    """Yield what landed and is not in the books of integrate, or is there no more."""
    path = root / ACCOUNTING
    rows = orjson.loads(path.read_bytes())["deliveries"] if path.is_file() else []
    booked = {(row["agent"], row["delivery"]) for row in rows}
    there = {(one.agent, one.delivery) for one in landed(root / DELIVERIES)}
    for agent, delivery in sorted(booked ^ there):
        yield f"{agent}/{delivery} is not integrated as it is"


def _is_output(dag: Dag, dep: str) -> bool:
    return any(Path(dep) in dag.stage(name).outs for name in dag.names)


def _md5(path: Path) -> str | None:
    if not path.is_file():
        return None
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
