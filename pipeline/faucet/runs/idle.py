"""A run with nothing to do, known without DVC: all that DVC looks at is as when it found so.

DVC takes three times as long to say that nothing changed as its last answer takes to check. That
answer is kept with the state of everything that it came from, and counts while the state is the
same; where anything is new, gone or written again, DVC is asked.
"""

import os
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import orjson

from pipeline.core.errors import UserError
from pipeline.core.ids import content_digest
from pipeline.core.json_values import Json
from pipeline.faucet.runs.reporting import RunReporter
from pipeline.store.atomic import write_bytes
from pipeline.store.digests import stamp
from pipeline.workspace.dag import Dag
from pipeline.workspace.layout import DVC, DVC_IGNORE, DVC_LOCK, DVC_YAML, PARAMS, SEEN, stand_in
from pipeline.workspace.lock_file import cached, listed_files, read_lock
from pipeline.workspace.workspace import Workspace

_BOOK = SEEN / "idle"
_OF_DVC = (DVC_YAML, DVC_LOCK, PARAMS, DVC_IGNORE, DVC / "config", DVC / "config.local")
_OTHER_STAGES = (".dvc", f"{os.sep}{DVC_YAML}")
_PASSED_OVER = "__pycache__"
_WHOLE_DAG = ["repro"]


def idle_state(root: Workspace, arguments: list[str]) -> str | None:
    """Return the state of all that a DVC command looks at, None where DVC must be asked anyway.

    That is size, time and inode of every file that a stage reads or writes and of DVC's own, and
    which outputs its cache has. DVC is always asked for other commands than `dvc repro` of the
    whole DAG, where dvc.yaml depends on more than files that it names, and where stages of other
    files come before ours: inputs that DVC holds (`dvc add`, `dvc import`) or makes.
    """
    dag = _plain(root) if arguments == _WHOLE_DAG else None
    if dag is None:
        return None
    wirings = dag.wirings
    data = {path for one in wirings for path in (*one.deps, *one.outs, one.metrics)}
    above = {folder for path in data for folder in (path, *path.parents[:-1])}
    if any((root / stand_in(path)).exists() for path in above):
        return None
    named = {str(root / path) for path in (*_OF_DVC, *data)}
    stamps = {}
    for name in chain.from_iterable(map(_files, sorted(named))):
        if name is None or (name.endswith(_OTHER_STAGES) and name not in named):
            return None
        stamps[name] = _stamp(name)
    state = [stamps, sorted(_in_cache(root))]
    return content_digest(orjson.dumps(state, option=orjson.OPT_SORT_KEYS))


def was_idle(root: Workspace, state: str | None) -> bool:
    """Tell whether DVC found nothing to do in this state, the last time that it did."""
    path = root / _BOOK
    return state is not None and path.is_file() and path.read_bytes() == state.encode()


def say_unchanged(reporter: RunReporter) -> None:
    """Say of every stage what DVC would say of it."""
    for name in reporter.names:
        reporter.line(f"{name}: unchanged")


def remember_idle(root: Workspace, state: str | None, reporter: RunReporter) -> None:
    """Keep the state, taken before DVC was asked, where it looked at our stages and ran none."""
    if state is not None and reporter.is_idle:
        write_bytes(root / _BOOK, state.encode())


def _plain(root: Workspace) -> Dag | None:
    """Return the DAG where it names all that it depends on, None where not or where it breaks."""
    dag = root.dag
    try:
        return dag if dag.wirings and dag.is_plain else None
    except (UserError, ValueError, TypeError, KeyError):
        return None


def _files(path: str) -> Iterator[str | None]:
    """Yield a file, or every file below a folder; None where a link leads out of the folder."""
    if not os.path.isdir(path):  # noqa: PTH112 - a thousand of them
        yield path
        return
    with os.scandir(path) as entries:
        for entry in entries:
            if not entry.is_dir():
                yield entry.path
            elif entry.is_symlink():
                yield None
            elif entry.name != _PASSED_OVER:
                yield from _files(entry.path)


def _stamp(name: str) -> list[int | str] | None:
    try:
        return stamp(Path(name))
    except OSError:
        return None


def _in_cache(root: Workspace) -> Iterator[str]:
    """Yield the recorded digests that DVC's cache has: an output that it lacks is made again."""
    stages: dict[str, Json] = read_lock(root)
    for md5 in {str(out["md5"]) for one in stages.values() for out in one.get("outs", ())}:
        held = cached(root, md5)
        if not held.is_file():
            continue
        yield md5
        if md5.endswith(".dir"):
            entries = listed_files(held)
            yield from (one["md5"] for one in entries if cached(root, one["md5"]).is_file())
