"""Whether what lies in a workspace is one data set: read whole, run whole, written whole.

Looked at before a commit, in a fraction of a second: dvc.lock says which bytes each stage read
and wrote, so it tells by itself whether some stage still has to run.
"""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import orjson

from pipeline.core.json_values import Json
from pipeline.deliveries.stored import landed
from pipeline.faucet.answers.receipts import ACCOUNTING
from pipeline.faucet.commits import run_git
from pipeline.faucet.run_lock import try_run_lock
from pipeline.faucet.workspace import DELIVERIES, LOCK
from pipeline.params.yaml_text import load_yaml
from pipeline.store.atomic import write_bytes
from pipeline.store.dag import Dag
from pipeline.store.engine import ENGINE, MANIFEST, stale_files

VERDICTS = Path("data/reviews/verdicts.csv")

RUNNING = "a run goes on"

_STAMP = Path(".cache/faucet/settled")


def unsettled(root: Path) -> str | None:
    """Return the first reason why the outputs at root are not those of the inputs there.

    None where dvc.lock, metrics and books agree with each other and with the deliveries.
    """
    return next(_unsettled(root), None)


def unsettled_now(root: Path) -> str | None:
    """Return the same of a workspace in which others may be at work: a run is a reason, too."""
    with try_run_lock(root) as is_free:
        return unsettled(root) if is_free else RUNNING


def remember_settled(root: Path) -> None:
    """Note that the DAG was run to its end on what lies at root now."""
    write_bytes(root / _STAMP, _stamp(root).encode())


def is_known_settled(root: Path) -> bool:
    """Return whether a run to the end is known of what lies at root, so that none is needed.

    Only to be believed while code and params are as the last commit has them (foreign_changes).
    """
    path = root / _STAMP
    is_same = path.is_file() and path.read_text(encoding="ascii") == _stamp(root)
    return is_same and unsettled(root) is None and _outputs_are_there(root)


def foreign_changes(root: Path, besides: Iterable[Path] = ()) -> list[str]:
    """Return the changed inputs of the DAG that a checkpoint does not commit, sorted.

    Those are code, params, schemas, locked versions and the like: a person's to commit.
    """
    ours = {path.as_posix() for path in besides}
    paths = [name for name in _code(Dag(root)) if name not in ours]
    if not paths:
        return []
    told = run_git(root, "status", "--porcelain", "-z", "--", *paths)
    changed = {entry[3:] for entry in told.split("\0") if entry}
    if MANIFEST.as_posix() in paths and stale_files(root):
        changed.add(MANIFEST.as_posix())  # the next run writes it anew
    return sorted(changed)


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


def _code(dag: Dag) -> list[str]:
    """Return the inputs of the DAG that only people change, sorted; none where it has no stage."""
    if not dag.names:
        return []
    wirings = [dag.stage(name) for name in dag.names]
    made = {out for wiring in wirings for out in wiring.outs}
    deps = {dep for wiring in wirings for dep in wiring.deps} - made - {DELIVERIES, VERDICTS}
    if MANIFEST in deps:
        deps |= set(ENGINE)
    return sorted({path.as_posix() for path in deps} | {"dvc.yaml", "params.yaml"})


def _stamp(root: Path) -> str:
    """Return a digest of the code as committed and of dvc.lock as it is."""
    listed = run_git(root, "ls-files", "--stage", "--", *_code(Dag(root)))
    lock = (root / LOCK).read_bytes() if (root / LOCK).is_file() else b""
    return hashlib.sha256(listed.encode() + lock).hexdigest()


def _outputs_are_there(root: Path) -> bool:
    dag = Dag(root)
    return all((root / out).exists() for name in dag.names for out in dag.stage(name).outs)


def _md5(path: Path) -> str | None:
    if not path.is_file():
        return None
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
